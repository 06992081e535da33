"""The linkage attack's story: families who answer before and after, night by night, and who knows the truth.

Nine adults in five families are asked in each of five groups. One of each group leaves out the form before
and another the one after: that they did stands with the people, and whose rows those are must not be found.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from tests import houses
from tests.privacy import stores

if TYPE_CHECKING:
    import random
    from pathlib import Path

GROUPS, IN_GROUP, FAMILIES, NIGHTS = 5, 9, 5, 14
ANSWERING = IN_GROUP - 1  # at each wave, in each group
WAVES = ("T0", "T1")
LOG = "site.log"
COUPLE = 2


class Story:
    """One repetition: a study in this house, lived night by night, with the truth kept by the teller."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        from tests.crowds import adults
        from tests.factories import EditionFactory, GroupFactory
        from tests.study_factories import study, wave

        self.folder, self.chance = folder, chance
        self.study = study()
        edition = EditionFactory(programme=self.study.programme)
        self.groups = [GroupFactory(edition=edition) for _ in range(GROUPS)]
        self.people = {group.pk: adults(group, IN_GROUP, families=FAMILIES) for group in self.groups}
        version = houses.numbered_form()
        self.waves = [wave(self.study, code=code, versions=[version]) for code in WAVES]
        self.version = version
        self.truth: dict[tuple[int, int], int] = {}  # (occasion, number answered) → user
        self.loot = stores.Loot()
        self.occasions: dict[tuple[str, int], Any] = {}
        self.left_out = {  # (wave, group) → whose form never came
            (code, group.pk): adult.user.pk
            for group in self.groups
            for code, adult in zip(WAVES, chance.sample(self.people[group.pk], len(WAVES)), strict=True)
        }

    def live(self) -> None:
        """Whoever answers does so over the web, so that what the site writes of it is there to steal."""
        logging.basicConfig(filename=self.folder / LOG, level=logging.INFO, force=True)
        numbers = iter(self.chance.sample(range(30_000), GROUPS * ANSWERING * len(WAVES)))
        for wave in self.waves:
            for group in self.groups:
                self._open(wave, group)
            asked = [
                (group.pk, adult)
                for group in self.groups
                for adult in self.people[group.pk]
                if adult.user.pk != self.left_out[wave.code, group.pk]
            ]
            nights = NIGHTS // len(WAVES)
            when = defaultdict(list)
            for group_pk, adult in houses.shuffled(asked, self.chance):
                when[self.chance.randrange(nights)].append((group_pk, adult))
            for night in range(nights):
                for group_pk, adult in when[night]:
                    self._answer(wave, group_pk, adult, next(numbers))
                if night == nights - 1:
                    self._close(wave)
                self.loot.nights.append(stores.dump(self.folder))

    def _open(self, wave: Any, group: Any) -> None:
        from tests.crowds import asked

        self.occasions[wave.code, group.pk] = asked(self.people[group.pk], wave=wave, group=group)

    def _answer(self, wave: Any, group_pk: int, adult: Any, number: int) -> None:
        from django.utils import timezone

        from courses.models import Message
        from evaluation.instruments.frozen import questionnaires_of
        from evaluation.views.marks import mark_of

        at = self.occasions[wave.code, group_pk]
        client = houses.visitor(adult.user)  # she logs in first, and a reminder of hers is taken out
        Message.objects.create(
            user=adult.user, kind="form", thing=f"form:{at.pk}", step="reminder", due_at=timezone.now(),
            message_id=f"<{at.pk}-{adult.pk}@example.no>",
        )  # fmt: skip
        answers = {"nr": number, "t01": self.chance.randint(1, 5), "t02": self.chance.randint(1, 5)}
        self.truth[at.pk, number] = adult.user.pk
        (asked,) = questionnaires_of(at.wave_id)
        said = {asked.name(key): value for key, value in answers.items()}
        sent = client.post(f"/skjema/{at.pk}/", said | {"mark": mark_of(adult.user, at.pk)}, secure=True)
        assert sent.status_code == 302, sent.content

    def _close(self, wave: Any) -> None:
        from evaluation.answers import closing

        for group in houses.shuffled(self.groups, self.chance):
            result = closing.close(self.occasions[wave.code, group.pk])
            assert result.taken == ANSWERING, result

    def answering(self, at: Any) -> list[int]:
        """Users who are done there, as everybody can see who holds the people."""
        missing = self.left_out[at.wave.code, at.group_id]
        return [adult.user.pk for adult in self.people[at.group_id] if adult.user.pk != missing]

    def everybody(self) -> list[tuple[Any, Any]]:
        """(occasion, user) of all who answered."""
        done = {at.pk: self.answering(at) for at in self.occasions.values()}
        asked = [(at, a.user) for at in self.occasions.values() for a in self.people[at.group_id]]
        return [(at, user) for at, user in asked if user.pk in done[at.pk]]

    def once(self, at: Any) -> list[int]:
        """Users who answered there and left the other form out."""
        (other,) = [o for o in self.occasions.values() if o.group_id == at.group_id and o != at]
        return [user for user in self.answering(at) if user not in self.answering(other)]

    def couples(self, at: Any) -> list[int]:
        """Users who answered there as the other adult of their home did."""
        here = [a for a in self.people[at.group_id] if a.user.pk in self.answering(at)]
        of_home = Counter(adult.family_id for adult in here)
        return [adult.user.pk for adult in here if of_home[adult.family_id] == COUPLE]
