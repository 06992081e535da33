"""The rows of a questionnaire's scales, told and whole: each judged together with those it shares questions
with (sharing.py), at every level at which it is told of.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from evaluation.figures.scales import Scored, level, moved
from evaluation.figures.sharing import sharing
from evaluation.releases import telling
from evaluation.releases.around import told_around
from evaluation.releases.asked import awaits
from evaluation.releases.beside import have_changed, may_stand
from evaluation.releases.waiting import WITH_PAIRS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from evaluation.figures.scales import Level, Moved
    from evaluation.instruments.definition import Scale
    from evaluation.models import Wave
    from evaluation.releases.asked import Asked

Row = dict[str, Any]
T = TypeVar("T")


class ScaleRows:
    """Of one questionnaire of a wave. ``slow`` has omega and mixed models."""

    def __init__(self, wave: Wave, each: Asked, *, slow: bool) -> None:
        self.each, self.definition, self.slow = each, each.definition, slow
        self.awaits = awaits(wave, each)
        self.near = sharing(each.definition)
        self._known: dict[tuple[str, ...], Any] = {}

    @cached_property
    def rows(self) -> list[tuple[Row, Row]]:
        """Of each scale. One asked before is told as change; one that will be asked again not at all yet: its
        level would differ from that of the pairs by those few who answered once (R7).
        """
        return [self._row(scale) for scale in self.definition.scales]

    @cached_property
    def hidden_items(self) -> dict[str, str]:
        """Why what is hidden of itself is so, by its items: the counts of these would tell it."""
        return {
            item: why
            for near in ([] if self.awaits else self.near.values())
            for scale in near
            if (why := self._why(scale))
            for item in scale.items
        }

    @property
    def with_change(self) -> list[Scale]:
        """Scales whose change is told: of no others is any municipality told."""
        rows = zip(self.definition.scales, self.rows, strict=True)
        return [scale for scale, (told, _whole) in rows if not told["why"] and "change" in told]

    def _row(self, scale: Scale) -> tuple[Row, Row]:
        about = telling.about(self.definition, scale)
        if self.awaits:
            return (about | {"why": WITH_PAIRS},) * 2
        is_alone = self._is_alone(scale)
        if why := telling.beside_others(*(self._why(each, is_alone) for each in self.near[scale.key])):
            return (about | {"why": why},) * 2
        if is_alone:
            return telling.level_alone(self.definition, scale, self._level(scale))
        if self.each.pairs is not None:
            return self._change(scale)
        at = self._level(scale)
        return telling.told_level(self.definition, scale, at), telling.whole_level(self.definition, scale, at)

    def _change(self, scale: Scale) -> tuple[Row, Row]:
        found, is_beside = self._found(scale), bool(self.each.earlier)
        withheld = set(self._withheld(scale))
        around = told_around(scale, found, is_beside=is_beside, withheld=withheld)
        if is_beside or "left" in withheld:  # who left before the one wave are almost those before the other
            found = replace(found, stayed_or_left=None)
        if "households" in withheld:
            found = replace(found, of_households=None)
        if "clusters" in withheld:
            found = replace(found, intraclass=None, robust=None, mixed=None)
        return (
            telling.told_change(self.definition, scale, found) | around,
            telling.whole_change(self.definition, scale, found),
        )

    def _withheld(self, scale: Scale) -> Iterator[str]:
        """What stands around a change and may not be told of one with which ``scale`` shares questions."""
        for other in self.near[scale.key][1:]:
            found = self._found(other)
            if telling.left_because(other, found):
                yield "left"
            if found.of_households is None:
                yield "households"
            if found.robust is None:
                yield "clusters"

    # --- one scale on its own account
    def _why(self, scale: Scale, only_level: bool = False) -> str:
        """Why nothing may be told of it, or no more than its level now, or ""."""
        if self._once("changed", scale, lambda: have_changed(scale, self.each.earlier)):
            return telling.BESIDE
        if self.each.pairs is None or only_level or self._is_alone(scale):
            return telling.hidden_because(scale, self._level(scale))
        found = self._found(scale)
        return telling.hidden_because(scale, found.before, found.after)

    def _is_alone(self, scale: Scale) -> bool:
        """Whether no more than the level now may be told: of it, or of one that shares questions with it."""
        return not all(map(self._may_stand, self.near.get(scale.key, (scale,))))

    def _may_stand(self, scale: Scale) -> bool:
        pairs, then = self.each.pairs, self.each.earlier
        if pairs is None or not then:
            return True
        return self._once("stands", scale, lambda: may_stand(self.definition, scale, pairs, then))

    def _found(self, scale: Scale) -> Moved:
        pairs, slow = self.each.pairs, self.slow and scale.key in self.near
        assert pairs is not None  # noqa: S101 - the caller has looked
        return self._once("moved", scale, lambda: moved(self.definition, scale, pairs, slow=slow))

    def _level(self, scale: Scale) -> Level:
        pairs, slow = self.each.pairs, self.slow and scale.key in self.near
        people = self.each.found if pairs is None else pairs.after

        def make() -> Level:
            return level(Scored.of(self.definition, scale, people), slow=slow)

        return self._once("level", scale, make)

    def _once(self, what: str, scale: Scale, make: Callable[[], T]) -> T:
        if (what, scale.key) not in self._known:
            self._known[what, scale.key] = make()
        found: T = self._known[what, scale.key]
        return found
