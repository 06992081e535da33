"""Reading an edition: who reads, which text they get, and the events a tap leaves behind.

Nothing here touches the pages an edition was made from. Query counts stand in the docstrings; the
budget is eight for a part page, session and user included (performance.md §0).
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Case, Exists, OuterRef, When
from django.http import Http404
from django.utils import timezone
from django.utils.translation import get_language

from courses.access import active_roles
from courses.editions import words_of
from courses.models import (
    Adult,
    EarlyOpening,
    Edition,
    Enrolment,
    Evening,
    Family,
    Group,
    Municipality,
    Programme,
    ReadingEvent,
)
from courses.prepared import DAY, INTEGER, TEXT, Prepared
from courses.progress import ModuleProgress, last_state

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import Model, QuerySet

    from courses.editions import ModuleWords
    from courses.models import User

VERSION = re.compile(r"\d{1,2}\.\d{1,2}", re.ASCII)


@dataclass(frozen=True)
class Reader:
    """Who reads which edition: an adult through an enrolment, or staff looking at what families see."""

    user: User
    edition: Edition
    enrolment: Enrolment | None

    @property
    def programme_name(self) -> str:
        """The programme's name in the language in use. No query."""
        programme = self.edition.programme
        return (get_language() == "nn" and programme.name_nn) or programme.name

    @property
    def adult(self) -> Adult | None:
        return self.enrolment.adult if self.enrolment else None

    @property
    def has_left(self) -> bool:
        """Whether the adult's part in the group is over: she reads on alone, without its evenings."""
        ends = self.enrolment.ends_on if self.enrolment else None
        return ends is not None and ends < timezone.localdate()

    @property
    def municipality(self) -> int | None:
        """The id of the adult's municipality, which came with the enrolment; without a family the role's.

        None for whoever has roles in several places, or in the whole region. One query of roles at most.
        """
        if self.adult and self.adult.family:
            return self.adult.family.municipality_id
        places = {role.municipality_id for role in active_roles(self.user)}
        return places.pop() if len(places) == 1 else None

    @property
    def place(self) -> str:
        """That municipality's short name: what the way to the help page asks it to open. No query."""
        return self.adult.family.municipality.slug if self.adult and self.adult.family else ""


# What a page view needs of the enrolment's chain, and no more: wide rows cost more than the query.
CHAIN: dict[type[Model], dict[str, str]] = {
    Family: {
        "pk": "adult__family_id",
        "shielded": "adult__family__shielded",
    },
    Municipality: {
        "pk": "adult__family__municipality_id",
        "slug": "adult__family__municipality__slug",
    },
    Adult: {"pk": "adult_id", "seat": "adult__seat", "alias": "adult__alias"},
    Group: {"pk": "group_id", "name": "group__name"},
    Edition: {
        "pk": "group__edition_id",
        "version": "group__edition__version",
        "mark": "group__edition__mark",
        "wording": "group__edition__wording",
    },
    Programme: {
        "pk": "group__edition__programme_id",
        "slug": "group__edition__programme__slug",
        "name": "group__edition__programme__name",
        "name_nn": "group__edition__programme__name_nn",
        "evenings_required": "group__edition__programme__evenings_required",
        "opens_days_before": "group__edition__programme__opens_days_before",
    },
}
OWN = ["pk", "last_part_id", "ends_on", "paused_on"]
COLUMNS = [*OWN, *(column for columns in CHAIN.values() for column in columns.values())]


def _enrolment(row: dict[str, Any], user: User) -> Enrolment:
    """The rows of one enrolment's chain, with only the columns above filled in."""

    def filled(model: type[Model], **related: Any) -> Any:
        return model(**related, **{name: row[column] for name, column in CHAIN[model].items()})

    family = filled(Family, municipality=filled(Municipality)) if row["adult__family_id"] else None
    edition = filled(Edition, programme=filled(Programme))
    return Enrolment(
        **{name: row[name] for name in OWN},
        adult=filled(Adult, user=user, family=family),
        group=filled(Group, edition=edition),
    )


