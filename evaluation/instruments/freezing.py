"""From draft to what is sent, and from what was sent to the next draft. Ids never change their meaning."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from evaluation.instruments import rows
from evaluation.instruments.drafts import Draft
from evaluation.instruments.faults import faults
from evaluation.instruments.places import Fault, FaultsError, Where
from evaluation.models.instruments import Instrument, InstrumentVersion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from typing import Literal

    from evaluation.instruments.definition import Choice, Definition, Item

    State = Literal["kept", "reworded", "changed", "new", "gone"]


# --- freezing
def freeze(version: InstrumentVersion, at: datetime | None = None) -> Definition:
    """What is asked from now on; called when the first invitation goes out, and harmless when called again.
    ``at``: when that was, of invented people.

    Raises FaultsError, and then nothing is changed. Two at once freeze it once.
    """
    with transaction.atomic():
        locked = InstrumentVersion.objects.select_for_update(of=("self",)).select_related("instrument")
        stored = locked.get(pk=version.pk)
        if stored.definition is None:
            draft = rows.read(stored)
            if found := all_faults(stored, draft):
                raise FaultsError(found)
            now = at or timezone.now()
            InstrumentVersion.objects.filter(pk=stored.pk).freeze(draft.definition, now)
            stored.definition, stored.frozen_at = draft.definition.as_data(), now
    version.definition, version.frozen_at = stored.definition, stored.frozen_at
    return stored.frozen


def all_faults(version: InstrumentVersion, draft: Draft) -> list[Fault]:
    """Everything that keeps the version from being opened: in its rows, in itself, beside earlier ones."""
    earlier = InstrumentVersion.objects.filter(instrument=version.instrument_id, frozen_at__isnull=False)
    sent = [each.frozen for each in earlier.exclude(pk=version.pk).order_by("number")]
    return [*draft.faults, *faults(draft.definition), *broken_ids(draft.definition, sent)]


def broken_ids(new: Definition, sent: Sequence[Definition]) -> Iterator[Fault]:
    """Codes that would mean something else than in a version that was sent, or come back after they went.

    Pure. ``sent`` is in the order of the versions.
    """
    for old in sent:
        if old.version > new.version:
            sentence = _("Versjon %(n)d er sendt ut allerede. En eldre kan ikke åpnes etterpå.")
            yield Fault(Where("version"), sentence % {"n": old.version})
    for item in new.items:
        where = Where("item", item.key)
        yield from (Fault(where, sentence) for sentence in dict.fromkeys(_broken(item, sent)))
        if left := _left(item, new, sent):
            yield Fault(where, left)


def _broken(item: Item, sent: Sequence[Definition]) -> Iterator[str]:
    before = [(old, old.item(item.key)) for old in sent]
    used = [(old, was) for old, was in before if was is not None]
    if used and before[-1][1] is None:
        yield _("Koden ble tatt ut etter versjon %(n)d, og kan ikke komme tilbake. Gi spørsmålet en ny.") % {
            "n": used[-1][0].version
        }
    for old, was in used:
        if was.kind != item.kind:
            yield _("I versjon %(n)d hadde koden et annet slag spørsmål. Gi spørsmålet en ny kode.") % {
                "n": old.version
            }
        else:
            yield from _broken_choices(item, was, old.version)
    yield from _returned_choices(item, [was for _old, was in used])


def _left(item: Item, new: Definition, sent: Sequence[Definition]) -> str:
    """Said of a new code for a question whose own code goes out with this version. One that stays may be
    asked twice, and one that went out earlier comes back under a new code: its own cannot."""
    if not sent or any(old.item(item.key) for old in sent):
        return ""
    going = {each.key for each in sent[-1].items} - {each.key for each in new.items}
    for old in sent:
        for was in old.items:
            if was.key in going and _same(was.text.nb, item.text.nb):
                return _("Det samme spørsmålet hadde koden «%(key)s» i versjon %(n)d. Behold den.") % {
                    "key": was.key,
                    "n": old.version,
                }
    return ""


def _broken_choices(item: Item, was: Item, number: int) -> Iterator[str]:
    codes = {_bare(choice.label.nb): choice.code for choice in was.choices}
    for choice in item.choices:
        before = codes.get(_bare(choice.label.nb), choice.code)
        if before != choice.code:
            yield _("Svaret «%(label)s» hadde koden %(before)d i versjon %(n)d, og har %(now)d nå.") % {
                "label": choice.label.nb,
                "before": before,
                "n": number,
                "now": choice.code,
            }


def _returned_choices(item: Item, used: Sequence[Item]) -> Iterator[str]:
    if not used:
        return
    last = set(used[-1].codes)
    for code in (choice.code for choice in item.choices):
        if code not in last and any(code in was.codes for was in used):
            yield _("Svarkoden %(code)d ble tatt ut, og kan ikke komme tilbake. Gi svaret en ny kode.") % {
                "code": code
            }


def _bare(text: str) -> str:
    return " ".join(text.split()).casefold()


def _same(one: str, other: str) -> bool:
    return bool(one.strip()) and _bare(one) == _bare(other)


# --- the next version
def new_version(version: InstrumentVersion) -> InstrumentVersion:
    """A draft with everything the sent version has, under the next number; its ids are the same.

    Where there is a newer draft already, that one. Raises ValueError for a version that was not sent.
    """
    with transaction.atomic():
        Instrument.objects.select_for_update().get(pk=version.instrument_id)
        newest = InstrumentVersion.objects.filter(instrument=version.instrument_id).order_by("number").last()
        if newest is not None and newest.frozen_at is None:
            return newest
        number = newest.number + 1 if newest else 1
        lists = rows.read(version).lists
        made = InstrumentVersion(instrument=version.instrument, number=number)
        rows.write(made, Draft(replace(version.frozen, version=number), lists))
    return made


# --- what became of what
@dataclass(frozen=True)
class Crossing:
    """One item, or one answer of it, in two versions; ``code`` is None for the item itself."""

    key: str
    code: int | None
    state: State
    old: str  # the words in Bokmål; "" when it is new
    new: str  # "" when it is gone


def crosswalk(old: Definition, new: Definition) -> list[Crossing]:
    """Every item of both versions and its answers: those of the new one in order, then what is gone. Pure.

    «Changed» is an item that asks the same with other numbers: another range, or other ends.
    """
    found: list[Crossing] = []
    for item in new.items:
        was = old.item(item.key)
        found.append(Crossing(item.key, None, _state(was, item), was.text.nb if was else "", item.text.nb))
        found.extend(_choices(item.key, was.choices if was else (), item.choices))
    for was in old.items:
        if new.item(was.key) is None:
            found.append(Crossing(was.key, None, "gone", was.text.nb, ""))
            found.extend(_choices(was.key, was.choices, ()))
    return found


def _state(was: Item | None, item: Item) -> State:
    if was is None:
        return "new"
    if (was.kind, was.low, was.high, was.not_yet) != (item.kind, item.low, item.high, item.not_yet):
        return "changed"
    said = (was.text, was.help, was.low_end, was.high_end)
    return "kept" if said == (item.text, item.help, item.low_end, item.high_end) else "reworded"


def _choices(key: str, old: Sequence[Choice], new: Sequence[Choice]) -> Iterator[Crossing]:
    before, after = ({choice.code: choice.label for choice in choices} for choices in (old, new))
    for code, label in after.items():
        was = before.get(code)
        state: State = "new" if was is None else "kept" if was == label else "reworded"
        yield Crossing(key, code, state, was.nb if was else "", label.nb)
    for code, label in before.items():
        if code not in after:
            yield Crossing(key, code, "gone", label.nb, "")
