"""Erasure: an adult goes, with everything about her; the other adult stays."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from docx import Document

from courses.attending import join_walk_in, walk_in
from courses.erasing import HoldsRoleError, erase, mark_of, replay
from courses.ledger import LedgerError, marks
from courses.models import (
    Adult,
    Certificate,
    Erasure,
    Family,
    Invitation,
    NoteKey,
    User,
    WalkIn,
)
from courses.notes import notes_of, write_note
from tests import factories as made

if TYPE_CHECKING:
    from pathlib import Path

    from tests.people import LogIn

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_places(settings, tmp_path: Path) -> None:
    settings.ERASURE_LEDGER, settings.ARCHIVE_DIR = tmp_path / "erased.txt", tmp_path / "arkiv"


def fill(adult: Adult) -> None:
    """Something of everything about an adult."""
    group = adult.enrolments.get().group
    module, part = group.edition.programme.modules.get(number=1), group.edition.parts.first()
    evening = group.evenings.first() or made.EveningFactory(group=group, module=module)
    made.AttendanceFactory(adult=adult, evening=evening, state="present")
    made.ReadingEventFactory(adult=adult, part=part)
    made.EarlyOpeningFactory(adult=adult, module=module)
    write_note(adult=adult, module=module, part_key="del-1", block="r1", text="Et notat.")


def rows_about(adult: Adult, user: User) -> dict[str, int]:
    """How many rows lead to a person by a foreign key, by model, in every app."""
    counts = {}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.related_model in (Adult, User):
                pk = adult.pk if field.related_model is Adult else user.pk
                counts[f"{model.__name__}.{field.name}"] = model._base_manager.filter(
                    **{field.name: pk}
                ).count()
    return {name: count for name, count in counts.items() if count}


def test_everything_about_an_adult_goes_and_the_other_adult_stays(adult: Adult, other_adult: Adult) -> None:
    fill(adult)
    fill(other_adult)
    gone, user = Adult.objects.get(pk=adult.pk), adult.user
    expected = {
        "Enrolment.adult",
        "Attendance.adult",
        "ReadingEvent.adult",
        "EarlyOpening.adult",
        "Note.adult",
    }
    assert expected <= rows_about(gone, user).keys()
    before = rows_about(other_adult, other_adult.user)
    erase(adult)
    assert rows_about(gone, User(pk=gone.user_id)) == {}
    assert rows_about(other_adult, other_adult.user) == before
    module = other_adult.notes.get().module_id
    assert notes_of(other_adult, module, "del-1") == {"r1": "Et notat."}


def test_the_key_to_her_notes_goes(adult: Adult, other_adult: Adult) -> None:
    fill(adult)
    fill(other_adult)
    erase(adult)
    assert list(NoteKey.objects.values_list("adult", flat=True)) == [other_adult.pk]


def test_a_family_goes_with_its_last_adult(adult: Adult, other_adult: Adult) -> None:
    family = adult.family_id
    erase(adult)
    assert Family.objects.filter(pk=family).exists()
    erase(other_adult)
    assert not Family.objects.filter(pk=family).exists()


def test_the_ledger_keeps_a_mark_that_tells_nothing(adult: Adult) -> None:
    user = adult.user
    mark, address = mark_of(user), user.email
    erase(adult)
    row = Erasure.objects.get()
    assert row.mark == mark
    assert len(mark) == 64
    assert address not in str(vars(row))
    assert {field.name for field in Erasure._meta.get_fields()} == {"id", "mark", "erased_on"}


def test_a_number_that_is_given_again_after_a_restore_marks_nobody_else(adult: Adult) -> None:
    mark, number = mark_of(adult.user), adult.user_id
    erase(adult)
    assert mark_of(made.UserFactory(pk=number)) != mark


def test_the_mark_of_a_person_is_the_same_in_a_restored_database(adult: Adult) -> None:
    mark, name = mark_of(adult.user), adult.user.username
    erase(adult)
    assert mark_of(made.UserFactory(username=name)) == mark


def test_an_erasure_is_replayed_without_a_second_mark(adult: Adult) -> None:
    Erasure.objects.create(mark=mark_of(adult.user))
    erase(adult)
    assert Erasure.objects.count() == 1


def test_she_is_logged_out_at_once_and_her_session_is_gone(adult: Adult, logged_in: LogIn) -> None:
    client = logged_in(adult)
    assert client.get("/min/").status_code == 200
    erase(adult)
    assert not Session.objects.exists()
    assert client.get("/min/").status_code == 302


def test_an_invitation_with_her_name_goes(adult: Adult) -> None:
    made.InvitationFactory(email=adult.user.email)
    kept = made.InvitationFactory()
    erase(adult)
    assert list(Invitation.objects.all()) == [kept]


def test_what_staff_did_stays_without_their_name(adult: Adult, contact_person: User) -> None:
    fill(adult)
    adult.attendances.update(marked_by=contact_person)
    trainee = made.EnrolmentFactory(adult__user=contact_person, adult__family=None, adult__seat=None).adult
    contact_person.roles.all().delete()
    erase(trainee)
    mark = adult.attendances.get()
    assert (mark.state, mark.marked_by) == ("present", None)


def test_nobody_is_erased_while_she_holds_a_role(project_leader: User) -> None:
    trainee = made.EnrolmentFactory(adult__user=project_leader, adult__family=None, adult__seat=None).adult
    with pytest.raises(HoldsRoleError):
        erase(trainee)
    with pytest.raises(CommandError, match="Avslutt rollen først"):
        call_command("erase", str(trainee.pk))
    assert project_leader.roles.exists()
    assert not Erasure.objects.exists()


def test_the_command_gives_the_line_to_keep_outside_the_database(adult: Adult, settings) -> None:
    mark, said = mark_of(adult.user), StringIO()
    call_command("erase", str(adult.pk), stdout=said)
    line = f"{Erasure.objects.get().erased_on} {mark}"
    assert line in said.getvalue().splitlines()
    assert line in settings.ERASURE_LEDGER.read_text().splitlines()
    assert settings.ERASURE_LEDGER.stat().st_mode & 0o077 == 0


def test_the_command_erases_by_id_and_refuses_an_unknown_one(adult: Adult) -> None:
    call_command("erase", str(adult.pk))
    assert not Adult.objects.filter(pk=adult.pk).exists()
    with pytest.raises(CommandError, match="ingen voksen med nummer"):
        call_command("erase", str(adult.pk))


def test_the_name_somebody_walked_in_under_goes_and_nobody_is_counted_twice(adult: Adult) -> None:
    evening = made.EveningFactory(
        group=adult.enrolments.get().group, starts_at=timezone.now() - timedelta(hours=1)
    )
    joined, stranger = (walk_in(evening, name=name, by=None) for name in ("Astrid", "Per"))
    join_walk_in(joined, adult, None)
    joined.refresh_from_db()
    assert joined.name == ""
    erase(adult)
    assert list(WalkIn.objects.all()) == [stranger]


def test_the_archive_gets_attendance_and_certificate_first(adult: Adult, tmp_path: Path) -> None:
    fill(adult)
    Certificate.objects.create(
        adult=adult,
        group=adult.enrolments.get().group,
        code="ABCD-EFGH-JKLM",
        minutes=675,
        evenings_there=5,
    )
    said = StringIO()
    call_command("erase", str(adult.pk), archive_out=tmp_path / "ut", stdout=said)
    table, paper = sorted((tmp_path / "ut").iterdir())
    text = table.read_text(encoding="utf-8-sig")
    assert "Berit;Vika;Kurskveld 1;" in text
    assert "til stede" in text
    assert "ABCD-EFGH-JKLM" in text
    assert "Et notat." not in text
    cells = [cell.text for row in Document(str(paper)).tables[0].rows for cell in row.cells]
    assert "til stede" in cells
    assert "Kursbevis ABCD-EFGH-JKLM" in cells
    assert f"Til arkivet: {table}" in said.getvalue()
    for path in (table, paper):
        assert path.stat().st_mode & 0o077 == 0
        assert "Berit" not in path.name


def test_a_formula_in_a_name_is_none_in_the_archives_table(adult: Adult, tmp_path: Path) -> None:
    fill(adult)
    User.objects.filter(pk=adult.user_id).update(first_name="=1+1")
    call_command("erase", str(adult.pk), archive_out=tmp_path / "ut", stdout=StringIO())
    (table,) = (tmp_path / "ut").glob("*.csv")
    assert "'=1+1;" in table.read_text(encoding="utf-8-sig")


def test_nobody_is_erased_whose_archive_cannot_be_written(adult: Adult, tmp_path: Path) -> None:
    fill(adult)
    (tmp_path / "fil").touch()
    with pytest.raises(CommandError, match="Ingen er slettet"):
        call_command("erase", str(adult.pk), archive_out=tmp_path / "fil" / "ut")
    assert Adult.objects.filter(pk=adult.pk).exists()
    assert marks() == {}


def test_nobody_is_erased_from_what_a_backup_is_about_to_take_the_place_of(
    adult: Adult, settings, tmp_path: Path
) -> None:
    """She would be back as soon as it had: who is to be erased again is read before they change places."""
    settings.RESTORING = tmp_path / "restoring"
    settings.RESTORING.touch()
    with pytest.raises(CommandError, match="sikkerhetskopi legges tilbake"):
        call_command("erase", str(adult.pk))
    assert Adult.objects.filter(pk=adult.pk).exists()
    assert marks() == {}


def test_nobody_is_erased_whose_mark_cannot_be_kept(adult: Adult, settings, tmp_path: Path) -> None:
    fill(adult)
    (tmp_path / "fil").touch()
    settings.ERASURE_LEDGER = tmp_path / "fil" / "erased.txt"
    with pytest.raises(LedgerError):
        erase(adult)
    assert Adult.objects.filter(pk=adult.pk).exists()
    assert notes_of(adult, adult.notes.get().module_id, "del-1") == {"r1": "Et notat."}


def test_the_ledger_is_read_past_a_line_that_was_cut(adult: Adult, other_adult: Adult, settings) -> None:
    first, second = mark_of(adult.user), mark_of(other_adult.user)
    erase(adult)
    with settings.ERASURE_LEDGER.open("a") as file:
        file.write("2026-11-2")
    erase(other_adult)
    assert set(marks()) == {first, second}


def test_a_replay_erases_whoever_came_back_also_with_a_role_of_old(adult: Adult, neighbour: Adult) -> None:
    name, address = adult.user.username, adult.user.email
    erase(adult)
    back = made.UserFactory(username=name, email=address, first_name="Berit")
    made.RoleFactory(user=back)
    assert replay() == 1
    assert not User.objects.filter(username=name).exists()
    assert Adult.objects.filter(pk=neighbour.pk).exists()
    assert replay() == 0


def test_a_session_that_waits_for_her_code_goes_and_others_stay(adult: Adult, neighbour: Adult) -> None:
    for person in (adult, neighbour):
        Client().post("/logg-inn/", {"login": person.user.email})
    waiting = [session.get_decoded() for session in Session.objects.all()]
    assert sum(str(adult.user.email) in str(kept) for kept in waiting) == 1
    erase(adult)
    left = [str(session.get_decoded()) for session in Session.objects.all()]
    assert not any(str(adult.user.email) in kept for kept in left)
    assert any(str(neighbour.user.email) in kept for kept in left)
