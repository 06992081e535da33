"""An occasion whose key is lost for good: two people give it up, and the rest can be told without it."""

from __future__ import annotations

import os
import pwd
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError
from django.db import IntegrityError, transaction
from django.utils import timezone

from courses.models import AuditEvent
from evaluation.answers import closing, keys
from evaluation.models import ClosingBatch, Occasion, PaperEnvelope, Response, SealedAnswer
from evaluation.releases import criteria, words_of_method
from evaluation.releases.occasions import open_occasions
from tests.evaluation.key_ceremonies import key_file
from tests.evaluation.lost_keys import BOTH, a_day_goes, answered, give_up, given_up, lost, of
from tests.study_factories import occasion, wave

if TYPE_CHECKING:
    from pathlib import Path

    from courses.models import User
    from evaluation.models import Wave
    from tests.people import LogIn

__all__ = ["key_file", "lost", "of"]
pytestmark = [
    pytest.mark.django_db(databases=["default", "answers"]),
    pytest.mark.usefixtures("key_file"),
]


def test_it_says_first_how_many_answers_are_lost_and_changes_nothing(lost: Occasion, key_file: Path) -> None:
    with pytest.raises(
        CommandError, match="opptil 6 forseglede svar ikke åpnes, og går tapt for godt"
    ) as said:
        give_up(lost.pk)
    assert f"manage.py give_up {lost.pk} --by NAVN --by NAVN" in str(said.value)
    assert f"{key_file} finnes, uten denne nøkkelen" in str(said.value)
    assert _nothing_has_gone(lost)


def _nothing_has_gone(lost: Occasion) -> bool:
    lost.refresh_from_db()
    return (lost.state, SealedAnswer.objects.filter(occasion=lost).count()) == ("open", 6)


