"""Letting a wave out: once for each phase, when every group's occasion is closed. Then never changed.

What somebody has seen of it is out already: two previews that differ by one person would tell her answers. So
a preview is worked out once; what it shows stands, whoever withdraws or is counted after it; it is let out as
it is; and of a study the next cannot be worked out before that.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from evaluation.models import Release, ReleasedNumber, ReleasedPicture, ReleaseDraft, Study, Wave
from evaluation.releases.occasions import CLOSED, counted_in, occasions_of, open_occasions
from evaluation.releases.people import counted_people, mark, may_count
from evaluation.releases.waiting import only_waits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from courses.models import User

log = logging.getLogger(__name__)
FRESH = timedelta(days=1)  # how long people who were counted for another process stay counted


class NotReadyError(Exception):
    """The wave cannot be let out yet; the message says what is missing, in Norwegian."""


class NothingToTellError(NotReadyError):
    """The wave is told with the next, for those who answered both: by itself it has no result."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Denne målingen har ingen resultater alene: svarene vises sammen med neste måling, for dem"
                " som svarte begge ganger. Derfor kan den ikke offentliggjøres for seg."
            )
        )


class OutdatedError(NotReadyError):
    """Something more has been counted, noted of people or seen since the content was worked out."""

    def __init__(self) -> None:
        super().__init__(_("Mer er talt opp eller ført siden tallene ble regnet ut. Prøv igjen."))


class ReleasedBeforeError(Exception):
    """This wave and phase has been let out; ``release`` is it."""

    def __init__(self, release: Release) -> None:
        day = date_format(release.made_on, "j. F Y")
        super().__init__(
            _("Denne målingen ble offentliggjort %(day)s, og det kan bare gjøres én gang.") % {"day": day}
        )
        self.release = release


def check(wave: Wave, phase: str) -> None:
    """Raises ReleasedBeforeError, or NotReadyError that names what is still open. Five queries."""
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
    if Study.objects.filter(pk=wave.study_id, taken_back_on__isnull=False).exists():
        raise NotReadyError(_("Noen har tatt tilbake svarene sine. De slettes først. Prøv igjen i morgen."))
    _check_seen(wave, phase)


def _check_seen(wave: Wave, phase: str) -> None:
    """Raises NotReadyError when another preview of the study has been seen, and is not out."""
    others = ReleaseDraft.objects.filter(wave__study=wave.study_id, state=ReleaseDraft.State.READY)
    if seen := others.exclude(wave=wave, phase=phase).select_related("wave").first():
        raise NotReadyError(
            _("Tallene fra %(wave)s er vist i en forhåndsvisning. De må offentliggjøres først.")
            % {"wave": seen.wave}
        )


def shown(wave: Wave, phase: str) -> ReleaseDraft | None:
    """The preview that somebody may have seen, and that is not out yet. Raises ReleasedBeforeError."""
    if done := Release.objects.filter(wave=wave, phase=phase).first():
        raise ReleasedBeforeError(done)
    return ReleaseDraft.objects.filter(wave=wave, phase=phase, state=ReleaseDraft.State.READY).first()


def ask(wave: Wave, phase: str, by: User | None = None) -> ReleaseDraft:
    """A draft to be worked out, or the one that has been. Raises as ``check``.

    Whoever asks may read who took part: they are counted here, for whoever works it out.
    """
    if there := shown(wave, phase):
        return there
    check(wave, phase)
    asked = {"state": ReleaseDraft.State.ASKED, "why": "", "asked_on": timezone.localdate()}
    asked |= {"people": people_now(wave, phase)}
    draft, _made = ReleaseDraft.objects.update_or_create(
        wave=wave, phase=phase, defaults=asked, create_defaults=asked | {"asked_by": by}
    )
    return draft


def people_now(wave: Wave, phase: str) -> dict[str, Any]:
    """As people.py counts; for whoever may not read people, as they were counted today or yesterday.

    Raises NotReadyError when nobody has.
    """
    if may_count():
        return counted_people(wave, phase)
    since = timezone.localdate() - FRESH
    draft = ReleaseDraft.objects.filter(wave=wave, phase=phase, asked_on__gte=since).first()
    if draft is None or draft.people is None or draft.people["counted"] != counted_in(wave.study):
        raise NotReadyError(_("Be om en forhåndsvisning på resultatsidene først: da telles de som var med."))
    people: dict[str, Any] = draft.people
    return people


