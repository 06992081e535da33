"""The demo: invented municipalities, groups and people, from ``fixtures/demo.yaml``."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import yaml
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.attending import OPENS_BEFORE
from courses.inviting import sync_cms_group
from courses.models import (
    Adult,
    Assignment,
    Attendance,
    Edition,
    EditionPart,
    Enrolment,
    Evening,
    Family,
    Group,
    HelpNumber,
    Municipality,
    ReadingEvent,
    Region,
    Role,
    User,
)
from courses.notes import write_note

if TYPE_CHECKING:
    from pathlib import Path

THURSDAY = 3
IN_OFFICE = timedelta(days=2 * 365)
WORDS_OF_PERSONAS = {
    ("familie", "Hanne"): _("Fosterforelder, halvveis i pilotgruppa. Bor med Eirik."),
    ("familie-2", "Eirik"): _("Den andre voksne i samme familie."),
    ("familie-ny", "Nora"): _("Fosterforelder som er invitert og ikke har begynt."),
    ("kontaktperson", "Torill"): _(
        "Kontaktperson. Leder Torsdagsgruppa, og Kveldsgruppa som møtes den dagen demoen lages."
    ),
    ("kontaktperson-2", "Gunnhild"): _(
        "Kontaktperson i en annen kommune, på nynorsk. Tar kontaktpersonkurset."
    ),
    ("prosjektleder", "Solveig"): _("Prosjektleder. Redigerer programmet og inviterer medarbeidere."),
    ("leder", "Hans"): _("Leder av barnevernstjenesten i én kommune."),
    ("forsker", "Ragnhild"): _("Forskningspartner."),
    ("redaktor", "Arne"): _("Redaktør. Skriver i programmet."),
    ("brukergruppe", "Else"): _("Brukergruppa. Leser utgaven som er i bruk, og papirene fra møtene sine."),
}
PERSONAS = [{"slug": slug, "name": name, "words": words} for (slug, name), words in WORDS_OF_PERSONAS.items()]


def read_demo() -> dict[str, Any]:
    path: Path = settings.BASE_DIR / "fixtures" / "demo.yaml"
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def persona_user(persona: str) -> User | None:
    """The invented person behind a button; None when there is no such persona or no demo data."""
    for row in _people(read_demo()):
        if row.get("persona") == persona:
            return User.objects.filter(email=row["email"]).first()
    return None


def _people(demo: dict[str, Any]) -> list[dict[str, Any]]:
    adults = [
        adult
        for group in demo["groups"]
        for family in group.get("families", [])
        for adult in family["adults"]
    ]
    return [*demo["staff"], *adults]


@transaction.atomic
def make_demo(today: date | None = None) -> None:
    """Fill an empty database with the demo's people. Does nothing when they are there already.

    Expects both programmes with an edition. ``today``: the day everything is counted from.
    """
    demo = read_demo()
    if User.objects.filter(email=demo["staff"][0]["email"]).exists():
        return
    region = Region.objects.create(name=demo["region"])
    places = {
        row["slug"]: Municipality.objects.create(
            slug=row["slug"], name=row["name"], written_language=row["language"], region=region
        )
        for row in demo["municipalities"]
    }
    _make_help_numbers(demo, places)
    day = today or timezone.localdate()
    staff = {row["persona"]: _make_staff(row, places, day) for row in demo["staff"]}
    for row in demo["groups"]:
        _make_group(row, places, staff, day)
    for row in demo["notes"]:
        _make_note(row)

    # here: a web process shows the demo's people, and makes none
    from cms.demo_evenings import make_evenings
    from cms.demo_studies import make_studies

    make_evenings(demo, places, staff, day)
    make_studies(demo, places, staff, day)


def _make_help_numbers(demo: dict[str, Any], places: dict[str, Municipality]) -> None:
    for slug, place in places.items():
        for position, row in enumerate(demo["help_numbers"]):
            HelpNumber.objects.create(
                municipality=place,
                position=position,
                owner=f"Barnevernstjenesten i {place.name}",
                is_example=True,
                **row | {"number": row["number"].replace("{n}", demo["number_prefix"][slug])},
            )


def _make_person(row: dict[str, Any], language: str) -> User:
    return User.objects.create_person(
        first_name=row["name"], email=row.get("email"), mobile=row.get("mobile"), language=language
    )


def _make_staff(row: dict[str, Any], places: dict[str, Municipality], today: date) -> User:
    """In her role since before the first study (``demo_results.py``)."""
    user = _make_person(row, row.get("language", "nb"))
    place = places.get(row.get("municipality", ""))
    Role.objects.create(user=user, kind=row["role"], municipality=place, starts_on=today - IN_OFFICE)
    sync_cms_group(user)
    return user


def _make_group(
    row: dict[str, Any], places: dict[str, Municipality], staff: dict[str, User], today: date
) -> None:
    edition = Edition.objects.newest_first().filter(programme__slug=row["programme"])[0]
    group = Group.objects.create(name=row["name"], edition=edition, phase=row["phase"], seats=row["seats"])
    group.municipalities.set(places[slug] for slug in row["municipalities"])
    for persona in row["leaders"]:
        Assignment.objects.create(group=group, user=staff[persona], starts_on=today - timedelta(weeks=10))
    evenings = _make_evenings(group, row, today)
    for family in row.get("families", []):
        _make_family(family, places, group, evenings)
    for persona in row.get("participants", []):
        adult = Adult.objects.create(user=staff[persona])
        Enrolment.objects.create(adult=adult, group=group, starts_on=today - timedelta(weeks=8))


def _make_evenings(group: Group, row: dict[str, Any], today: date) -> list[Evening]:
    """One evening for each module. Week 0 is the next Thursday that is not over, or today («from_today»)."""
    if row.get("from_today"):
        weeks = (timedelta(weeks=week) for week in row["evenings"])
        moments = [_at_six(today + week) if week else _tonight(today) for week in weeks]
    else:
        moments = [_at_six(day) for day in _evening_days(row["evenings"], today)]
    modules = group.edition.programme.modules.order_by("number")
    return [
        Evening.objects.create(
            group=group,
            module=module,
            starts_at=at,
            minutes=180 if group.edition.programme.audience == "contact-persons" else 135,
            place=row["place"],
            bring=bring,
        )
        for module, at, bring in zip(modules, moments, row["bring"], strict=True)
    ]


def _at_six(day: date) -> datetime:
    return datetime.combine(day, time(18), tzinfo=timezone.get_default_timezone())


def _tonight(today: date) -> datetime:
    """Six o'clock; where nobody could be marked then, the last half hour: it is there to be tried."""
    now, six = timezone.localtime(), _at_six(today)
    if today != now.date() or six - OPENS_BEFORE <= now < six + timedelta(hours=2):
        return six
    return now.replace(minute=now.minute // 30 * 30, second=0, microsecond=0)


def _evening_days(weeks: list[int], today: date) -> list[date]:
    """The Thursdays so many weeks from the next one that is not over, in order, never two in one week.

    From 20 December to 2 January nobody meets: an evening that is over was held before that, and one
    to come is held after.
    """
    thursday = today + timedelta(days=(THURSDAY - today.weekday()) % 7)
    held: list[date] = []
    for week in sorted((week for week in weeks if week < 0), reverse=True):
        held.append(_free_day(thursday + timedelta(weeks=week), held, timedelta(weeks=-1)))
    coming: list[date] = []
    for week in sorted(week for week in weeks if week >= 0):
        coming.append(_free_day(thursday + timedelta(weeks=week), coming, timedelta(weeks=1)))
    return [*reversed(held), *coming]


def _free_day(day: date, taken: list[date], step: timedelta) -> date:
    """The first day from ``day``, a step at a time, that is beyond those taken and no holiday."""
    if taken and (day - taken[-1]) * step.days <= timedelta(0):
        day = taken[-1] + step
    while (day.month, day.day) >= (12, 20) or (day.month, day.day) <= (1, 2):
        day += step
    return day


def _make_family(
    row: dict[str, Any], places: dict[str, Municipality], group: Group, evenings: list[Evening]
) -> None:
    place = places[row["municipality"]]
    family = Family.objects.create(municipality=place, shielded=row.get("shielded", False))
    for seat, person in enumerate(row["adults"], start=1):
        user = _make_person(person, place.written_language)
        adult = Adult.objects.create(user=user, family=family, seat=seat, alias=person.get("alias", ""))
        Enrolment.objects.create(adult=adult, group=group, starts_on=_joined(row, evenings))
        _make_reading(adult, person["read"], evenings)
        for evening, state in zip(evenings, person["attended"], strict=False):
            Attendance.objects.create(adult=adult, evening=evening, state=state, marked_at=evening.starts_at)


def _make_reading(adult: Adult, read: list[int], evenings: list[Evening]) -> None:
    """The first so many parts of each module, read in the days before its evening."""
    for evening, count in zip(evenings, read, strict=False):
        parts = EditionPart.objects.filter(edition=evening.group.edition, module=evening.module)
        for part in parts.order_by("position").prefetch_related("texts")[:count]:
            ReadingEvent.objects.create(
                adult=adult,
                part=part,
                kind="read",
                client_id=uuid.uuid4(),
                revision=part.texts.all()[0].revision,
                happened_at=min(evening.starts_at - timedelta(days=2), timezone.now()),
            )


def _joined(row: dict[str, Any], evenings: list[Evening]) -> date:
    """Before the first evening, unless the family came later."""
    today = timezone.localdate()
    if "joined" in row:
        return today + timedelta(days=row["joined"])
    return min((evenings[0].starts_at - timedelta(days=10)).date(), today)


def _make_note(row: dict[str, Any]) -> None:
    """A note under the first reflection of a module."""
    user = persona_user(row["persona"])
    parts = EditionPart.objects.filter(
        edition__groups__enrolments__adult__user=user, module__number=row["module"]
    )
    for part in parts.order_by("position"):
        for segment in part.texts.get(language="nb").segments:
            if segment["kind"] == "reflection":
                write_note(
                    adult=user.adult,  # type: ignore[union-attr]
                    module=part.module,
                    part_key=part.key,
                    block=segment["id"],
                    text=row["text"],
                )
                return