def _chain(user: int, today: date, programme: str | None = None) -> QuerySet[Any]:
    """The newest enrolment in force, else the newest that has ended, as values of COLUMNS."""
    taken = Enrolment.objects.filter(adult__user=user, starts_on__lte=today)
    if programme is not None:
        taken = taken.filter(group__edition__programme__slug=programme)
    over = Case(When(ends_on__lt=today, then=1), default=0)
    return taken.order_by(over, "-starts_on", "-pk").values_list(*COLUMNS)[:1]


chain_in_any = Prepared(_chain, user=INTEGER, today=DAY)
chain_in = Prepared(_chain, user=INTEGER, today=DAY, programme=TEXT)


def _newest_enrolment(user: User, programme: str) -> Enrolment | None:
    asked = {"user": user.pk, "today": timezone.localdate()}
    rows = chain_in(**asked, programme=programme) if programme else chain_in_any(**asked)
    return _enrolment(dict(zip(COLUMNS, rows[0], strict=True)), user) if rows else None


def reader_of(user: User, programme: str = "", version: str = "") -> Reader:
    """The reader of a programme; without one, of whatever the adult takes or took. One query for an adult.

    Raises Http404 for whoever never took it and does not work with it. Staff cost two queries more, and may
    ask for a ``version``; others read their group's edition whatever they ask for, after the course too.
    """
    enrolment = _newest_enrolment(user, programme)
    if enrolment is not None:
        own = Reader(user, enrolment.group.edition, enrolment)
        if not (version and own.has_left and active_roles(user)):
            return own
    if not active_roles(user):
        raise Http404
    if version and not VERSION.fullmatch(version):
        raise Http404
    editions = Edition.objects.filter(programme__slug=programme).select_related("programme").newest_first()
    edition = (editions.filter(version=version) if version else editions).first()
    if edition is None:
        raise Http404
    return Reader(user, edition, None)


def module_of(reader: Reader, slug: str, language: str) -> ModuleWords:
    """A module of the reader's own edition. Raises Http404 when the edition has none of that name."""
    found = words_of(reader.edition, language).get(slug)
    if found is None:
        raise Http404
    return found


def evening_of(reader: Reader, module: ModuleWords) -> Evening | None:
    """The reader's own evening for a module. One query; none without a group, or after it."""
    if reader.enrolment is None or reader.has_left:
        return None
    return Evening.objects.filter(group=reader.enrolment.group_id, module=module.module).first()


def opens_on(reader: Reader, module: ModuleWords, evening: Evening | None) -> date | None:
    """The day a module opens by itself; None when it is open. One query when that day has not come."""
    if evening is None:
        return None
    begins = timezone.localtime(evening.starts_at)
    opens = ModuleProgress(0, False, (), frozenset(), begins).opens_on(
        reader.edition.programme.opens_days_before
    )
    if opens is None or opens <= timezone.localdate():
        return None
    early = EarlyOpening.objects.filter(adult=reader.adult, module=module.module)
    return None if early.exists() else opens


EVENT = ("part__module_id", "part__key", "block", "kind")
events_in_module = Prepared(
    lambda adult, module: (
        ReadingEvent.objects.filter(adult=adult, part__module=module).order_by("pk").values_list(*EVENT)
    ),
    adult=INTEGER,
    module=INTEGER,
)
events_in_all = Prepared(
    lambda adult: ReadingEvent.objects.filter(adult=adult).order_by("pk").values_list(*EVENT), adult=INTEGER
)


def standing_events(adult: Adult | None, module: int | None = None) -> dict[str, frozenset[str]]:
    """What an adult has read and tried, over all editions. One query; none without an adult.

    ``read``: «module id/part key»; ``tried``: «module id/part key/block».
    """
    if adult is None:
        return {"read": frozenset(), "tried": frozenset()}
    asked = {"adult": adult.pk}
    events = events_in_all(**asked) if module is None else events_in_module(**asked, module=module)
    read: list[tuple[str, str]] = []
    tried: list[tuple[str, str]] = []
    for module_id, part, block, kind in events:
        place = f"{module_id}/{part}"
        (tried if block else read).append((f"{place}/{block}" if block else place, kind))
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


def readable_programmes() -> list[tuple[str, str]]:
    """(slug, name) of every programme with an edition. One query."""
    rows = Programme.objects.filter(Exists(Edition.objects.filter(programme=OuterRef("pk"))))
    return list(rows.order_by("pk").values_list("slug", "name"))