@pytest.mark.parametrize(
    ("by", "why"),
    [
        (("Kari Lie",), "To personer trengs"),
        (("Kari Lie", " kari  lie "), "To personer trengs"),
        (("Kari Lie", ""), "To personer trengs"),
        (("A", "B", "C"), "To personer trengs"),
        (("Kari Lie", "P" * 71), "høyst 70 tegn"),
    ],
)
def test_it_takes_two_people(lost: Occasion, by: tuple[str, ...], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        give_up(lost.pk, *(word for name in by for word in ("--by", name)))
    assert SealedAnswer.objects.count() == 6


def test_given_up_by_two_it_waits_no_more_and_says_who_and_when(
    of: Wave, lost: Occasion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_USER", "nils")
    told = answered(of)
    closing.close(told)
    with pytest.raises(keys.NoKeyError):
        closing.close(lost)
    assert [each.pk for each in open_occasions(of, "pilot")] == [lost.pk]
    assert "opptil 6 forseglede svar er slettet uåpnet og tapt for godt." in given_up(lost.pk, *BOTH)
    lost.refresh_from_db()
    assert (lost.state, lost.given_up_on, lost.lost_answers) == ("dropped", timezone.localdate(), 6)
    me = f"{pwd.getpwuid(os.getuid()).pw_name} (sudo: nils)"
    assert lost.given_up_by == f"Kari Lie og Per Vik, kjørt av {me}"
    of_it = AuditEvent.objects.filter(
        action="key-used", detail__startswith=f"gitt opp, måletidspunkt {lost.pk}"
    )
    assert {row.detail.removeprefix(f"gitt opp, måletidspunkt {lost.pk}") for row in of_it} == {
        f", opptil 6 svar tapt, kjørt av {me}",
        ": Kari Lie",
        ": Per Vik",
    }
    assert not SealedAnswer.objects.exists()
    assert not PaperEnvelope.objects.exists()
    assert open_occasions(of, "pilot") == []
    assert Response.objects.count() == 6  # the others' are what they were
    with pytest.raises(CommandError, match="Det er ingenting å gi opp"):
        give_up(lost.pk, *BOTH)


def test_the_release_and_the_board_say_that_answers_could_not_be_opened(
    lost: Occasion, project_leader: User, logged_in: LogIn
) -> None:
    given_up(lost.pk, *BOTH)
    assert not criteria.dropped_groups([lost.wave], "pilot")  # they were not too few
    said = [words_of_method.deviation(code) for code in criteria.lost_answers(lost.wave, "pilot")]
    assert said == ["Opptil 9 svar gikk tapt før de ble talt opp. De er ikke med."]
    for code, words in (
        ("lost:", "Færre enn fem"),
        ("lost:10–19", "Opptil 19"),
        ("lost:20+", "20 eller flere"),
    ):
        assert words_of_method.deviation(code).startswith(f"{words} svar gikk tapt")
    page = logged_in(project_leader).get(f"/prosjekt/studier/{lost.wave.study.key}/svar/").content.decode()
    assert "nøkkelen er tapt, opptil 9 svar kunne ikke åpnes" in page
    assert "for få svar, slettet" not in page


def test_one_whose_key_is_there_or_that_is_over_is_not_given_up(of: Wave, key_file: Path) -> None:
    there, counted = answered(of), answered(of)
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


# --- a key that is not lost is not given up
def test_without_the_setting_that_says_where_the_key_lies_nothing_is_given_up(
    of: Wave, settings: Any, tmp_path: Path
) -> None:
    """The keys are apart, and whoever runs it has not been told: their file is where it always was."""
    at = answered(of)
    settings.SEAL_KEY_FILE, settings.SEAL_KEYS_APART = tmp_path / "data" / "seal-keys.json", False
    for words in ((), BOTH, (*BOTH, "--file-is-lost")):
        with pytest.raises(CommandError, match="SEAL_KEY_FILE er ikke satt") as said:
            give_up(at.pk, *words)
        assert f"{settings.SEAL_KEY_FILE} finnes ikke" in str(said.value)
    assert _nothing_has_gone(at)


def test_while_the_key_file_is_away_somebody_must_say_that_it_is_lost(
    of: Wave, settings: Any, key_file: Path
) -> None:
    at = answered(of)
    settings.SEAL_KEYS_APART = True
    key_file.rename(key_file.with_name("borte"))
    for words in ((), BOTH):
        with pytest.raises(CommandError, match="si også --file-is-lost") as said:
            give_up(at.pk, *words)
        assert f"{key_file} finnes ikke" in str(said.value)
    with pytest.raises(CommandError, match=f"{key_file} finnes ikke"):
        give_up(at.pk, "--file-is-lost")
    assert _nothing_has_gone(at)
    assert "tapt for godt" in given_up(at.pk, *BOTH, "--file-is-lost")


def test_it_is_said_one_day_and_done_the_next_by_the_same_two(lost: Occasion) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    for _again in range(2):
        assert f"Kjør den samme kommandoen fra {tomorrow:%d.%m.%Y}" in give_up(lost.pk, *BOTH)
        assert _nothing_has_gone(lost)
    assert AuditEvent.objects.filter(detail=f"skal gis opp, måletidspunkt {lost.pk}: Per Vik").count() == 1
    a_day_goes()
    assert "Kjør den samme" in give_up(lost.pk, "--by", "Kari Lie", "--by", "En Annen")
    assert _nothing_has_gone(lost)
    assert "tapt for godt" in give_up(lost.pk, *BOTH)


def test_what_was_said_long_ago_is_said_again_first(lost: Occasion) -> None:
    give_up(lost.pk, *BOTH)
    AuditEvent.objects.update(on=timezone.localdate() - timedelta(days=31))
    assert "Kjør den samme" in give_up(lost.pk, *BOTH)
    assert _nothing_has_gone(lost)


def test_a_key_of_another_under_its_number_stays_where_it_lies(lost: Occasion) -> None:
    """A copy that was rehearsed with gives up its own occasion: the number's key is the live one's."""
    keys._made(f"seal {lost.pk}", b"l" * 32)
    with pytest.raises(CommandError, match="finnes, med en annen nøkkel"):
        give_up(lost.pk)
    given_up(lost.pk, *BOTH)
    assert keys._found(f"seal {lost.pk}") == b"l" * 32


def test_answers_counted_at_the_same_moment_on_another_machine_are_not_given_up(
    lost: Occasion, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_up(lost.pk, *BOTH)
    a_day_goes()
    shuts = closing.shut

    def counted_meanwhile(at: Occasion) -> bool:
        Occasion.objects.filter(pk=at.pk).update(batch=77)
        ClosingBatch.objects.create(id=77, sealed=6, taken=6, left_out=0)
        return shuts(at)

    monkeypatch.setattr(closing, "shut", counted_meanwhile)
    with pytest.raises(CommandError, match="er talt opp"):
        give_up(lost.pk, *BOTH)
    lost.refresh_from_db()
    assert (lost.state, lost.given_up_on, SealedAnswer.objects.count()) == ("closed", None, 6)
    assert not AuditEvent.objects.filter(detail__startswith="gitt opp").exists()


def test_what_was_never_enough_is_not_dropped_once_another_machine_has_counted_it(of: Wave) -> None:
    at = answered(of)
    closing.shut(at)
    Occasion.objects.filter(pk=at.pk).update(batch=77)
    ClosingBatch.objects.create(id=77, sealed=6, taken=6, left_out=0)
    assert closing.drop(at).state == "counted"
    assert Occasion.objects.get(pk=at.pk).state == "counted"


def test_the_database_knows_none_given_up_by_nobody() -> None:
    at = occasion(wave=wave())
    for wrong in (
        {"given_up_on": timezone.localdate()},
        {"lost_answers": 3},
        {"given_up_on": timezone.localdate(), "given_up_by": "Kari og Per"},  # and still open
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Occasion.objects.filter(pk=at.pk).update(**wrong)
