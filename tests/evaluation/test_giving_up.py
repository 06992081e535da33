"""An occasion whose key is lost for good: two people give it up, and the rest can be told without it."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from courses.models import AuditEvent
from evaluation.answers import closing, keys
from evaluation.models import Occasion, PaperEnvelope, Response, SealedAnswer
from evaluation.releases import criteria, words_of_method
from evaluation.releases.occasions import open_occasions
from tests.crowds import adults, all_answer, asked
from tests.evaluation.key_ceremonies import key_file
from tests.factories import EditionFactory, GroupFactory
from tests.study_factories import occasion, wave

if TYPE_CHECKING:
    from pathlib import Path

    from courses.models import User
    from evaluation.models import Wave
    from tests.people import LogIn

__all__ = ["key_file"]
pytestmark = [
    pytest.mark.django_db(databases=["default", "answers"]),
    pytest.mark.usefixtures("key_file"),
]
BOTH = ("--by", "Kari Lie", "--by", "Per Vik")


@pytest.fixture
def of() -> Wave:
    return wave()


@pytest.fixture
def lost(of: Wave) -> Occasion:
    """Six have answered, and the key is gone."""
    at = _answered(of)
    keys.destroy_seal_key(at)
    return at


def _answered(of: Wave) -> Occasion:
    group = GroupFactory(edition=EditionFactory(programme=of.study.programme))
    people = adults(group, 6, families=5)
    at = asked(people, wave=of, group=group)
    all_answer(people, at)
    return at


def give_up(*words: Any) -> str:
    out = StringIO()
    call_command("give_up", *map(str, words), stdout=out)
    return out.getvalue()


def test_it_says_first_how_many_answers_are_lost_and_changes_nothing(lost: Occasion) -> None:
    with pytest.raises(CommandError, match="6 forseglede svar kan ikke åpnes, og går tapt for godt") as said:
        give_up(lost.pk)
    assert f"manage.py give_up {lost.pk} --by NAVN --by NAVN" in str(said.value)
    lost.refresh_from_db()
    assert (lost.state, SealedAnswer.objects.count()) == ("open", 6)


@pytest.mark.parametrize(
    "by", [("Kari Lie",), ("Kari Lie", " kari  lie "), ("Kari Lie", ""), ("A", "B", "C")]
)
def test_it_takes_two_people(lost: Occasion, by: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="To personer trengs"):
        give_up(lost.pk, *(word for name in by for word in ("--by", name)))
    assert SealedAnswer.objects.count() == 6


def test_given_up_by_two_it_waits_no_more_and_says_who_and_when(of: Wave, lost: Occasion) -> None:
    told = _answered(of)
    closing.close(told)
    with pytest.raises(keys.NoKeyError):
        closing.close(lost)
    assert [each.pk for each in open_occasions(of, "pilot")] == [lost.pk]
    assert "6 forseglede svar er slettet uåpnet og tapt for godt." in give_up(lost.pk, *BOTH)
    lost.refresh_from_db()
    assert (lost.state, lost.given_up_on, lost.lost_answers) == ("dropped", timezone.localdate(), 6)
    assert lost.given_up_by == "Kari Lie og Per Vik"
    logged = AuditEvent.objects.filter(action="key-used", detail__contains="gitt opp").get()
    assert f"måletidspunkt {lost.pk}, 6 svar tapt (Kari Lie og Per Vik)" in logged.detail
    assert not SealedAnswer.objects.exists()
    assert not PaperEnvelope.objects.exists()
    assert open_occasions(of, "pilot") == []
    assert Response.objects.count() == 6  # the others' are what they were
    with pytest.raises(CommandError, match="Det er ingenting å gi opp"):
        give_up(lost.pk, *BOTH)


def test_the_release_and_the_board_say_that_answers_could_not_be_opened(
    lost: Occasion, project_leader: User, logged_in: LogIn
) -> None:
    give_up(lost.pk, *BOTH)
    codes = criteria.deviations(lost.wave.study, "pilot", [])
    assert "dropped" not in codes  # they were not too few
    said = [words_of_method.deviation(code) for code in codes]
    assert "5–9 svar kunne ikke åpnes, fordi nøkkelen var tapt. De er ikke med." in said
    assert words_of_method.deviation("lost:").startswith("Færre enn fem svar kunne ikke åpnes")
    page = logged_in(project_leader).get(f"/prosjekt/studier/{lost.wave.study.key}/svar/").content.decode()
    assert "nøkkelen er tapt, 5–9 svar kunne ikke åpnes" in page
    assert "for få svar, slettet" not in page


def test_one_whose_key_is_there_or_that_is_over_is_not_given_up(of: Wave, key_file: Path) -> None:
    there, counted = _answered(of), _answered(of)
    closing.close(counted)
    planned = occasion(wave=of, state="planned")
    for pk, why in (
        (there.pk, "er her og passer"),
        (counted.pk, "er avsluttet"),
        (planned.pk, "er ikke åpnet"),
        (999_999, "finnes ikke"),
    ):
        with pytest.raises(CommandError, match=why):
            give_up(pk, *BOTH)
    assert SealedAnswer.objects.count() == 6
    key_file.write_text("ikke en nøkkelfil")
    with pytest.raises(CommandError, match="kan ikke brukes"):
        give_up(there.pk, *BOTH)
    assert SealedAnswer.objects.count() == 6


def test_the_database_knows_none_given_up_by_nobody() -> None:
    at = occasion(wave=wave())
    for wrong in (
        {"given_up_on": timezone.localdate()},
        {"lost_answers": 3},
        {"given_up_on": timezone.localdate(), "given_up_by": "Kari og Per"},  # and still open
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Occasion.objects.filter(pk=at.pk).update(**wrong)
