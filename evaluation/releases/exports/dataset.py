"""The data sets of a release: one row for each person that was counted, wide, with nothing to know her by.

Each export draws new ids, and the rows stand in their order: no row can be told by its place, and two exports
cannot be laid beside each other by anything but the answers themselves.
"""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from courses.models import Municipality
from evaluation.figures.scales import Scored
from evaluation.instruments.definition import Words
from evaluation.models import IdentityMode
from evaluation.models.studies import Audience
from evaluation.releases.dose import ATTENDED
from evaluation.releases.exports.background import bands_of, of_crowds
from evaluation.releases.exports.cells import one_line
from evaluation.releases.exports.coarsening import NOT_TOLD
from evaluation.releases.exports.columns import EMPTY, Codes, Column, Names, of_item, of_scale
from evaluation.releases.exports.counted import NOTHING_TOLD, questionnaires
from evaluation.releases.exports.errors import NotExportedError
from evaluation.releases.exports.joining import NOWHERE, joined

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from evaluation.instruments.definition import Definition, Item, Scale
    from evaluation.models import Release
    from evaluation.releases.exports.background import Bands
    from evaluation.releases.exports.coarsening import Standing
    from evaluation.releases.exports.counted import Questionnaire
    from evaluation.releases.exports.joining import Joined

    Rows = NDArray[np.int64]

ID_BYTES = 6  # of a drawn id, written as hexadecimals after its letter: never a number to a spreadsheet
ROLES = {Audience.ADULT: "voksen", Audience.CONTACT_PERSON: "kontaktperson", Audience.LEADER: "leder"}
SIGNED = (
    "Svarene i denne målingen er gitt med navn, av dem som leder kurset. De hentes ikke ut som data uten"
    " navn."
)


