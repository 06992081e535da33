"""Reading an edition: who reads, which text they get, and the events a tap leaves behind.

Nothing here touches the pages an edition was made from. Query counts stand in the docstrings; the
budget is eight for a part page, session and user included (performance.md §0).
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Case, Exists, F, JSONField, OuterRef, Subquery, Value, When
from django.http import Http404
from django.utils import timezone

from courses.access import active_roles
from courses.models import (
    EarlyOpening,
    Edition,
    EditionModule,
    Enrolment,
    Evening,
    Module,
    PartText,
    Programme,
    ReadingEvent,
)
from courses.progress import ModuleProgress, last_state

if TYPE_CHECKING:
    from datetime import date

    from courses.models import Adult, Municipality, User


@dataclass(frozen=True)
class Reader:
    """Who reads which edition: an adult through an enrolment, or staff looking at what families see."""

    user: User
    edition: Edition
    enrolment: Enrolment | None

    @property
    def adult(self) -> Adult | None:
        return self.enrolment.adult if self.enrolment else None

    @property
    def municipality(self) -> Municipality | None:
        """The adult's municipality; no query, it came with the enrolment."""
        return self.adult.family.municipality if self.adult and self.adult.family else None


def reader_of(user: User, programme: str, module: str = "", version: str = "") -> Reader:
    """The reader of a programme. Raises Http404 for whoever neither takes it nor works with it.

    One query for an adult: the enrolment with group, edition, municipality, and for ``module`` the
    evening's time and whether it was opened early. Staff cost two more and may ask for a ``version``.
    """
    evening = Evening.objects.filter(group=OuterRef("group"), module__slug=module)
    early = EarlyOpening.objects.filter(
        adult=OuterRef("adult"), module__slug=module, module__programme__slug=programme
    )
    enrolment = (
        Enrolment.objects.current()
        .filter(adult__user=user.pk, group__edition__programme__slug=programme)
        .select_related("adult__family__municipality", "group__edition__programme", "last_part")
        .annotate(
            evening_at=Subquery(evening.values("starts_at")[:1]),
            evening_place=Subquery(evening.values("place")[:1]),
            opened_early=Exists(early),
        )
        .order_by("-starts_on", "-pk")
        .first()
    )
    if enrolment is not None:
        enrolment.adult.user = user
        return Reader(user, enrolment.group.edition, enrolment)
    if not active_roles(user):
        raise Http404
    editions = Edition.objects.filter(programme__slug=programme).select_related("programme").newest_first()
    edition = (editions.filter(version=version) if version else editions).first()
    if edition is None:
        raise Http404
    return Reader(user, edition, None)


@dataclass(frozen=True)
class PartView:
    """A part in the reader's language, with its module and what the list of parts needs."""

    key: str
    pk: int
    number: int
    minutes: int
    title: str
    ingress: str
    title_language: str
    language: str  # of the words; «nb» where Nynorsk is missing
    revision: int
    tasks: list[dict[str, str]]  # id and title of its home tasks
    module: Module  # fetched with the part; its programme is the edition's
    module_title: str
    segments: list[dict[str, Any]] | None  # only for the part that was asked for


def parts_of(edition: Edition, module: str, language: str, wanted: str = "") -> list[PartView]:
    """The parts of a module in order, the ``wanted`` one with its text. One query.

    A text without segments is not written in that language yet: title and ingress are used, the words
    come from Bokmål.
    """
    module_texts = EditionModule.objects.filter(
        edition=edition, module=OuterRef("part__module"), language__in=["nb", language]
    ).order_by("-language")  # «nn» before «nb»
    rows = (
        PartText.objects.filter(part__edition=edition, part__module__slug=module)
        .order_by("part__position", "language")
        .values(
            "language",
            "title",
            "ingress",
            "revision",
            "tasks",
            "words",
            key=F("part__key"),
            pk=F("part__pk"),
            number=F("part__position"),
            minutes=F("part__minutes"),
            module_id=F("part__module"),
            module_number=F("part__module__number"),
            illustration=F("part__module__illustration"),
            module_title=Subquery(module_texts.values("title")[:1]),
            shown=Case(
                When(part__key=wanted, then=F("segments")),
                default=Value(None, JSONField()),
                output_field=JSONField(),
            ),
        )
    )
    by_key: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in rows:
        by_key[row["key"]][row["language"]] = row
    return [_part_view(texts, language, edition.programme, module) for texts in by_key.values()]


