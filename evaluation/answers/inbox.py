"""What waits at an occasion, opened and read in memory: only here does a person's answer stand in clear.

Nothing here writes answers, and nothing here is logged. What cannot be opened, or does not fit the frozen
questionnaires, is left out and counted, never guessed at.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from courses.models import User
from evaluation.answers import boxes, keeping_names, keys
from evaluation.answers.names import names_around
from evaluation.answers.pairing import SALT_BYTES
from evaluation.figures.disclosure import Population
from evaluation.instruments.checking import WrongAnswersError, check
from evaluation.models import (
    Consent,
    IdentityMode,
    PaperEnvelope,
    Participation,
    SealedAnswer,
    WaveInstrument,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from evaluation.instruments.definition import Answer, Definition
    from evaluation.models import Occasion

    Content = dict[str, Any]


@dataclass(frozen=True)
class Form:
    version: int
    definition: Definition
    answers: Mapping[str, Answer]


@dataclass(frozen=True)
class Sheet:
    """What one person answered. Of an anonymous form only ``forms`` is known."""

    forms: tuple[Form, ...]
    pair_salt: bytes | None = None
    household_salt: bytes | None = None
    municipality: int | None = None
    named: int | None = None
    on_paper: bool = False

    @property
    def household(self) -> bytes | None:
        """Whom she must not be counted independently of: the family, and without one herself."""
        return self.household_salt or self.pair_salt


@dataclass
class Inbox:
    """An occasion's sheets. ``sealed``: the boxes that were there; ``on_paper``: who answered on paper;
    ``names``: whom a text may be about, also those who have left since."""

    occasion: Occasion
    sealed: int = 0
    sheets: list[Sheet] = field(default_factory=list)
    on_paper: set[int] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    @property
    def left_out(self) -> int:
        return self.sealed - len(self.sheets)


def population(sheets: Iterable[Sheet]) -> Population:
    sheets = list(sheets)
    return Population(len(sheets), len({sheet.household for sheet in sheets}))


def opened(occasion: Occasion) -> Inbox:
    """Opens every box. Raises NoKeyError before anything is read when the key is not the right one."""
    private = keys.seal_key(occasion)
    keys.record_use(f"forseglingsnøkkel, måletidspunkt {occasion.pk}")
    asked = WaveInstrument.objects.filter(wave=occasion.wave_id).select_related("version")
    reader = _Reader(occasion, private, {each.version_id: each.version.frozen for each in asked})
    for box in SealedAnswer.objects.filter(occasion=occasion).order_by("pk").values_list("box", flat=True):
        reader.take(bytes(box))
    found = reader.inbox()
    found.names |= names_around(occasion)  # first: whoever leaves meanwhile is sealed before she is gone
    found.names |= keeping_names.kept(occasion, private)
    return found


class _Reader:
    """Takes boxes one after another; what withdraws or doubles another is known when all are read."""

    def __init__(self, occasion: Occasion, private: bytes, asked: Mapping[int, Definition]) -> None:
        self.occasion, self.private, self.asked = occasion, private, asked
        self.count = 0
        self.sheets: list[Sheet] = []
        self.withdrawn: set[bytes | int | None] = set()  # as ``_person`` has them
        self.on_paper: dict[bytes | int | None, int] = {}  # whose sheet → which user
        self._envelopes: dict[str, Content] | None = None  # by their codes
        # before the boxes are read: whoever is erased meanwhile is still known, with her no
        self._asked = set(Participation.objects.filter(occasion=occasion).values_list("user", flat=True))
        self._taking_part = _taking_part(occasion)  # whose paper counts

    def take(self, box: bytes) -> None:
        self.count += 1
        try:
            content = boxes.open_box(self.private, box)
            if content["kind"] == "withdraw":
                named = content.get("named")
                self.withdrawn.add(bytes.fromhex(content["pair_salt"]) if named is None else int(named))
                return
            who = self._envelope(content) if content["kind"] == "paper" else content
            sheet = self._sheet(content, who)
        except (boxes.UnopenableError, WrongAnswersError, KeyError, TypeError, ValueError, AttributeError):
            return  # left out, and counted as such
        if sheet.on_paper:
            self.on_paper[_person(sheet)] = int(who["user"])
        self.sheets.append(sheet)

    def inbox(self) -> Inbox:
        """Without those withdrawn; of two by one person the one that was sent, not the one on paper."""
        kept: dict[object, Sheet] = {}
        for number, sheet in enumerate(sorted(self.sheets, key=lambda sheet: sheet.on_paper)):
            person = _person(sheet)
            if person is None or person not in self.withdrawn:
                kept.setdefault(person or ("nobody", number), sheet)
        people = {self.on_paper[_person(sheet)] for sheet in kept.values() if sheet.on_paper}
        return Inbox(self.occasion, self.count, list(kept.values()), people)

    def _envelope(self, content: Content) -> Content:
        """Whose form of paper it is. Raises KeyError of nobody's, and ValueError of somebody who has said no:
        a sheet that was handed out before lies in its envelope whatever she says later.

        Of whoever is erased since, nothing but the envelope tells whether she had agreed to research; what
        she withdrew or said no to before says so in a box of its own (``keeping_no.py``)."""
        if self._envelopes is None:
            self._envelopes = dict(self._opened_envelopes())
        who = self._envelopes[content["code"]]
        user = int(who["user"])
        if user not in self._taking_part and not self._has_left(user, who):
            raise ValueError("not taking part")
        return who

    def _opened_envelopes(self) -> Iterator[tuple[str, Content]]:
        rows = PaperEnvelope.objects.filter(occasion=self.occasion)
        for box in rows.values_list("box", flat=True):
            with suppress(boxes.UnopenableError, KeyError):
                who = boxes.open_box(self.private, bytes(box))
                yield str(who["code"]), who

    def _has_left(self, user: int, who: Content) -> bool:
        """Erased since, and had agreed where that is asked for."""
        agreed = who.get("agreed") or not self.occasion.wave.study.is_research
        return bool(agreed) and user not in self._asked and not User.objects.filter(pk=user).exists()

    def _sheet(self, content: Content, who: Content) -> Sheet:
        """Raises WrongAnswersError, KeyError, TypeError and ValueError for what does not fit."""
        forms = tuple(self._form(each) for each in content["forms"])
        if not forms:
            raise ValueError("no form")
        on_paper = content["kind"] == "paper"
        if self.occasion.identity == IdentityMode.ANONYMOUS:
            return Sheet(forms)
        if self.occasion.identity == IdentityMode.NAMED:
            return Sheet(forms, named=int(who["named"]), on_paper=on_paper)
        household = who.get("household_salt")
        return Sheet(
            forms,
            pair_salt=_salt(who["pair_salt"]),
            household_salt=_salt(household) if household else None,
            municipality=who.get("municipality"),
            on_paper=on_paper,
        )

    def _form(self, sent: Content) -> Form:
        definition = self.asked[sent["version"]]
        answers = {key: _as_sent(answer) for key, answer in sent["answers"].items()}
        return Form(sent["version"], definition, check(definition, answers))


def _taking_part(occasion: Occasion) -> set[int]:
    """Those who were asked and have not said no; in research of whom a consent stands, to any letter."""
    asked = Participation.objects.filter(occasion=occasion).exclude(state=Participation.State.DECLINED)
    if occasion.wave.study.is_research:
        agreed = Consent.objects.filter(purpose=Consent.Purpose.RESEARCH, withdrawn_on=None)
        asked = asked.filter(user__in=agreed.filter(letter__study=occasion.wave.study_id).values("user"))
    return set(asked.values_list("user", flat=True))


def _person(sheet: Sheet) -> bytes | int | None:
    return sheet.pair_salt if sheet.named is None else sheet.named


def _salt(text: str) -> bytes:
    salt = bytes.fromhex(text)
    if len(salt) != SALT_BYTES:
        raise ValueError("a salt of another length")
    return salt


def _as_sent(answer: Answer) -> list[str]:
    return [str(each) for each in answer] if isinstance(answer, list) else [str(answer)]
