"""Contents → pages and rows. A page gets a new revision only when its content differs from what is live."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Locale, Page, Site

from cms.models import HomePage, InfoPage, ModulePage, PartPage, ProgrammePage
from cms.packages import facts
from cms.packages.files import with_stored_files
from cms.packages.pages import content_of, give
from cms.packages.reading import read_package
from cms.packages.richtext import UnwritableError
from courses.models import Module, Programme
from courses.problems import PackageError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cms.packages.contents import InfoFile, ModuleFolder, PartFile, ProgrammeFolder

HOMES = {"nb": ("Hjem", "hjem"), "nn": ("Heim", "heim")}
ASIDE = 1000  # added to a module's number while two modules change places


@dataclass
class Outcome:
    """What a load did. ``left`` and ``drafts`` are for people: what it saw and did not touch."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    left: list[str] = field(default_factory=list)  # in the database, not in the files
    drafts: list[str] = field(default_factory=list)  # had an unpublished draft; kept among the revisions

    def count(self, *, created: bool) -> None:
        if created:
            self.created += 1
        else:
            self.changed += 1


@transaction.atomic
def load(root: Path) -> Outcome:
    """Take in one programme's folder or a whole tree. Raises PackageError; then nothing is changed."""
    package = read_package(root)
    outcome = Outcome()
    homes = homes_of_each_language()
    for programme in package.programmes:
        _load_programme(programme, homes, outcome)
    if package.pages is not None:
        for page in package.pages:
            _load_info(page, homes, outcome)
        _name_left(InfoPage.objects.exclude(slug__in=[page.slug for page in package.pages]), outcome)
    if package.numbers is not None:
        facts.load_numbers(package.numbers, outcome)
    if package.words is not None:
        facts.load_words(package.words, outcome)
    return outcome


# ── the top of the tree ─────────────────────────────────────────────────────────────────────────────


def homes_of_each_language() -> dict[str, HomePage]:
    """The home pages, translations of each other; made when missing. Wagtail's own first page goes."""
    homes: dict[str, HomePage] = {}
    for language, (title, slug) in HOMES.items():
        locale = Locale.objects.get_or_create(language_code=language)[0]
        home = HomePage.objects.filter(locale=locale).first()
        if home is None:
            home = HomePage(title=title, slug=slug, locale=locale)
            if homes:
                home.translation_key = homes["nb"].translation_key
            Page.get_first_root_node().add_child(instance=home)
            home.save_revision().publish()
        homes[language] = home
    site = Site.objects.filter(is_default_site=True).first() or Site(hostname="localhost")
    if site.root_page_id != homes["nb"].pk:
        site.root_page, site.site_name, site.is_default_site = homes["nb"], "En god start", True
        site.save()
    for page in Page.objects.filter(depth=2, slug="home", content_type__model="page", numchild=0):
        page.delete()
    return {language: HomePage.objects.get(pk=home.pk) for language, home in homes.items()}


# ── a programme ─────────────────────────────────────────────────────────────────────────────────────


def _load_programme(folder: ProgrammeFolder, homes: dict[str, HomePage], outcome: Outcome) -> None:
    programme = Programme.objects.update_or_create(slug=folder.slug, defaults=folder.row)[0]
    tops: dict[str, Any] = {}
    for language, content in folder.texts.items():
        found = ProgrammePage.objects.filter(programme=programme, locale__language_code=language).first()
        page = found or ProgrammePage(programme=programme, slug=folder.slug)
        tops[language] = _keep(page, content, homes[language], tops.get("nb"), outcome)
    modules = _module_rows(programme, folder)
    for module in folder.modules:
        _load_module(module, modules[module.slug], tops, folder.files, outcome)
    for top in tops.values():
        shown = ModulePage.objects.child_of(top)
        _in_order(top, {page.module.slug: page for page in shown.select_related("module")}, modules)
        _name_left(shown.exclude(module__in=modules.values()), outcome)
    if "nn" not in tops:
        _name_left(ProgrammePage.objects.filter(programme=programme, locale__language_code="nn"), outcome)


