"""Staff's answers with a name: told of where she looks for them, and gone when she is erased."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest import mock

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone, translation

from cms import retention
from cms.own_data import everything_about
from courses.erasing import erase_user, replay
from courses.models import AuditEvent
from evaluation import informing
from evaluation.answers import closing, due, keys, sealing
from evaluation.models import (
    Occasion,
    Participation,
    Response,
    SealedAnswer,
    Study,
    TextAnswer,
    Withdrawal,
)
from tests.crowds import asked, version_of
from tests.evaluation.test_pairing import agreed
from tests.factories import AdultFactory, EnrolmentFactory, RoleFactory, UserFactory
from tests.study_factories import participation, study, wave

if TYPE_CHECKING:
    from pathlib import Path

    from courses.models import User
    from evaluation.models import Wave
    from tests.people import LogIn

pytestmark = pytest.mark.django_db(databases=["default", "answers"])


class Signed(NamedTuple):
    user: User
    at: Occasion


@pytest.fixture(autouse=True)
def _own_ledger(settings: Any, tmp_path: Path) -> None:
    settings.ERASURE_LEDGER = tmp_path / "erased.txt"


@pytest.fixture
def of() -> Study:
    return study()


@pytest.fixture
def named(of: Study) -> Wave:
    return wave(of, code="M", audience="contact-person", identity="named")


def sent_by(user: User, at: Occasion) -> None:
    given = {"t01": 4, "ord": "Kanarifugl"}
    sealing.submit(user=user, occasion_id=at.pk, forms=[(version_of(at.wave), given)])


@pytest.fixture
def hers(named: Wave) -> Signed:
    """A contact person who has answered with her name, and a colleague who has too. Not counted yet."""
    at = asked([], wave=named)
    first, second = (RoleFactory(kind="contact-person").user for _ in range(2))
    for user in (first, second):
        participation(at, user)
        sent_by(user, at)
    return Signed(first, at)


def whose() -> set[int | None]:
    return set(Response.objects.values_list("named", flat=True))


def test_what_was_counted_with_her_name_goes_at_the_next_run(hers: Signed) -> None:
    number = hers.user.pk
    assert closing.close(hers.at).taken == 2
    erase_user(hers.user, may_hold_role=True)
    due.count_waiting()
    assert Response.objects.count() == 1
    assert number not in whose()
    assert not Withdrawal.objects.exists()


def test_what_waits_sealed_with_her_name_is_not_counted_nor_her_words(hers: Signed) -> None:
    erase_user(hers.user, may_hold_role=True)
    result = closing.close(hers.at)
    assert (result.sealed, result.taken) == (3, 1)
    assert TextAnswer.objects.count() == 1
    due.count_waiting()
    assert not Withdrawal.objects.exists()
    assert not SealedAnswer.objects.exists()


def test_nothing_is_let_out_before_it_is_gone(hers: Signed, of: Study) -> None:
    closing.close(hers.at)
    erase_user(hers.user, may_hold_role=True)
    of.refresh_from_db()
    assert of.taken_back_on == timezone.localdate()


def test_after_the_sunset_and_what_it_takes_with_it_too(hers: Signed, of: Study) -> None:
    closing.close(hers.at)
    keys.sunset(of, ())
    with time_machine.travel(timezone.now() + timedelta(days=30), tick=False):
        retention.retain(leave=frozenset({"people"}))
        erase_user(hers.user, may_hold_role=True)
        due.count_all_waiting([])
    assert hers.user.pk not in whose()
    assert Response.objects.count() == 1


def test_whoever_signed_nothing_leaves_no_trace_of_it(hers: Signed) -> None:
    other = RoleFactory(kind="contact-person").user
    boxes = SealedAnswer.objects.count()
    erase_user(other, may_hold_role=True)
    assert not Withdrawal.objects.exists()
    assert SealedAnswer.objects.count() == boxes


def test_a_restored_backup_has_them_taken_out_again(hers: Signed) -> None:
    closing.close(hers.at)
    number, name = hers.user.pk, hers.user.username
    kept = list(Response.objects.values())
    erase_user(hers.user, may_hold_role=True)
    due.count_waiting()
    # as the backup has it
    Response.objects.all().delete()
    Response.objects.bulk_create(Response(**row) for row in kept)
    UserFactory(pk=number, username=name)
    Participation.objects.create(occasion=hers.at, user_id=number, state="done")
    assert replay() == 1
    due.count_waiting()
    assert number not in whose()


# --- what she is told
def forms_of(user: User) -> Any:
    (section,) = [section for section in everything_about(user) if section.key == "forms"]
    return section


def test_her_page_says_that_they_are_kept_with_her_name_and_whom_to_ask(hers: Signed, of: Study) -> None:
    section = forms_of(hers.user)
    assert [value for _what, value in section.rows] == [
        "mottatt, lagret med navnet ditt",
        str(hers.user.pk),
    ]
    assert "ikke lagret sammen med navnet" not in section.note
    for said in ("i en egen database", "ikke her", of.contact_name, of.contact_email):
        assert said in section.note


def test_whoever_has_forms_of_both_kinds_is_told_of_both(hers: Signed) -> None:
    unnamed = asked([], wave=wave(study(), code="N", audience="contact-person", identity="linked"))
    participation(unnamed, hers.user, state="done")
    section = forms_of(hers.user)
    said = {value for _what, value in section.rows}
    assert said == {"mottatt", "mottatt, lagret med navnet ditt", str(hers.user.pk)}
    assert "Svar uten navn kan ikke slås opp på navnet ditt." in section.note


def test_what_she_took_back_or_nobody_read_is_not_said_to_be_kept(hers: Signed, of: Study) -> None:
    Study.objects.filter(pk=of.pk).update(is_research=True)
    agreed([type("Somebody", (), {"user": hers.user})], of)
    assert len(forms_of(hers.user).rows) == 2
    closing.shut(hers.at)
    sealing.withdraw(hers.user, of)
    assert [value for _what, value in forms_of(hers.user).rows] == ["mottatt"]
    other = Participation.objects.exclude(user=hers.user).get().user
    assert len(forms_of(other).rows) == 2
    closing.drop(hers.at)
    assert [value for _what, value in forms_of(other).rows] == ["mottatt"]


def test_whoever_signs_nothing_is_told_what_she_was() -> None:
    user = RoleFactory(kind="contact-person").user
    participation(asked([], wave=wave(audience="contact-person", identity="linked")), user, state="done")
    section = forms_of(user)
    assert section.rows[0][1] == "mottatt"
    assert "ikke lagret sammen med navnet ditt" in section.note
    assert "lagret med navnet ditt" not in section.note


def test_whoever_may_read_the_answers_writes_hers_out_for_her(hers: Signed) -> None:
    with pytest.raises(CommandError, match="Ingen svar er talt opp"):
        call_command("signed", hers.user.pk)
    closing.close(hers.at)
    said = StringIO()
    call_command("signed", hers.user.pk, stdout=said)
    lines = said.getvalue().splitlines()
    assert lines[0].startswith(hers.at.wave.study.name_nb)
    assert [line for line in lines if "t01" in line] == ["- Utsagn t01: Enig"]
    assert "Kanarifugl" not in said.getvalue()


def written_out(user: int) -> str:
    said = StringIO()
    call_command("signed", user, stdout=said)
    return said.getvalue()


def test_she_can_see_that_somebody_has_written_hers_out(hers: Signed) -> None:
    with pytest.raises(CommandError, match="Ingen svar er talt opp"):
        written_out(hers.user.pk)
    assert not AuditEvent.objects.filter(about=hers.user).exists()
    closing.close(hers.at)
    for _twice_in_a_day in range(2):
        assert written_out(hers.user.pk)
    (line,) = AuditEvent.objects.filter(about__isnull=False)
    assert (line.about, line.actor, line.action, line.detail) == (hers.user, None, "signed", "")
    (seen,) = [section for section in everything_about(hers.user) if section.key == "seen"]
    (told,) = [did for _day, did in seen.rows]
    assert told == "Den som driver tjenesten, hentet fram svarene med navnet ditt"


def test_what_leaves_no_line_is_not_written_out(hers: Signed, capsys: pytest.CaptureFixture[str]) -> None:
    closing.close(hers.at)
    away = OperationalError("database is locked")
    with (
        mock.patch.object(AuditEvent.objects, "bulk_create", side_effect=away),
        pytest.raises(CommandError, match="En database svarte ikke"),
    ):
        call_command("signed", hers.user.pk)
    assert not capsys.readouterr().out


def test_answers_of_whoever_has_left_are_written_out_for_nobody(hers: Signed) -> None:
    """They lie there until the next run takes them out."""
    number = hers.user.pk
    closing.close(hers.at)
    erase_user(hers.user, may_hold_role=True)
    assert Response.objects.filter(named=number).exists()
    with pytest.raises(CommandError, match=f"Ingen har nummer {number} lenger"):
        written_out(number)


@pytest.mark.parametrize(
    ("language", "kept", "unnamed"),
    [
        ("nb", "slettes når kontoen din slettes", "Svar du har sendt uten navn, kan ikke"),
        (
            "nn",
            "blir sletta når kontoen din blir sletta",
            "Svar du har sendt utan namn, kan ikkje",
        ),
    ],
)
def test_the_letter_says_what_becomes_of_them(
    of: Study, named: Wave, language: str, kept: str, unnamed: str
) -> None:
    letter = informing.keep_letter(of)
    body = letter.body_nb if language == "nb" else letter.body_nn
    assert kept in body
    assert unnamed not in body
    wave(of)
    body = getattr(informing.keep_letter(of), f"body_{language}")
    assert kept in body
    assert unnamed in body


@pytest.mark.parametrize(("language", "name"), [("nb", "navn"), ("nn", "namn")])
def test_the_table_of_how_long_has_answers_with_and_without_a_name(language: str, name: str) -> None:
    rows = {row.key: row for row in retention.TABLE}
    with translation.override(language):
        assert f"{name}et sitt" in str(rows["signed"].what)
        assert f"utan {name}" in str(rows["answers"].what).replace("uten", "utan")


def test_whoever_asks_to_be_erased_is_told_that_they_go_too(hers: Signed, logged_in: LogIn) -> None:
    AdultFactory(user=hers.user, family=None, seat=None)
    words = "Svar du har gitt med navnet ditt som ansatt, slettes neste gang svar telles opp."
    assert words in logged_in(hers.user).get("/min/opplysninger/slett/").content.decode()
    other = EnrolmentFactory().adult
    assert words not in logged_in(other.user).get("/min/opplysninger/slett/").content.decode()
