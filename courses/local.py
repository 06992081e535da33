"""What differs between municipalities and groups: where texts leave room for a number, a note or a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import DateField, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language

from courses.models import Assignment, Fact, HelpNumber, Role
from courses.models.facts import tel_of
from courses.prepared import DAY, INTEGER, Prepared

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.db.models import QuerySet

    from courses.reading import Reader

CONTACT_PERSON = "kontaktperson"  # the local fact under which the group's contact persons are named as well
PEOPLE = ""  # where ``local_facts`` puts them: no fact's key is empty


def leading(group: int, today: date) -> QuerySet[Assignment]:
    """Who leads a group: a duty in it and a role for one of its municipalities, both in force."""
    roles = Role.objects.active(today).filter(kind=Role.Kind.CONTACT_PERSON, municipality__groups=group)
    return Assignment.objects.current(today).filter(group=group, user__in=roles.values("user"))


leading_now = Prepared(
    lambda group, today: leading(group, today).order_by("pk").values_list("user__first_name", "user__mobile"),
    group=INTEGER,
    today=DAY,
)


def contact_persons(reader: Reader) -> list[dict[str, Any]]:
    """Who leads the reader's group today. One query; none without a group, or after it."""
    group = led_group(reader)
    if group is None:
        return []
    return [_person(name, mobile) for name, mobile in leading_now(group=group, today=timezone.localdate())]


def led_group(reader: Reader) -> int | None:
    """The group whose contact persons are the reader's; None without one, or after it."""
    return None if reader.enrolment is None or reader.has_left else reader.enrolment.group_id


def _person(name: str, mobile: str | None) -> dict[str, Any]:
    return {"name": name, "phone": spaced(mobile), "example": settings.DEMO}


def spaced(mobile: str | None) -> str:
    """«+4740000001» as people write it: «400 00 001»."""
    if not mobile:
        return ""
    local = mobile.removeprefix("+47")
    return f"{local[:3]} {local[3:5]} {local[5:]}" if len(local) == 8 else mobile


def local_facts(
    keys: Iterable[str], municipality: int | None, group: int | None = None
) -> dict[str, list[dict[str, Any]]]:
    """The municipality's (by its id) number, or else its note, under each key. One query; none without keys.

    A key that nothing is known about is left out. When the contact person is among the keys, those of
    ``group`` come with the same query, under PEOPLE.
    """
    asked = set(keys)
    if municipality is None or not asked:
        return {}
    wanted = {"municipality": municipality, "key__in": asked}
    found: dict[str, list[dict[str, Any]]] = {}
    nynorsk = get_language() == "nn"
    leads = group if CONTACT_PERSON in asked else None
    for row in sorted(_rows(wanted, leads), key=lambda row: (not row[1], row[2])):
        key, number, label, label_nn, hours, hours_nn, example, owner, checked = row
        if key == PEOPLE:
            found.setdefault(key, []).append(_person(label, number))
            continue
        fact = {
            "label": (nynorsk and label_nn) or label,
            "number": number,
            "tel": tel_of(number),
            "note": (nynorsk and hours_nn) or hours,
            "example": bool(example),
            "owner": owner,
            "checked": checked,
        }
        if number or key not in found:
            found.setdefault(key, []).append(fact)
    return found


def _rows(wanted: dict[str, Any], group: int | None) -> Iterable[tuple[Any, ...]]:
    """Numbers, notes and people by one query, in the columns of the numbers."""
    nothing, no, never = Value(""), Value(False), Value(None, DateField())
    numbers = HelpNumber.objects.filter(**wanted).order_by()
    notes = Fact.objects.filter(**wanted).order_by()
    rows = [
        notes.values_list("key", nothing, "text", "text_nn", nothing, nothing, no, "owner", never),
    ]
    if group is not None:
        people = leading(group, timezone.localdate()).order_by()
        mobile = Coalesce("user__mobile", nothing)
        rows.append(
            people.values_list(
                Value(PEOPLE), mobile, "user__first_name", nothing, nothing, nothing, no, nothing, never
            )
        )
    columns = ("key", "number", "label", "label_nn", "hours", "hours_nn", "is_example", "owner", "checked_on")
    return numbers.values_list(*columns).union(*rows, all=True)