def _module_rows(programme: Programme, folder: ProgrammeFolder) -> dict[str, Module]:
    """Slug → row, in order of number. A number taken by a module the files do not have is a PackageError."""
    stored = {module.slug: module for module in programme.modules.all()}
    wanted = {module.slug: module for module in folder.modules}
    taken = {row.number: slug for slug, row in stored.items() if slug not in wanted}
    for module in folder.modules:
        if module.number in taken:
            sentence = _(
                "Nummer %(number)d har modulen «%(slug)s», som finnes i databasen, men ikke i filene."
            )
            sentence %= {"number": module.number, "slug": taken[module.number]}
            raise PackageError([Problem(module.path, 0, sentence)])
    for slug, row in stored.items():
        if slug in wanted and row.number != wanted[slug].number:
            Module.objects.filter(pk=row.pk).update(number=row.number + ASIDE)
    return {
        slug: programme.modules.update_or_create(
            slug=slug,
            defaults={
                "number": module.number,
                "obligatory": module.obligatory,
                "illustration": module.illustration,
            },
        )[0]
        for slug, module in wanted.items()
    }


def _load_module(
    folder: ModuleFolder, module: Module, tops: dict[str, Any], files: Path, outcome: Outcome
) -> None:
    pages: dict[str, Any] = {}
    for language, content in folder.texts.items():
        found = ModulePage.objects.filter(module=module, locale__language_code=language).first()
        page = found or ModulePage(module=module, slug=folder.slug)
        pages[language] = _keep(page, content, tops[language], pages.get("nb"), outcome)
    for part in folder.parts:
        _load_part(part, pages, files, outcome)
    slugs = [part.slug for part in folder.parts]
    for page in pages.values():
        children = PartPage.objects.child_of(page)
        _in_order(page, {child.slug: child for child in children}, slugs)
    _name_left(PartPage.objects.child_of(pages["nb"]).exclude(slug__in=slugs), outcome)
    if "nn" not in pages:
        _name_left(ModulePage.objects.filter(module=module, locale__language_code="nn"), outcome)


def _load_part(part: PartFile, parents: dict[str, Any], files: Path, outcome: Outcome) -> None:
    pages: dict[str, Any] = {}
    for language, content in part.texts.items():
        page = _child(PartPage, parents[language], part.slug)
        content = content | {"body": with_stored_files(content["body"], files)}
        pages[language] = _keep(page, content, parents[language], pages.get("nb"), outcome)
    if "nn" not in pages and "nn" in parents:
        _name_left(PartPage.objects.child_of(parents["nn"]).filter(slug=part.slug), outcome)


def _load_info(file: InfoFile, homes: dict[str, HomePage], outcome: Outcome) -> None:
    pages: dict[str, Any] = {}
    for language, content in file.texts.items():
        page = _child(InfoPage, homes[language], file.slug)
        content = content | {"body": with_stored_files(content["body"], file.files)}
        pages[language] = _keep(page, content, homes[language], pages.get("nb"), outcome)
    if "nn" not in pages:
        _name_left(InfoPage.objects.child_of(homes["nn"]).filter(slug=file.slug), outcome)


# ── one page ────────────────────────────────────────────────────────────────────────────────────────


def _keep(page: Any, content: dict[str, Any], parent: Any, source: Any, outcome: Outcome) -> Any:
    """The page, live with this content under ``parent``. ``source`` is the Bokmål page it translates."""
    if page.pk and page.live and _says_the_same(page, content):
        outcome.unchanged += 1
        return page
    if page.has_unpublished_changes:
        outcome.drafts.append(_described(page))
    outcome.count(created=not page.pk)
    address = f"{parent.url_path}{page.slug}/"
    if not page.pk:
        page.locale_id = parent.locale_id
        if source is not None:
            page.translation_key = source.translation_key
        give(page, content, address)
        parent.add_child(instance=page)
    else:
        give(page, content, address)
    page.save_revision().publish()
    page.refresh_from_db()
    return page


def _child(model: Any, parent: Any, slug: str) -> Any:
    return model.objects.child_of(parent).filter(slug=slug).first() or model(slug=slug)


def _says_the_same(page: Any, content: dict[str, Any]) -> bool:
    try:
        return content_of(page) == content
    except UnwritableError:
        return False  # an editor gave it something files cannot hold


def _in_order(parent: Any, by_slug: dict[str, Any], wanted: Iterable[str]) -> None:
    """Puts the pages in the files' order; pages the files do not have come last. Moves nothing needlessly."""
    order = [slug for slug in wanted if slug in by_slug]
    order += [slug for slug in by_slug if slug not in order]
    if order == sorted(by_slug, key=lambda slug: by_slug[slug].path):
        return
    for slug in order:
        Page.objects.get(pk=by_slug[slug].pk).move(Page.objects.get(pk=parent.pk), pos="last-child")


def _name_left(pages: Any, outcome: Outcome) -> None:
    outcome.left += [_described(page) for page in pages.select_related("locale")]


def _described(page: Any) -> str:
    return f"{page._meta.verbose_name} «{page.title}» ({page.locale.language_code})"