def work_out_drafts() -> int:
    """What ``work`` does in the embedded default: every draft that was asked for. How many.

    One that fails is logged and does not stop the others, whatever was wrong with it.
    """
    asked = ReleaseDraft.objects.filter(state=ReleaseDraft.State.ASKED).select_related("wave__study")
    for draft in asked:
        if why := _failure(draft):
            still = ReleaseDraft.objects.filter(pk=draft.pk, state=ReleaseDraft.State.ASKED)
            still.update(state=ReleaseDraft.State.FAILED, why=why[:200])
    return len(asked)


def _failure(draft: ReleaseDraft) -> str:
    """Works it out. Why it could not be, as the project leader reads it; «» when it could."""
    try:
        show(draft.wave, draft.phase, content_of(draft.wave, draft.phase))
    except (NotReadyError, ReleasedBeforeError) as error:
        return str(error)
    except Exception:
        log.exception("the draft of wave %s, %s, could not be worked out", draft.wave_id, draft.phase)
        return _("Tallene kunne ikke regnes ut. Feilen står i loggen. Si fra til den som drifter tjenesten.")
    return ""


@transaction.atomic
def show(wave: Wave, phase: str, content: dict[str, Any]) -> None:
    """Keeps ``content`` as the preview: from now on it stands. Raises as ``check``, and OutdatedError."""
    _take_turns(wave)
    if shown(wave, phase):
        return
    check(wave, phase)
    _check_fresh(wave, phase, content)
    asked = ReleaseDraft.objects.filter(wave=wave, phase=phase, state=ReleaseDraft.State.ASKED)
    if not asked.update(state=ReleaseDraft.State.READY, content=content):
        raise OutdatedError  # somebody has taken her answers back meanwhile: it is asked for no more


def content_of(wave: Wave, phase: str, *, slow: bool = True) -> dict[str, Any]:
    """Everything of a release, as JSON: as it has been shown, or worked out. Reads the answers database;
    raises as ``check`` and ``people_now``.

    ``slow`` has what is drawn often or fitted by steps: omega and the mixed model.
    """
    if there := shown(wave, phase):
        return dict(there.content)
    from evaluation.releases.pictures import pictures  # draws: nothing a page needs
    from evaluation.releases.working_out import work_out

    check(wave, phase)
    people = people_now(wave, phase)  # before the answers: what is counted meanwhile makes it outdated
    snapshot, technical = work_out(wave, phase, slow=slow, people=people)
    if only_waits(snapshot):
        raise NothingToTellError
    told = {"snapshot": snapshot, "technical": technical, "pictures": pictures(snapshot)}
    return told | {"counted": mark(people)}


@transaction.atomic
def release(wave: Wave, phase: str, content: dict[str, Any], by: User | None = None) -> Release:
    """Lets ``content`` out. Raises as ``check`` and ``people_now``, and OutdatedError.

    Two at the same time: the second is told of the first.
    """
    _take_turns(wave)
    if there := shown(wave, phase):
        if _written(there.content) != _written(content):
            raise OutdatedError
    else:
        check(wave, phase)
        _check_fresh(wave, phase, content)
    made = Release.objects.create(
        study=wave.study,
        wave=wave,
        phase=phase,
        made_by=by,
        snapshot=content["snapshot"],
        technical=content["technical"],
        checksum=_written(content),
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


def _take_turns(wave: Wave) -> None:
    """Of one study two at once wait for each other: what the second may tell hangs on the first."""
    Study.objects.select_for_update(no_key=True).get(pk=wave.study_id)


def _check_fresh(wave: Wave, phase: str, content: dict[str, Any]) -> None:
    if content["counted"] != mark(people_now(wave, phase)):
        raise OutdatedError


def _written(content: dict[str, Any]) -> str:
    return checksum(content["snapshot"], content["technical"])


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
