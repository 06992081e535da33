"""Editions: freezing a programme's pages into rows, and carrying a corrected wording into a running one.

Publishing walks the Bokmål tree for the order and the minutes, and each page's Nynorsk translation for
its words. Only live pages are taken. All or nothing: one page that is not ready stops the edition.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import ReferenceIndex

from cms.checks import problems_of_published
from cms.differences import differences, readable
from cms.models import ModulePage, PartPage, Picture, PinnedFile, PinnedRevision, Recording
from cms.readiness import NotReadyError, pages_below, problems_in, programme_page, versions_of
from cms.rendering import lines_of, segments_of, shape_of, shape_of_body, word_count
from courses.models import Correction, Edition, EditionModule, EditionPart, PartText, Programme

if TYPE_CHECKING:
    from cms.differences import Piece
    from cms.readiness import Versions
    from courses.models import User


class StructuralChangeError(Exception):
    """The change needs a new edition; the message says what it is."""


@transaction.atomic
def publish_edition(
    *, programme: Programme, version: str, by: User | None, reason: str = "", mark: str | None = None
) -> Edition:
    """Freeze the programme as it is live now. ``mark`` None: the mark of the programme's page.

    Raises NotReadyError with every problem found; nothing is stored then.
    """
    Programme.objects.select_for_update().get(pk=programme.pk)  # one at a time
    top = programme_page(programme)
    pages = pages_below(top)
    versions = versions_of(pages)
    taken = _("Utgave %s finnes fra før. Velg et nytt nummer.") % version
    problems = problems_in(programme, pages, versions)
    if Edition.objects.filter(programme=programme, version=version).exists():
        problems.append(taken)
    if problems:
        raise NotReadyError(problems)
    try:
        with transaction.atomic():
            edition = Edition.objects.create(
                programme=programme,
                version=version,
                reason=reason,
                mark=top.mark if mark is None else mark,
                published_at=timezone.now(),
                published_by=by,
            )
    except IntegrityError as error:  # pressed twice, where the database does not lock the row
        raise NotReadyError([taken]) from error
    for module_page, parts in pages:
        _freeze_module(edition, module_page, versions)
        for position, part_page in enumerate(parts, start=1):
            _freeze_part(edition, module_page, part_page, position, versions)
    return edition


def _freeze_module(edition: Edition, page: ModulePage, versions: Versions) -> None:
    evening = page.evening
    for language, version in versions[page.translation_key]:
        own = version.evening
        EditionModule.objects.create(
            edition=edition,
            module=page.module,
            position=page.module.number,
            obligatory=page.module.obligatory,
            illustration=page.module.illustration,
            language=language,
            title=version.title,
            ingress=version.ingress,
            goals=lines_of(version.goals),
            evening=own if own["plan"] else evening,
            revision=_pin(edition, version),
        )


def _freeze_part(
    edition: Edition, module_page: ModulePage, page: PartPage, position: int, versions: Versions
) -> None:
    part = EditionPart.objects.create(
        edition=edition, module=module_page.module, key=page.slug, position=position, minutes=page.minutes
    )
    for language, version in versions[page.translation_key]:
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
    changes: list[Piece]  # word by word; empty when only bold, italics and the like changed


def waiting_corrections(edition: Edition) -> list[Waiting]:
    """Live part pages whose wording differs from the edition's. Renders the parts that changed."""
    waiting = []
    texts = PartText.objects.filter(part__edition=edition).select_related("part")
    by_place = {(text.part.module_id, text.part.key, text.language): text for text in texts}
    pages = pages_below(programme_page(edition.programme))
    versions = versions_of(pages)
    for module_page, parts in pages:
        for part in parts:
            for language, page in versions[part.translation_key]:
                text = by_place.get((module_page.module_id, part.slug, language))
                if text and text.revision == page.live_revision_id:
                    continue
                refusal = refusal_of(edition, page, text)
                waiting.append(Waiting(page, text, refusal, _changes(page, text, language)))
    return waiting


def _changes(page: PartPage, text: PartText | None, language: str) -> list[Piece]:
    """From the edition's words to the page's."""
    before = readable(text.title, text.ingress, text.segments) if text else ""
    return differences(before, readable(page.title, page.ingress, segments_of(page.body, language)))


def corrections_of(programme: Programme) -> dict[int, list[Correction]]:
    """What has been carried into each edition by its id, the newest first. One query."""
    rows = Correction.objects.filter(text__part__edition__programme=programme)
    made: dict[int, list[Correction]] = defaultdict(list)
    for row in rows.select_related("by", "text__part").order_by("-made_at", "-pk"):
        made[row.text.part.edition_id].append(row)
    return made


def _in_bokmal(page: PartPage) -> PartPage:
    """The page whose place and address decide. One query, and its locale."""
    if page.locale.language_code == "nb":
        return page
    found: PartPage = page.get_translations().get(locale__language_code="nb")
    return found


def refusal_of(edition: Edition, page: PartPage, text: PartText | None) -> str:
    """Why a page's wording cannot enter the edition; empty when it can. Two queries, and its files."""
    source = _in_bokmal(page)
    module = source.get_parent().specific.module
    part = EditionPart.objects.filter(edition=edition, module=module, key=source.slug).first()
    if part is None:
        return _("Delen «%s» finnes ikke i denne utgaven. En ny del trenger en ny utgave.") % page.title
    language = page.locale.language_code
    if problems := problems_of_published(page, language):  # as a new edition would be refused
        return " ".join(problems)
    original = text if text and text.segments else part.texts.get(language="nb")
    if not page.body and language != "nb":
        return ""
    if shape_of_body(page.body) != shape_of(original.segments):
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
    Edition.objects.select_for_update().get(pk=edition.pk)  # one correction at a time
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