@dataclass(frozen=True)
class MainRow:
    """A line of the release's main table: the columns it is made of, and the rule that made them.

    ``items`` has each item of the scale with its column at each wave; empty where one may not be in the file.
    """

    definition: Definition
    scale: Scale
    scores: tuple[str, ...]  # before and after, or one wave alone
    items: tuple[tuple[Item, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Dataset:
    """``name`` is that of its files, without an ending."""

    name: str
    release: Release
    columns: tuple[Column, ...]
    codes: Codes
    main_table: tuple[MainRow, ...]
    questionnaires: tuple[Questionnaire, ...]

    @property
    def n(self) -> int:
        return len(self.columns[0].values)

    @property
    def has_answers(self) -> bool:
        """Not where few gave each of them (background.py)."""
        return any(column.wave for column in self.columns)


def datasets(release: Release) -> list[Dataset]:
    """One, or several where those who answered one questionnaire and not another would stand out.

    Reads the answers database. Raises NotExportedError.
    """
    if release.wave.identity == IdentityMode.NAMED:
        raise NotExportedError(SIGNED)
    together = joined(questionnaires(release))
    start = f"{release.study.key}-{release.wave.code}-{release.phase}"
    names = [start, *(f"{start}-{_name(each.members[0].definition)}" for each in together[1:])]
    made = [_dataset(release, each, name) for each, name in zip(together, names, strict=True)]
    found = [each for each in made if each.has_answers]
    if not found:
        raise NotExportedError(NOTHING_TOLD.format(pk=release.pk))
    return found


def _dataset(release: Release, people: Joined, name: str) -> Dataset:
    people = people.in_order(_shuffled(people.n))
    items = [item for each in people.members for _place, item in each.items]
    codes = Codes.below(items, [scale for each in people.members for scale in each.scales])
    names, asked = Names(), Counter(item.key for item in items)
    standing = people.standing()
    columns = list(_who(release, standing, names))
    untold = np.array([who.seen == NOT_TOLD for who in standing])
    main_table: list[MainRow] = []
    for each, rows in zip(people.members, people.rows, strict=True):
        is_shared = any(asked[item.key] > 1 for _place, item in each.items)
        prefix = each.definition.key if is_shared else ""
        answers = _Answers(each, rows, untold, codes, names, prefix)
        columns += answers.columns
        main_table += answers.main_table()
    return Dataset(
        name=name,
        release=release,
        columns=tuple(columns),
        codes=codes,
        main_table=tuple(main_table),
        questionnaires=people.members,
    )


def _name(definition: Definition) -> str:
    return f"{definition.key}-{definition.version}"


class _Answers:
    """The columns of one questionnaire, in order, and which of them each item and score has, wave by wave."""

    def __init__(
        self,
        of: Questionnaire,
        rows: Rows,
        untold: NDArray[np.bool_],  # whose attendance may not be told
        codes: Codes,
        names: Names,
        prefix: str,
    ) -> None:
        self.columns: list[Column] = []
        self._of = of
        self._items: dict[str, tuple[str, ...]] = {}
        self._scores: dict[str, tuple[str, ...]] = {}
        nowhere = rows == NOWHERE
        of_scales = {key for scale in of.scales for key in scale.items}
        bands = {item.key: _bands(of, place, item) for place, item in of.items if item.key not in of_scales}
        for wave, found in of.waves.items():
            for place, item in of.items:
                out = nowhere | untold if item.key == ATTENDED else nowhere
                slots = np.where(out, EMPTY, found.answers[rows, place].astype(np.int32))
                made = list(of_item(item, wave, slots, codes, names, prefix))
                if item.key in of_scales:
                    self._items[item.key] = (*self._items.get(item.key, ()), made[0].name)
                else:
                    made = of_crowds(made, bands[item.key], found.households[rows], ~nowhere)
                self.columns += made
            for scale in of.scales:
                scores = np.where(nowhere, np.nan, Scored.of(of.definition, scale, found).scores[rows])
                self.columns.append(of_scale(scale, wave, scores, names, prefix))
                self._scores[scale.key] = (*self._scores.get(scale.key, ()), self.columns[-1].name)

    def main_table(self) -> Iterator[MainRow]:
        definition = self._of.definition
        for scale in self._of.scales:
            items = [item for item in definition.coded_items if item.key in scale.items]
            are_here = all(item.key in self._items for item in items)
            of_items = tuple((item, self._items[item.key]) for item in items) if are_here else ()
            yield MainRow(definition, scale, self._scores[scale.key], of_items)


def _bands(of: Questionnaire, place: int, item: Item) -> Bands | None:
    """Of an item of no scale, the same at every wave."""
    waves = [(found.answers[:, place], found.households) for found in of.waves.values()]
    return bands_of(item, waves) if item.kind == "number" else []


def _who(release: Release, standing: list[Standing], names: Names) -> Iterator[Column]:
    """Drawn ids, and what of place, group and household may be told."""
    yield Column(
        names.new("respondent"),
        "word",
        Words("Tilfeldig nummer, nytt for hver uthenting", "Tilfeldig nummer, nytt for kvar uthenting"),
        _drawn("r", len(standing)),
    )
    homes = [who if who.home else None for who in standing]
    yield Column(
        names.new("husstand"),
        "word",
        Words("Husstand: lik for voksne i samme hjem", "Husstand: lik for vaksne i same heim"),
        _named(homes, "h"),
    )
    yield Column(
        names.new("gruppe"),
        "word",
        Words("Kursgruppe", "Kursgruppe"),
        _named([who.group or None for who in standing], "g"),
    )
    places = {who.place for who in standing if who.place}
    told = {pk: one_line(name) for pk, name in _municipalities(places)}
    yield Column(
        names.new("kommune"),
        "word",
        Words("Kommune; tom: regionen", "Kommune; tom: regionen"),
        [told.get(who.place, "") for who in standing],
    )
    yield Column(
        names.new("rolle"),
        "word",
        Words("Hvem som svarte", "Kven som svara"),
        [ROLES[release.wave.audience]] * len(standing),
    )


def _municipalities(places: set[int]) -> Iterable[tuple[int, str]]:
    return Municipality.objects.filter(pk__in=places).values_list("pk", "name")


def _named(keys: Sequence[Hashable], letter: str) -> list[str]:
    """The same drawn id for the same key; nothing for None."""
    known = list({key for key in keys if key is not None})
    ids = _drawn(letter, len(known))
    secrets.SystemRandom().shuffle(ids)
    told = dict(zip(known, ids, strict=True))
    return [told[key] if key is not None else "" for key in keys]


def _drawn(letter: str, count: int) -> list[str]:
    """So many different ids, by rising order."""
    ids: set[str] = set()
    while len(ids) < count:
        ids.add(letter + secrets.token_hex(ID_BYTES))
    return sorted(ids)


def _shuffled(n: int) -> Rows:
    order = list(range(n))
    secrets.SystemRandom().shuffle(order)
    return np.array(order, dtype=np.int64)
