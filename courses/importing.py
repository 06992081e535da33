"""Families from a spreadsheet: every row's fate is told first, and only then is anybody invited."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from courses import enrolling
from courses.enrolling import AdultToInvite, AlreadyInvitedError
from courses.forms.invitations import ID_NUMBER, adult_of, first_name, reachable_address
from courses.reaching import normal_mobile
from courses.seats import seats_left

if TYPE_CHECKING:
    from collections.abc import Iterable

    from courses.models import Group, User
    from courses.spreadsheets import Row

YES = {"ja", "j", "x", "1", "true", "sann", "yes"}
NO = {"", "nei", "n", "0", "false", "usann", "no", "-"}
SALT = "courses.importing"
LIVES = 60 * 60  # seconds between the dry run and the button
MOST_AT_ONCE = 200  # families; no group is bigger, and each is a mail or two
ERROR_CELLS = (
    *("#REF!", "#N/A", "#I/T", "#VALUE!", "#VERDI!", "#NAME?", "#NAVN?"),
    *("#DIV/0!", "#NULL!", "#NUM!"),
)


class StaleImportError(Exception):
    """The dry run is too old, was changed, or belongs to another group or person."""


@dataclass
class Fate:
    """What happens to one row. No ``errors``: its adults are invited, or wait when there is no seat."""

    number: int
    shown: str  # the names, as they stand in the sheet
    place: int | None = None
    adults: list[AdultToInvite] = field(default_factory=list)
    shielded: bool = False
    errors: list[str] = field(default_factory=list)
    already: bool = False  # invited or in the group: nothing happens, and nothing is wrong
    waits: bool = False

    @property
    def is_good(self) -> bool:
        return not self.errors and not self.already


class Judge:
    """Judges the rows of one sheet for one group, in order. Four queries at any size."""

    def __init__(self, group: Group) -> None:
        places = list(group.municipalities.all())
        self.places = {place.name.lower(): place.pk for place in places}
        self.only_place = places[0].pk if len(places) == 1 else None
        self.known = enrolling.addresses_in(group)
        self.left = seats_left(group)
        self.seen: dict[str, int] = {}  # address → the row it stood in first
        self.good = 0

    def judge(self, row: Row) -> Fate:
        cells = row.cells
        fate = Fate(row.number, " og ".join(cells[key] for key in ("name_1", "name_2") if cells.get(key)))
        fate.errors += _strange(cells)
        if not fate.errors:
            fate.place = self._place(cells.get("municipality", ""), fate.errors)
            fate.shielded = _shielded(cells, fate.errors)
            fate.adults = _adults(cells, fate)
        if not fate.errors:
            self._compare(fate)
        if fate.is_good and self.good >= MOST_AT_ONCE:
            fate.errors.append(_("Høyst %(n)s familier om gangen. Ta resten etterpå.") % {"n": MOST_AT_ONCE})
        if fate.is_good:
            self.good += 1
            fate.waits = len(fate.adults) > self.left
            self.left -= 0 if fate.waits else len(fate.adults)
        return fate

    def _place(self, name: str, errors: list[str]) -> int | None:
        place = self.places.get(name.lower().removesuffix(" kommune").strip())
        if place is None and not name:
            place = self.only_place
        if place is None:
            known = ", ".join(sorted(name.capitalize() for name in self.places))
            words = _("Gruppa er ikke for «%(name)s».") % {"name": name[:40]}
            words = words if name else _("Kommunen mangler.")
            errors.append(words + " " + _("Skriv en av disse: %(places)s.") % {"places": known})
        return place

    def _compare(self, fate: Fate) -> None:
        """With the group, and with the rows above."""
        ways = [adult.email or adult.mobile or "" for adult in fate.adults]
        if len(set(ways)) < len(ways):
            fate.errors.append(_("De to voksne har samme adresse. De trenger hver sin."))
        for way in ways:
            if way in self.seen:
                fate.errors.append(_("Adressen står i rad %(number)s også.") % {"number": self.seen[way]})
        here = [adult for adult, way in zip(fate.adults, ways, strict=True) if way in self.known]
        fate.already = len(here) == len(fate.adults)
        if here and not fate.already:
            fate.errors.append(
                _(
                    "%(name)s er alt invitert eller med i gruppa. Ta raden ut av arket, og trykk"
                    " «Inviter den andre voksne» på siden «Familier»."
                )
                % {"name": here[0].name}
            )
        for way in ways:
            self.seen.setdefault(way, fate.number)


def dry_run(rows: Iterable[Row], group: Group) -> list[Fate]:
    """Every row's fate, in the sheet's order. Nothing is changed."""
    judge = Judge(group)
    return [judge.judge(row) for row in rows]


def _strange(cells: dict[str, str]) -> list[str]:
    """What should stand in no cell at all, said once for the row."""
    words = list(cells.values())
    if any(word.upper().startswith(ERROR_CELLS) for word in words):
        return [_("En celle har en feil fra regnearket (#). Skriv verdien rett inn.")]
    if any(word.startswith("=") for word in words):
        return [_("En celle er en formel. Skriv verdien rett inn.")]
    if any(ID_NUMBER.search(word) for word in words if not _is_mobile(word)):
        return [_("Raden har noe som ligner et fødselsnummer. Slett det fra arket.")]
    return []


def _is_mobile(word: str) -> bool:
    try:
        normal_mobile(word)
    except ValidationError:
        return False
    return True


def _shielded(cells: dict[str, str], errors: list[str]) -> bool:
    word = cells.get("shielded", "").lower()
    if word not in YES | NO:
        errors.append(_("«Skjermet» må være ja eller nei."))
    return word in YES


def _adults(cells: dict[str, str], fate: Fate) -> list[AdultToInvite]:
    found = []
    for seat in (1, 2):
        words = {key: cells.get(f"{key}_{seat}", "") for key in ("name", "email", "mobile", "alias")}
        if seat == 1 or any(words.values()):
            found.append(_adult(words, seat, fate))
    return [adult for adult in found if adult]


def _adult(words: dict[str, str], seat: int, fate: Fate) -> AdultToInvite | None:
    """One adult of a row. Two addresses are one too many to guess from: the e-mail is used."""
    wrong: list[str] = []
    try:
        first_name(words["name"])
    except ValidationError as error:
        wrong += error.messages
    address = words["email"] or words["mobile"]
    if words["email"] and "@" not in words["email"] and not _is_mobile(words["email"]):
        wrong.append(_("«%(word)s» er ikke en hel e-postadresse.") % {"word": words["email"][:60]})
    elif words["mobile"] and "@" not in words["mobile"] and not _is_mobile(words["mobile"]):
        wrong.append(_("«%(word)s» er ikke et mobilnummer.") % {"word": words["mobile"][:60]})
    elif not address:
        wrong.append(_("E-post eller mobil mangler."))
    else:
        wrong += _address_errors(address)
    fate.errors += [_("Voksen %(seat)s: %(words)s") % {"seat": seat, "words": words} for words in wrong]
    return None if wrong else adult_of(words["name"], address, words["alias"] if fate.shielded else "")


def _address_errors(address: str) -> list[str]:
    try:
        reachable_address(address)
    except ValidationError as error:
        if error.code == "no-texts":
            return list(error.messages)
        return [_("«%(word)s» er ikke en hel e-postadresse.") % {"word": address[:60]}]
    return []


# --- from the dry run to the button: the browser keeps the rows, signed, and the server nothing
def packed(fates: Iterable[Fate], group: Group, by: User) -> str:
    rows = [asdict(fate) for fate in fates if fate.is_good]
    return signing.dumps({"group": group.pk, "by": by.pk, "rows": rows}, salt=SALT, compress=True)


def unpacked(text: str, group: Group, by: User) -> list[Fate]:
    """Raises StaleImportError."""
    try:
        kept: Any = signing.loads(text, salt=SALT, max_age=LIVES)
    except signing.BadSignature as error:
        raise StaleImportError from error
    if kept["group"] != group.pk or kept["by"] != by.pk:
        raise StaleImportError
    return [
        Fate(**{**row, "adults": [AdultToInvite(**adult) for adult in row["adults"]]}) for row in kept["rows"]
    ]


@transaction.atomic
def invite_all(fates: Iterable[Fate], group: Group, by: User) -> tuple[int, int, list[int]]:
    """Invites the good rows: how many families were invited, how many wait, and the rows that were too late.

    A row is too late when somebody invited the same person since the dry run.
    """
    places = {place.pk: place for place in group.municipalities.all()}
    invited, waiting, late = 0, 0, []
    for fate in fates:
        place = places.get(fate.place or 0)
        try:
            if place is None:
                raise AlreadyInvitedError([])
            made = enrolling.invite_family(
                group=group, municipality=place, adults=fate.adults, shielded=fate.shielded, by=by
            )
        except AlreadyInvitedError:
            late.append(fate.number)
            continue
        waiting += made.waiting
        invited += not made.waiting
    return invited, waiting, late
