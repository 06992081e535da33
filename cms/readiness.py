"""Whether a programme can become an edition: its live pages in every written language, and what they lack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from cms.checks import address_problem, problems_of_published
from cms.models import ModulePage, PartPage, ProgrammePage
from cms.rendering import shape_of_body
from courses.models import Language

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from courses.models import Programme

    Pages = list[tuple[ModulePage, list[PartPage]]]  # Bokmål, in reading order
    Versions = dict[UUID, list[tuple[str, Any]]]  # translation key → (language, live page), Bokmål first

OTHER_LANGUAGES = [code for code in Language.values if code != Language.NB]


class NotReadyError(Exception):
    """The programme cannot be published yet. ``problems`` are sentences for the project leader."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def programme_page(programme: Programme) -> ProgrammePage:
    """The Bokmål top page. Raises NotReadyError when the programme has none that is live."""
    page = ProgrammePage.objects.live().filter(programme=programme, locale__language_code="nb").first()
    if page is None:
        raise NotReadyError([_("Programmet «%s» har ingen publisert side.") % programme.name])
    return page


def pages_below(top: ProgrammePage) -> Pages:
    """The live Bokmål module pages in order, each with its live parts. Two queries."""
    modules = ModulePage.objects.live().child_of(top).select_related("module__programme", "locale")
    parts = PartPage.objects.live().descendant_of(top).select_related("locale").order_by("path")
    by_parent: dict[str, list[PartPage]] = {}
    for part in parts:
        by_parent.setdefault(part.path[: -part.steplen], []).append(part)
    return [(module, by_parent.get(module.path, [])) for module in modules.order_by("path")]


def versions_of(pages: Pages) -> Versions:
    """Every page with its live translations. Two queries."""
    found: Versions = {}
    for module, parts in pages:
        own: list[Any] = [module, *parts]
        for page in own:
            found[page.translation_key] = [("nb", page)]
    models: list[Any] = [ModulePage, PartPage]
    for model in models:
        translated = model.objects.live().filter(locale__language_code__in=OTHER_LANGUAGES)
        for page in translated.filter(translation_key__in=list(found)).select_related("locale"):
            found[page.translation_key].append((page.locale.language_code, page))
    return found


def problems_before_publishing(programme: Programme) -> list[str]:
    """Sentences that say what hinders an edition. Empty: ready. Raises NotReadyError without a live page."""
    pages = pages_below(programme_page(programme))
    return problems_in(programme, pages, versions_of(pages))


def problems_in(programme: Programme, pages: Pages, versions: Versions) -> list[str]:
    """The same, of pages that are read already. Reads each page's run sheet and files."""
    problems = [] if pages else [_("Programmet har ingen moduler.")]
    problems += _module_problems(programme, [module for module, _parts in pages])
    for module, parts in pages:
        problems += _address_problems(module.title, module.module.slug)
        problems += _problems_of_versions(versions[module.translation_key])
        if not parts:
            problems.append(_("Modulen «%s» er tom: den har ingen publiserte deler.") % module.title)
        for part in parts:
            problems += _address_problems(part.title, part.slug)
            problems += _problems_of_versions(versions[part.translation_key])
    return problems


def _module_problems(programme: Programme, pages: Iterable[ModulePage]) -> list[str]:
    """Each page has a module of its own, of this programme."""
    problems = []
    first: dict[int, str] = {}
    for page in pages:
        if page.module_id in first:
            sentence = _("To sider har samme modul: «%(first)s» og «%(second)s». Avpubliser den ene.")
            problems.append(sentence % {"first": first[page.module_id], "second": page.title})
        if page.module.programme_id != programme.pk:
            problems.append(_("«%s»: modulen hører til et annet program.") % page.title)
        first.setdefault(page.module_id, page.title)
    return problems


def _address_problems(title: str, slug: str) -> list[str]:
    problem = address_problem(slug)
    return [f"«{title}»: {problem}"] if problem else []


def _problems_of_versions(versions: list[tuple[str, Any]]) -> list[str]:
    """What the page lacks in each language, and slots that are not those of the Bokmål text."""
    original = versions[0][1]
    problems: list[str] = []
    for language, page in versions:
        problems += problems_of_published(page, language)
        if not getattr(page, "body", None) or page is original:
            continue
        if shape_of_body(page.body) != shape_of_body(original.body):
            problems.append(
                _(
                    "«%s»: oppgavene og refleksjonene er ikke de samme som på bokmål, i samme rekkefølge."
                    " Da finner ikke familien igjen det den har skrevet, når den bytter språk."
                )
                % page.title
            )
    return problems
