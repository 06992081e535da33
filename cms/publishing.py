"""Editions: freezing a programme's pages into rows, and carrying a corrected wording into a running one.

Publishing walks the Bokmål tree for the order and the minutes, and each page's Nynorsk translation for
its words. Only live pages are taken. All or nothing: one page that is not ready stops the edition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import ReferenceIndex

from cms.checks import problems_of_published
from cms.models import ModulePage, PartPage, Picture, PinnedFile, PinnedRevision, ProgrammePage, Recording
from cms.rendering import segments_of, shape_of, word_count
from courses.models import Correction, Edition, EditionModule, EditionPart, Language, PartText

if TYPE_CHECKING:
    from courses.models import Programme, User

OTHER_LANGUAGES = [code for code in Language.values if code != Language.NB]


class NotReadyError(Exception):
    """The programme cannot be published yet. ``problems`` are sentences for the project leader."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


class StructuralChangeError(Exception):
    """The change needs a new edition; the message says what it is."""


def programme_page(programme: Programme) -> ProgrammePage:
    """The Bokmål top page. Raises NotReadyError when the programme has none that is live."""
    page = ProgrammePage.objects.live().filter(programme=programme, locale__language_code="nb").first()
    if page is None:
        raise NotReadyError([_("Programmet «%s» har ingen publisert side.") % programme.name])
    return page


def pages_of(programme: Programme) -> list[tuple[ModulePage, list[PartPage]]]:
    """The live Bokmål module pages in order, each with its live parts. Queries grow with the modules."""
    top = programme_page(programme)
    modules = ModulePage.objects.live().child_of(top).select_related("module__programme", "locale")
    parts = PartPage.objects.live().descendant_of(top).select_related("locale").order_by("path")
    by_parent: dict[str, list[PartPage]] = {}
    for part in parts:
        by_parent.setdefault(part.path[: -part.steplen], []).append(part)
    return [(module, by_parent.get(module.path, [])) for module in modules.order_by("path")]


def problems_before_publishing(programme: Programme) -> list[str]:
    """Sentences that say what hinders an edition. Empty: ready."""
    problems = []
    pages = pages_of(programme)
    if not pages:
        problems.append(_("Programmet har ingen moduler."))
    for module_page, parts in pages:
        problems += problems_of_published(module_page)
        if not parts:
            problems.append(_("Modulen «%s» er tom: den har ingen publiserte deler.") % module_page.title)
        for part in parts:
            problems += problems_of_published(part)
    return problems


@transaction.atomic
def publish_edition(
    *, programme: Programme, version: str, by: User | None, reason: str = "", mark: str | None = None
) -> Edition:
    """Freeze the programme as it is live now. ``mark`` None: the mark of the programme's page.

    Raises NotReadyError with every problem found; nothing is stored then.
    """
    problems = problems_before_publishing(programme)
    if Edition.objects.filter(programme=programme, version=version).exists():
        problems.append(_("Utgave %s finnes fra før. Velg et nytt nummer.") % version)
    if problems:
        raise NotReadyError(problems)
    edition = Edition.objects.create(
        programme=programme,
        version=version,
        reason=reason,
        mark=programme_page(programme).mark if mark is None else mark,
        published_at=timezone.now(),
        published_by=by,
    )
    for module_page, parts in pages_of(programme):
        _freeze_module(edition, module_page)
        for position, part_page in enumerate(parts, start=1):
            _freeze_part(edition, module_page, part_page, position)
    return edition


def in_all_languages(page: Any) -> list[tuple[str, Any]]:
    """(language, live page) pairs: the Bokmål page first, then its live translations."""
    found = [("nb", page)]
    for translated in page.get_translations().live().select_related("locale").specific():
        if translated.locale.language_code in OTHER_LANGUAGES:
            found.append((translated.locale.language_code, translated))
    return found


def _freeze_module(edition: Edition, page: ModulePage) -> None:
    evening = page.evening
    for language, version in in_all_languages(page):
        own = version.evening
        EditionModule.objects.create(
            edition=edition,
            module=page.module,
            language=language,
            title=version.title,
            ingress=version.ingress,
            goals=[line.strip() for line in version.goals.splitlines() if line.strip()],
            evening=own if own["plan"] else evening,
            revision=_pin(edition, version),
        )


def _freeze_part(edition: Edition, module_page: ModulePage, page: PartPage, position: int) -> None:
    part = EditionPart.objects.create(
        edition=edition, module=module_page.module, key=page.slug, position=position, minutes=page.minutes
    )
    for language, version in in_all_languages(page):
        PartText.objects.create(
            part=part, language=language, revision=_pin(edition, version), **_words(version, language)
        )


