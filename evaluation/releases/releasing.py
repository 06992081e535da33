"""Letting a wave out: once for each phase, when every group's occasion is closed. Then never changed."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from evaluation.models import (
    Release,
    ReleasedNumber,
    ReleasedPicture,
    ReleaseDraft,
    Study,
    Wave,
)
from evaluation.releases.occasions import CLOSED, counted_in, occasions_of, open_occasions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from courses.models import User


class NotReadyError(Exception):
    """The wave cannot be let out yet; the message says what is missing, in Norwegian."""


class OutdatedError(NotReadyError):
    """Something more has been counted or let out since the content was worked out."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Mer er talt opp eller offentliggjort siden forhåndsvisningen. Den regnes ut på nytt. Se på"
                " den igjen."
            )
        )


class ReleasedBeforeError(Exception):
    """This wave and phase has been let out; ``release`` is it."""

    def __init__(self, release: Release) -> None:
        super().__init__(_("Denne målingen er offentliggjort, og det kan bare gjøres én gang."))
        self.release = release


def check(wave: Wave, phase: str) -> None:
    """Raises ReleasedBeforeError, or NotReadyError that names what is still open. Three queries."""
    if done := Release.objects.filter(wave=wave, phase=phase).first():
        raise ReleasedBeforeError(done)
    if wave.anchor == Wave.Anchor.EACH_EVENING:
        raise NotReadyError(
            _("Kveldsskjemaer offentliggjøres ikke for seg. Familienes vises modul for modul, med de andre.")
        )
    if waiting := open_occasions(wave, phase):
        names = ", ".join(f"{each.group or _('regionen')} ({each.get_state_display()})" for each in waiting)
        raise NotReadyError(_("Ikke alle måletidspunktene er talt opp ennå: %(names)s.") % {"names": names})
    if not occasions_of(wave, phase).filter(state__in=CLOSED).exists():
        raise NotReadyError(_("Ingen grupper i denne fasen har hatt målingen."))


def ask(wave: Wave, phase: str, by: User) -> ReleaseDraft:
    """A draft to be worked out; one that failed, or is outdated, is tried again. Raises as ``check``."""
    check(wave, phase)
    draft, made = ReleaseDraft.objects.get_or_create(wave=wave, phase=phase, defaults={"asked_by": by})
    outdated = draft.content is not None and draft.content["counted"] != counted_in(wave.study)
    if not made and (outdated or draft.state == ReleaseDraft.State.FAILED):
        again = {"state": ReleaseDraft.State.ASKED, "why": "", "content": None}
        ReleaseDraft.objects.filter(pk=draft.pk).update(**again)
    return draft


def work_out_drafts() -> int:
    """What ``work`` does in the embedded default: every draft that was asked for. How many."""
    asked = ReleaseDraft.objects.filter(state=ReleaseDraft.State.ASKED).select_related("wave__study")
    for draft in asked:
        try:
            content, state, why = content_of(draft.wave, draft.phase), ReleaseDraft.State.READY, ""
        except (NotReadyError, ReleasedBeforeError) as error:
            content, state, why = None, ReleaseDraft.State.FAILED, str(error)[:200]
        ReleaseDraft.objects.filter(pk=draft.pk).update(content=content, state=state, why=why)
    return len(asked)


def content_of(wave: Wave, phase: str, *, slow: bool = True) -> dict[str, Any]:
    """Everything of a release, as JSON. Reads the answers database; raises as ``check``.

    ``slow`` has what is drawn often or fitted by steps: omega and the mixed model.
    """
    from evaluation.releases.pictures import pictures  # draws: nothing a page needs
    from evaluation.releases.working_out import work_out

    check(wave, phase)
    counted = counted_in(wave.study)  # before the answers: what is counted meanwhile makes it outdated
    snapshot, technical = work_out(wave, phase, slow=slow)
    told = {"snapshot": snapshot, "technical": technical, "pictures": pictures(snapshot)}
    return told | {"counted": counted}


def release(wave: Wave, phase: str, content: dict[str, Any], by: User | None = None) -> Release:
    """Lets ``content`` out. Raises as ``check``, and OutdatedError: then a draft is worked out again.

    Two at the same time: the second is told of the first.
    """
    try:
        return _let_out(wave, phase, content, by)
    except OutdatedError:
        drafts = ReleaseDraft.objects.filter(wave=wave, phase=phase)
        drafts.update(state=ReleaseDraft.State.ASKED, content=None)
        raise


@transaction.atomic
def _let_out(wave: Wave, phase: str, content: dict[str, Any], by: User | None) -> Release:
    # of one study two at once take turns: what the second may tell hangs on the first
    Study.objects.select_for_update(no_key=True).get(pk=wave.study_id)
    check(wave, phase)
    if content["counted"] != counted_in(wave.study):
        raise OutdatedError
    made = Release.objects.create(
        study=wave.study,
        wave=wave,
        phase=phase,
        made_by=by,
        snapshot=content["snapshot"],
        technical=content["technical"],
        checksum=checksum(content["snapshot"], content["technical"]),
    )
    ReleasedPicture.objects.bulk_create(
        ReleasedPicture(release=made, **(picture | {"png": bytes.fromhex(picture["png"])}))
        for picture in content["pictures"]
    )
    ReleasedNumber.objects.bulk_create(
        ReleasedNumber(release=made, key=key[:160], value=value[:60], population=who, is_technical=technical)
        for technical, part in ((False, content["snapshot"]), (True, content["technical"]))
        for key, value, who in numbers(part)
    )
    ReleaseDraft.objects.filter(wave=wave, phase=phase).delete()
    return made


def checksum(snapshot: dict[str, Any], technical: dict[str, Any]) -> str:
    """SHA-256 of both, written the one way: what was let out can be shown to be unchanged."""
    written = json.dumps([snapshot, technical], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def is_unchanged(made: Release) -> bool:
    return checksum(made.snapshot, made.technical) == made.checksum


POPULATIONS = {
    "flow": "asked and answered",
    "scales": "pairs-or-all",
    "items": "pairs-or-all",
    "sites": "site",
    "phases": "two phases",
    "dose": "pairs by attendance",
    "look_back": "all",
    "modules": "evenings",
    "criteria": "as its measure",
    "reaim": "region",
}
NAMES = ("instrument", "scale", "item", "measure", "what", "number")  # of a row, in its path


IS_BAND = re.compile(r"\d+(\+|–\d+)")  # «20+», «5–9»


def numbers(part: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Every number of a snapshot, and every band of people, with its path and population: the ledger."""
    for name, population in POPULATIONS.items():
        rows = part.get(name, [])
        for row in [rows] if isinstance(rows, dict) else rows:
            about = ".".join(str(row[key]) for key in NAMES if row.get(key))
            who = f"{population}:{row['municipality']}" if "municipality" in row else population
            place = str(row.get("municipality", ""))
            start = ".".join(filter(None, (name, about, place)))
            for path, value in _leaves(row, start):
                yield path, value, who


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _leaves(each, f"{path}.{key}")
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from _leaves(each, f"{path}.{place}")
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield path, repr(value)
    elif isinstance(value, str) and IS_BAND.fullmatch(value):
        yield path, value
