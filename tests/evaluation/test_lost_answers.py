"""How many answers are told to be lost with a key: answers and not boxes, and of that measurement alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError

from evaluation.answers import keys, sealing
from evaluation.models import Occasion, SealedAnswer
from evaluation.releases import criteria
from evaluation.releases.working_out import work_out
from tests.crowds import adults, all_answer, asked, version_of
from tests.evaluation.key_ceremonies import key_file
from tests.evaluation.lost_keys import BOTH, give_up, given_up, lost, of
from tests.evaluation.test_pairing import agreed
from tests.factories import EditionFactory, EveningFactory, GroupFactory
from tests.study_factories import occasion, study, wave

if TYPE_CHECKING:
    from evaluation.models import Wave

__all__ = ["key_file", "lost", "of"]
pytestmark = [
    pytest.mark.django_db(databases=["default", "answers"]),
    pytest.mark.usefixtures("key_file"),
]


def test_what_somebody_took_back_and_sheets_that_never_came_are_no_lost_answers() -> None:
    of = wave(study(is_research=True))
    group = GroupFactory(edition=EditionFactory(programme=of.study.programme))
    people = adults(group, 8, families=5)
    agreed(people, of.study)
    at = asked(people, wave=of, group=group)
    all_answer(people[:6], at)
    form = [(version_of(of), {"t01": 1})]
    for adult in people[6:]:
        code = sealing.make_envelope(user=adult.user, occasion_id=at.pk)
    sealing.submit_paper(occasion_id=at.pk, code=code, forms=form)
    sealing.withdraw(people[0].user, of.study)
    keys.destroy_seal_key(at)
    assert SealedAnswer.objects.count() == 8
    assert "opptil 6 forseglede svar er slettet" in given_up(at.pk, *BOTH)
    at.refresh_from_db()
    assert at.lost_answers == 6  # five on the screen, one on paper


def test_of_anonymous_forms_those_that_came_are_lost(of: Wave) -> None:
    evening = wave(of.study, code="kveld", identity="anonymous", anchor="each-evening", open_for_days=2)
    at = occasion(wave=evening, group=GroupFactory(), evening=EveningFactory(), identity="anonymous")
    for _each in range(3):
        sealing.submit_anonymous(occasion=at, forms=[(version_of(evening), {"t01": 1})], limit=9)
    keys.destroy_seal_key(at)
    with pytest.raises(CommandError, match="opptil 3 forseglede svar"):
        give_up(at.pk)


def test_a_release_tells_only_of_what_was_lost_at_its_own_measurement(of: Wave, lost: Occasion) -> None:
    given_up(lost.pk, *BOTH)
    later = wave(of.study, code="T1", anchor="last-evening")
    assert criteria.lost_answers(of, "pilot") == ["lost:5–9"]
    assert criteria.lost_answers(of, "implementation") == []
    assert criteria.lost_answers(later, "pilot") == []
    assert work_out(later, "pilot")[0]["deviations"] == ["not-locked", "no-primary-outcome"]
    assert "lost:5–9" in work_out(of, "pilot")[0]["deviations"]
