"""What a person has read, tried and opened, by the titles of the parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cms.own_sections import Section, moment
from courses.models import EarlyOpening, PartText, ReadingEvent

if TYPE_CHECKING:
    from courses.models import Adult


def reading(adult: Adult) -> Section:
    said = {
        "read": _("lest"),
        "unread": _("«lest» tatt bort"),
        "tried": _("prøvd"),
        "untried": _("«prøvd» tatt bort"),
    }
    events = ReadingEvent.objects.filter(adult=adult).order_by("happened_at", "pk")
    found = list(events.values_list("part", "part__module__number", "kind", "happened_at"))
    titles = _titles({part for part, *_rest in found})
    rows = [
        (
            _("Modul %(number)s, %(part)s") % {"number": number, "part": titles.get(part, "")},
            f"{said[kind]}, {moment(at)}",
        )
        for part, number, kind, at in found
    ]
    rows += [
        (_("Åpnet før tiden"), _("Modul %(number)s") % {"number": number})
        for number in EarlyOpening.objects.filter(adult=adult).values_list("module__number", flat=True)
    ]
    return Section("reading", _("Det du har lest og prøvd"), rows, _("Du har ikke merket noe som lest ennå."))


def _titles(parts: set[int]) -> dict[int, str]:
    """What parts are called, in the active language where they are written in it. One query."""
    texts = PartText.objects.filter(part__in=parts, language__in=["nb", get_language()])
    rows = texts.values_list("part", "language", "title")
    return {part: title for part, _language, title in sorted(rows, key=lambda row: row[1])}
