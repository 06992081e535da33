"""What the messages are called on our own pages: what each is about, and why one was not sent."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.calendars import evening_name, gathering_names
from courses.models import Evening, Gathering
from courses.outbox.rows import URGENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.utils.functional import _StrPromise

    from courses.models import Message

# why a message was not sent, by the code in its row
WHY: dict[str, _StrPromise] = {
    "stopped": gettext_lazy("stoppet for hånd"),
    "silenced": gettext_lazy("pause eller sluttet"),
    "left": gettext_lazy("er ikke med lenger, eller har pause"),
    "fewer": gettext_lazy("har valgt færre beskjeder"),
    "done": gettext_lazy("trengtes ikke lenger"),
    "over": gettext_lazy("tiden var ute"),
    "cancelled": gettext_lazy("er avlyst"),
    "gone": gettext_lazy("finnes ikke lenger"),
    "superseded": gettext_lazy("en nyere beskjed gikk i stedet"),
    "waiting": gettext_lazy("står på venteliste"),
    "declined": gettext_lazy("vil ikke svare"),
    "paper": gettext_lazy("svarer på papir"),
    "withdrawn": gettext_lazy("invitasjonen er trukket tilbake"),
    "once-is-enough": gettext_lazy("fikk beskjeden på SMS allerede"),
    "no-way": gettext_lazy("vi har ingen adresse som virker"),
    "refused": gettext_lazy("adressen tok ikke imot"),
    "tries": gettext_lazy("prøvd mange ganger uten hell"),
}
STEPS: dict[tuple[str, str], _StrPromise] = {
    ("evening", "reminder"): gettext_lazy("Påminnelse: %(what)s"),
    ("gathering", "reminder"): gettext_lazy("Påminnelse: %(what)s"),
    ("gathering", "announcement"): gettext_lazy("Invitasjon: %(what)s"),
    ("gathering", "seat"): gettext_lazy("Ledig plass: %(what)s"),
    ("guidance", "reminder"): gettext_lazy("Påminnelse: %(what)s"),
    ("guidance", "next"): gettext_lazy("På tide å avtale neste samtale"),
    ("catch-up", "offer"): gettext_lazy("Ta igjen: %(what)s"),
    ("catch-up", "talk"): gettext_lazy("Tid for prat: %(what)s"),
    ("catch-up", "reminder"): gettext_lazy("Påminnelse om å ta igjen: %(what)s"),
    ("call", "asked"): gettext_lazy("Noen ønsker en telefon"),
    ("call", "reminder"): gettext_lazy("Noen venter på en telefon"),
    ("form", "asked"): gettext_lazy("Et skjema"),
    ("study", "letter"): gettext_lazy("Noe å lese og velge"),
    ("form", "reminder"): gettext_lazy("Påminnelse om et skjema"),
    ("invited", "invitation"): gettext_lazy("Invitasjon"),
    ("invited", "waiting"): gettext_lazy("Beskjed om venteliste"),
    ("invited", "reminder"): gettext_lazy("Påminnelse om invitasjonen"),
    ("erasure", "asked"): gettext_lazy("Noen ber om å bli slettet"),
}
CHANGES: dict[str, _StrPromise] = {
    "moved": gettext_lazy("Flyttet: %(what)s"),
    "place": gettext_lazy("Nytt møtested: %(what)s"),
    "cancelled": gettext_lazy("Avlyst: %(what)s"),
}


def why_words(message: Message) -> str:
    return str(WHY.get(message.why, message.get_state_display()))


def about(messages: Iterable[Message]) -> dict[int, str]:
    """What each message is about, by its id: «Påminnelse: kurskveld 3». At most three queries."""
    rows = list(messages)
    names = _names(rows)
    return {row.pk: _one(row, names.get(row.thing, "")) for row in rows}


def _one(message: Message, name: str) -> str:
    step = message.step.removesuffix(URGENT[0]).removesuffix(URGENT[1])
    root, kind = step.split("-")[0], message.thing.partition(":")[0]
    words = CHANGES.get(root) or STEPS.get((kind, root)) or message.get_kind_display()
    said = str(words) % {"what": name.lower()} if "%(what)s" in str(words) else str(words)
    return _("%(message)s (på SMS)") % {"message": said} if message.step.endswith(URGENT[1]) else said


def _names(messages: list[Message]) -> dict[str, str]:
    """What the things are called, in the active language."""
    ids: dict[str, set[int]] = defaultdict(set)
    for message in messages:
        kind, _colon, pk = message.thing.partition(":")
        ids[kind].add(int(pk))
    look_ups: dict[str, Callable[[set[int]], dict[int, str]]] = {
        "evening": _evenings,
        "gathering": _gatherings,
        "catch-up": _evenings,  # the one that was missed
        "group": lambda pks: dict.fromkeys(pks, _("Kveldene")),
        "guidance": lambda pks: dict.fromkeys(pks, _("Avtale")),
    }
    return {
        f"{kind}:{pk}": name
        for kind, look_up in look_ups.items()
        if ids[kind]
        for pk, name in look_up(ids[kind]).items()
    }


def _evenings(pks: set[int]) -> dict[int, str]:
    rows = Evening.objects.filter(pk__in=pks).select_related("module")
    return {row.pk: evening_name(row) for row in rows}


def _gatherings(pks: set[int]) -> dict[int, str]:
    return {row.pk: gathering_names(row)[0] for row in Gathering.objects.filter(pk__in=pks)}