def _words(page: PartPage, language: str) -> dict[str, Any]:
    segments = segments_of(page.body, language)
    return {
        "title": page.title,
        "ingress": page.ingress,
        "segments": segments,
        "tasks": [
            {"id": segment["id"], "title": segment["title"]}
            for segment in segments
            if segment["kind"] == "home_task"
        ],
        "words": word_count(segments),
    }


def _pin(edition: Edition, page: Any) -> int:
    """Keep the page's live revision and every file it shows while the edition exists. The revision's id."""
    revision = page.live_revision or page.latest_revision or page.save_revision()
    PinnedRevision.objects.get_or_create(edition=edition, revision=revision)
    kinds = {
        Picture: "picture",
        Recording: "recording",
        PinnedFile._meta.get_field("document").related_model: "document",
    }
    for reference in ReferenceIndex.get_references_for_object(page).select_related("to_content_type"):
        model = reference.to_content_type.model_class()
        if model in kinds:
            PinnedFile.objects.get_or_create(
                edition=edition, **{f"{kinds[model]}_id": int(reference.to_object_id)}
            )
    return int(revision.pk)


@dataclass(frozen=True)
class Waiting:
    """A published wording that the edition does not have yet."""

    page: PartPage
    text: PartText | None  # None: the edition has no row in this language
    refusal: str  # why it cannot be carried in; empty when it can


def waiting_corrections(edition: Edition) -> list[Waiting]:
    """Live part pages whose wording differs from the edition's. Renders the parts that changed."""
    waiting = []
    texts = PartText.objects.filter(part__edition=edition).select_related("part")
    by_place = {(text.part.module_id, text.part.key, text.language): text for text in texts}
    for module_page, parts in pages_of(edition.programme):
        for part in parts:
            for language, page in in_all_languages(part):
                text = by_place.get((module_page.module_id, part.slug, language))
                if text and text.revision == page.live_revision_id:
                    continue
                waiting.append(Waiting(page, text, refusal_of(edition, page, text)))
    return waiting


def _in_bokmal(page: PartPage) -> PartPage:
    """The page whose place and address decide. One query, and its locale."""
    if page.locale.language_code == "nb":
        return page
    found: PartPage = page.get_translations().get(locale__language_code="nb")
    return found


def refusal_of(edition: Edition, page: PartPage, text: PartText | None) -> str:
    """Why a page's wording cannot enter the edition; empty when it can. Two queries."""
    source = _in_bokmal(page)
    module = source.get_parent().specific.module
    part = EditionPart.objects.filter(edition=edition, module=module, key=source.slug).first()
    if part is None:
        return _("Delen «%s» finnes ikke i denne utgaven. En ny del trenger en ny utgave.") % page.title
    language = page.locale.language_code
    new_shape = shape_of(segments_of(page.body, language))
    original = text if text and text.segments else part.texts.get(language="nb")
    if not page.body and language != "nb":
        return ""
    if new_shape != shape_of(original.segments):
        return (
            _(
                "«%s» har fått eller mistet en oppgave eller refleksjon, eller de har byttet plass."
                " Det trenger en ny utgave, så ingen mister det de har skrevet eller prøvd."
            )
            % page.title
        )
    return ""


@transaction.atomic
def carry_correction(*, edition: Edition, page: PartPage, by: User, reason: str) -> Correction:
    """Give a running edition the page's published wording; who, when and why are kept.

    Raises StructuralChangeError when more than wording changed, ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError(_("Skriv hvorfor teksten rettes."))
    language = page.locale.language_code
    source = _in_bokmal(page)
    part = EditionPart.objects.filter(
        edition=edition, module=source.get_parent().specific.module, key=source.slug
    ).first()
    text = part.texts.filter(language=language).first() if part else None
    if refusal := refusal_of(edition, page, text):
        raise StructuralChangeError(refusal)
    revision = _pin(edition, page)
    words = _words(page, language)
    if text is None:
        text = PartText(part=part, language=language, revision=revision)
    previous = text.revision
    for field, value in words.items():
        setattr(text, field, value)
    text.revision = revision
    text.save()
    Edition.objects.filter(pk=edition.pk).update(wording=F("wording") + 1)  # readers fetch the words anew
    return Correction.objects.create(
        text=text,
        by=by,
        made_at=timezone.now(),
        reason=reason.strip(),
        from_revision=previous,
        to_revision=revision,
    )
