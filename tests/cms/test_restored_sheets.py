"""After a restore: sheets of paper from before it, and what a telephone remembers to have sent."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from cms.backups import restoring
from cms.backups.making import make_backup
from evaluation import papers
from evaluation.answers import closing
from evaluation.models import KeyedSheet, Occasion, PaperEnvelope, Participation, SealedAnswer
from tests.cms.backup_places import own_places
from tests.crowds import all_answer
from tests.evaluation import evening_answers
from tests.evaluation.sheets import GIVEN, at, code_of, from_elsewhere, people, put_in
from tests.factories import MunicipalityFactory, RoleFactory
from tests.study_factories import evening_wave, occasion, study, wave

if TYPE_CHECKING:
    from pathlib import Path

    from courses.models import Adult, Evening, Municipality, User
    from tests.people import LogIn

__all__ = ["at", "evening", "from_elsewhere", "own_places", "people"]
evening = evening_answers.evening
pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "answers"]),
    pytest.mark.usefixtures("own_places"),
]
OLD = "skrevet ut før siden ble hentet tilbake fra en sikkerhetskopi"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "out"


def put_back(file: Path) -> restoring.Restored:
    return restoring.restore(file, replace=True)


def said_of(desk: Client, code: str) -> str:
    page = desk.post("/prosjekt/papir/", {"code": code})
    assert page.status_code == 422
    return page.content.decode()


@pytest.mark.parametrize("inbox", [True, False])
def test_a_sheet_from_after_the_copy_is_refused_in_words_and_a_new_one_counts(
    at: Occasion, people: list[Adult], from_elsewhere: User, folder: Path, inbox: bool, logged_in: LogIn
) -> None:
    """It was taken, said to be in, shredded, and left out of the count: its envelope is not here."""
    file = make_backup(folder, inbox=inbox)
    code = code_of(people[0], at)
    again = put_back(file).again
    assert again.sheets == [at.pk]
    desk = logged_in(from_elsewhere)
    assert OLD in said_of(desk, code)
    assert put_in(desk, at, code, GIVEN).status_code == 422
    assert not SealedAnswer.objects.exists()
    assert not KeyedSheet.objects.exists()
    at.refresh_from_db()
    assert put_in(desk, at, code_of(people[0], at), GIVEN).status_code == 302
    all_answer(people[1:], at)
    result = closing.close(at)
    assert (result.sealed, result.taken, result.left_out) == (6, 6, 0)
    assert Participation.objects.get(occasion=at, user=people[0].user).state == "done"


def test_a_sheet_whose_envelope_a_copy_without_the_inbox_lost_is_refused(
    at: Occasion, people: list[Adult], from_elsewhere: User, folder: Path, logged_in: LogIn
) -> None:
    code = code_of(people[0], at)
    put_back(make_backup(folder, inbox=False))
    assert not PaperEnvelope.objects.exists()
    assert OLD in said_of(logged_in(from_elsewhere), code)
    assert Participation.objects.get(occasion=at, user=people[0].user).state == "open"


def test_nobodys_sheet_is_refused_in_the_same_words(
    at: Occasion, people: list[Adult], from_elsewhere: User, folder: Path, logged_in: LogIn
) -> None:
    """Whoever had answered or said no was given one like any other, and nobody may tell by this either."""
    Participation.objects.filter(occasion=at, user=people[1].user).update(state="declined")
    codes = [papers.code_for(people[n], at) for n in (0, 1)]
    put_back(make_backup(folder))
    desk = logged_in(from_elsewhere)
    first, second = (said_of(desk, code).count(OLD) for code in codes)
    assert (first, second) == (1, 1)


def test_a_sheet_that_is_in_the_copy_as_keyed_is_said_to_be_in_and_counts(
    at: Occasion, people: list[Adult], from_elsewhere: User, folder: Path, logged_in: LogIn
) -> None:
    code = code_of(people[0], at)
    assert put_in(logged_in(from_elsewhere), at, code, GIVEN).status_code == 302
    put_back(make_backup(folder))
    assert "Arket er ført inn før." in said_of(logged_in(from_elsewhere), code)
    at.refresh_from_db()
    all_answer(people[1:], at)
    assert closing.close(at).taken == 6


def test_a_sheet_from_between_two_restores_of_one_copy_is_not_taken_after_the_second(
    at: Occasion, people: list[Adult], from_elsewhere: User, folder: Path, logged_in: LogIn
) -> None:
    file = make_backup(folder)
    put_back(file)
    at.refresh_from_db()
    code = code_of(people[0], at)
    put_back(file)
    assert "Vi finner ikke koden her." in said_of(logged_in(from_elsewhere), code)


def test_nobody_from_the_groups_own_municipalities_learns_that_the_sheet_is_from_before(
    at: Occasion, people: list[Adult], contact_person: User, folder: Path, logged_in: LogIn
) -> None:
    code = code_of(people[0], at)
    put_back(make_backup(folder))
    assert "Vi finner ikke koden her." in said_of(logged_in(contact_person), code)


def test_whoever_prints_is_told_and_whoever_restores_is_told(
    at: Occasion,
    people: list[Adult],
    contact_person: User,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    logged_in: LogIn,
) -> None:
    told, address = "Ark som ble skrevet ut før det, kan ikke føres inn", f"/skjema/{at.pk}/papir/"
    later = occasion(wave=wave(at.wave.study, code="T1"), group=at.group)
    opens_at, closes_at = timezone.now() + timedelta(days=9), timezone.now() + timedelta(days=20)
    Occasion.objects.filter(pk=later.pk).update(state="planned", opens_at=opens_at, closes_at=closes_at)
    assert told not in logged_in(contact_person).get(address).content.decode()
    file = make_backup(folder)
    call_command("restore", file, replace=True)
    assert f"kan ikke føres inn for måletidspunkt {at.pk}:" in capsys.readouterr().out
    assert told in logged_in(contact_person).get(address).content.decode()
    Occasion.objects.filter(pk=later.pk).update(state="open", opens_at=timezone.now())
    page = logged_in(contact_person).get(f"/skjema/{later.pk}/papir/")
    assert page.status_code == 200
    assert told not in page.content.decode()  # none had been printed


# --- of an evening, without anybody's name
@pytest.fixture
def of_evening(evening: Evening, municipality: Municipality) -> Occasion:
    of = evening_wave(study(region=municipality.region))
    return occasion(wave=of, group=evening.group, evening=evening)


@pytest.mark.parametrize("inbox", [True, False])
def test_an_evenings_sheet_needs_no_envelope_and_is_keyed_after_a_restore(
    of_evening: Occasion, folder: Path, inbox: bool, logged_in: LogIn
) -> None:
    code = papers.code_for_anybody(of_evening)
    assert put_back(make_backup(folder, inbox=inbox)).again.sheets == []
    place = MunicipalityFactory(region=of_evening.wave.study.region)
    desk = logged_in(RoleFactory(kind="contact-person", municipality=place).user)
    assert desk.post("/prosjekt/papir/", {"code": code}).status_code == 200


def send(phone: Client, at: Occasion) -> Any:
    form = evening_answers.filled(phone, at)
    return phone.post(evening_answers.address(at), form, headers=evening_answers.SCRIPT).json()["status"]


@pytest.mark.parametrize("inbox", [True, False])
def test_a_telephone_whose_two_answers_a_restore_lost_may_send_two_again(
    of_evening: Occasion, folder: Path, inbox: bool
) -> None:
    """``inbox``: the copy has it, and is from before they came."""
    phone = Client()
    spare = [evening_answers.filled(phone, of_evening) for _ in range(2)]
    file = make_backup(folder) if inbox else None
    for form in spare:
        phone.post(evening_answers.address(of_evening), form, headers=evening_answers.SCRIPT)
    put_back(file or make_backup(folder, inbox=False))
    assert (
        "Det er sendt ett svar herfra." not in phone.get(evening_answers.address(of_evening)).content.decode()
    )
    third = evening_answers.filled(phone, of_evening)
    assert [send(phone, of_evening) for _ in range(2)] == ["received", "received"]
    said = phone.post(evening_answers.address(of_evening), third, headers=evening_answers.SCRIPT)
    assert said.json()["status"] == "device"
    assert SealedAnswer.objects.count() == 2


def test_where_its_answers_are_in_the_copy_a_telephone_sends_no_more_than_before(
    of_evening: Occasion, folder: Path
) -> None:
    phone = Client()
    third = evening_answers.filled(phone, of_evening)
    for _ in range(2):
        send(phone, of_evening)
    put_back(make_backup(folder))
    said = phone.post(evening_answers.address(of_evening), third, headers=evening_answers.SCRIPT)
    assert said.json()["status"] == "device"
