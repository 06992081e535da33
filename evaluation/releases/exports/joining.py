"""Who is the same person in several questionnaires of one wave, and when they may stand on one row.

A person who answered one questionnaire and is not among the pairs of another would have an empty half row.
Whoever knows that she came late, or skipped a form, would find her by it. So questionnaires share a data set
only where those with the same halves are nobody or enough; else each has a data set of its own.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evaluation.figures.tables import population
from evaluation.releases.dose import ATTENDED
from evaluation.releases.exports.coarsening import NOT_TOLD, Standing, coarsened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evaluation.releases.exports.counted import Questionnaire

    Rows = NDArray[np.int64]

NOWHERE = -1
ABOVE_NOT_TOLD = 2**16  # more than any code of a vector is below nought


@dataclass(frozen=True)
class Joined:
    """``rows`` has, for each of ``members``, where each person stands in it, or NOWHERE."""

    members: tuple[Questionnaire, ...]
    rows: tuple[Rows, ...]

    @property
    def n(self) -> int:
        return len(self.rows[0])

    def in_order(self, order: Rows) -> Joined:
        return Joined(self.members, tuple(rows[order] for rows in self.rows))

    def halves(self) -> list[Rows]:
        """People by which of the members they are in."""
        pattern = sum((rows != NOWHERE).astype(np.int64) << nth for nth, rows in enumerate(self.rows))
        return [np.flatnonzero(pattern == each) for each in np.unique(pattern)]

    def standing(self) -> list[Standing]:
        """What of attendance, municipality, group and household may be told of each person (R9).

        Worked out for those with the same halves by themselves; a household that is parted by it is told
        as two. Numbers of households are unique in the whole.
        """
        told = [Standing(NOT_TOLD, NOT_TOLD, NOT_TOLD, NOT_TOLD)] * self.n
        for nth, people in enumerate(self.halves()):
            known = self._known(people)
            for person, standing in zip(people.tolist(), coarsened(known), strict=True):
                told[person] = standing._replace(home=standing.home and standing.home * 2**16 + nth)
        return told

    def may_stand(self) -> bool:
        """Whether nobody stands out by her halves."""
        halves = self.halves()
        return len(halves) < 2 or all(
            population(np.array([who.home for who in self._known(people)])).may_have_mean for people in halves
        )

    def _seen(self) -> Rows:
        """A number for each answer to how many evenings one was at; also for none."""
        for each, rows in zip(self.members, self.rows, strict=True):
            for place, item in each.items:
                if item.key == ATTENDED:
                    answers = each.people.answers[rows, place].astype(np.int64) + ABOVE_NOT_TOLD
                    return np.where(rows == NOWHERE, NOT_TOLD, answers)
        return np.zeros(self.n, dtype=np.int64)

    def _known(self, people: Rows) -> list[Standing]:
        """As counted; all of these people are in the same members, so any of those will do."""
        nth = next(nth for nth, rows in enumerate(self.rows) if rows[people[0]] != NOWHERE)
        found, places = self.members[nth].people, self.rows[nth][people]
        homes = found.households[places]  # UNKNOWN is nought: «not told»
        if not len(found.pair_ids):  # signed by staff: a region is all that is said of them
            return [Standing(NOT_TOLD, NOT_TOLD, NOT_TOLD, home) for home in homes.tolist()]
        columns = (self._seen()[people], found.buckets[places], found.clusters[places], homes)
        return [Standing(*each) for each in zip(*(column.tolist() for column in columns), strict=True)]


def joined(questionnaires: Sequence[Questionnaire]) -> list[Joined]:
    """As few data sets as may be, the first questionnaires first."""
    found: list[Joined] = []
    for each in questionnaires:
        for place, together in enumerate(found):
            more = _together((*together.members, each))
            if more is not None and more.may_stand():
                found[place] = more
                break
        else:
            found.append(Joined((each,), (np.arange(len(each.people), dtype=np.int64),)))
    return found


def _together(members: tuple[Questionnaire, ...]) -> Joined | None:
    """None where answers are not linked: nobody can say whose they are."""
    if not all(len(each.people.pair_ids) for each in members):
        return None
    places: defaultdict[int, int] = defaultdict(lambda: len(places))
    where = [
        np.array([places[key] for key in each.people.pair_ids.tolist()], dtype=np.int64) for each in members
    ]
    rows = tuple(np.full(len(places), NOWHERE, dtype=np.int64) for _each in members)
    for mine, there in zip(rows, where, strict=True):
        mine[there] = np.arange(len(there))
    return Joined(members, rows)