def _part_view(
    texts: dict[str, dict[str, Any]], language: str, programme: Programme, module: str
) -> PartView:
    heading = texts.get(language) or texts["nb"]
    body = heading if heading["words"] else texts["nb"]
    return PartView(
        key=heading["key"],
        pk=heading["pk"],
        number=heading["number"],
        minutes=heading["minutes"],
        title=heading["title"],
        ingress=heading["ingress"],
        title_language=heading["language"],
        language=body["language"],
        revision=body["revision"],
        tasks=body["tasks"],
        module=Module(
            pk=heading["module_id"],
            programme=programme,
            slug=module,
            number=heading["module_number"],
            illustration=heading["illustration"],
        ),
        module_title=heading["module_title"],
        segments=body["shown"],
    )


def module_text(edition: Edition, module: str, language: str) -> EditionModule:
    """A module's own words, Bokmål where the language is missing. One query. Raises Http404."""
    found = (
        EditionModule.objects.filter(edition=edition, module__slug=module, language__in=["nb", language])
        .select_related("module__programme")
        .defer("evening")
    )
    by_language = {row.language: row for row in found}
    if not by_language:
        raise Http404
    return by_language.get(language) or by_language["nb"]


def standing_events(adult: Adult | None, **where: Any) -> dict[str, frozenset[str]]:
    """What an adult has read and tried, over all editions. One query; none without an adult.

    ``read``: «module id/part key»; ``tried``: «module id/part key/block».
    """
    if adult is None:
        return {"read": frozenset(), "tried": frozenset()}
    events = (
        ReadingEvent.objects.filter(adult=adult, **where)
        .order_by("pk")
        .values_list("part__module_id", "part__key", "block", "kind")
    )
    read: list[tuple[str, str]] = []
    tried: list[tuple[str, str]] = []
    for module, part, block, kind in events:
        (tried if block else read).append((f"{module}/{part}/{block}" if block else f"{module}/{part}", kind))
    return {"read": last_state(read), "tried": last_state(tried)}


def record(
    *, adult: Adult, part: int, kind: str, revision: int, client_id: uuid.UUID, block: str = ""
) -> bool:
    """Add an event once. False when the same tap was stored before (sent twice, two tabs, a retry).

    An id that another tap has used already (a page shown again by «back») is replaced by a fresh one.
    """
    tap = {"adult": adult, "part_id": part, "kind": kind, "block": block}
    try:
        with transaction.atomic():
            ReadingEvent.objects.create(**tap, revision=revision, client_id=client_id)
    except IntegrityError:
        used = ReadingEvent.objects.filter(client_id=client_id)
        if used.filter(**tap).exists():
            return False
        if not used.exists():
            raise
        ReadingEvent.objects.create(**tap, revision=revision)
    return True


def remember_place(enrolment: Enrolment, part: int) -> None:
    """Reading resumes here. Writes only when the place is new."""
    if enrolment.last_part_id != part:
        Enrolment.objects.filter(pk=enrolment.pk).update(last_part=part)
        enrolment.last_part_id = part


def opens_on(reader: Reader) -> date | None:
    """The day the module asked for opens by itself; None when it is open. No query after ``reader_of``."""
    if reader.enrolment is None:
        return None
    stored = reader.enrolment.evening_at
    evening_at = timezone.localtime(stored) if stored else None
    progress = ModuleProgress(
        0, False, (), frozenset(), evening_at, opened_early=reader.enrolment.opened_early
    )
    opens = progress.opens_on(reader.edition.programme.opens_days_before)
    return opens if opens and opens > timezone.localdate() else None


def first_modules() -> list[tuple[str, str, str]]:
    """(programme slug, name, slug of its first module) of every programme with an edition. One query."""
    rows = Programme.objects.filter(editions__isnull=False, modules__number=1).distinct().order_by("pk")
    return list(rows.values_list("slug", "name", "modules__slug"))
