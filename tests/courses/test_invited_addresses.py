"""Where an invitation can go, who is half known already, and a sheet that would fill the memory."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from courses import spreadsheets
from courses.importing import dry_run
from courses.models import InvitedAdult
from courses.spreadsheets import Row, SpreadsheetError
from tests.evening_factories import InvitedAdultFactory

if TYPE_CHECKING:
    from courses.importing import Fate
    from courses.models import Group, Municipality, User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db

NO_TEXTS = "Vi kan ikke sende SMS ennå. Skriv en e-postadresse."


def judged(group: Group, **cells: str) -> Fate:
    [fate] = dry_run([Row(2, cells)], group)
    return fate


def test_without_text_messages_a_mobile_is_refused_with_a_sentence(
    logged_in: LogIn, group: Group, municipality: Municipality, contact_person: User, settings: Any
) -> None:
    settings.SMS_BACKEND = ""
    given = {"name_1": "Ole", "address_1": "400 00 009", "municipality": municipality.pk}
    page = logged_in(contact_person).post(f"/gruppe/{group.pk}/inviter/", given)
    assert page.status_code == 422
    assert NO_TEXTS in page.content.decode()
    assert not InvitedAdult.objects.exists()


def test_without_text_messages_a_row_with_a_mobile_alone_is_refused(group: Group, settings: Any) -> None:
    settings.SMS_BACKEND = ""
    assert judged(group, name_1="Ole", mobile_1="40000009").errors == [f"Voksen 1: {NO_TEXTS}"]
    assert judged(group, name_1="Ole", mobile_1="40000009", email_1="ole@example.no").is_good
    settings.SMS_BACKEND = "file"
    assert judged(group, name_1="Ole", mobile_1="40000009").is_good


def test_a_couple_of_whom_one_is_known_is_an_error_that_says_what_to_do(group: Group) -> None:
    InvitedAdultFactory(invitation__group=group, email="astrid@example.no")
    cells = {"name_1": "Astrid", "email_1": "astrid@example.no", "name_2": "Bo", "email_2": "bo@example.no"}
    fate = judged(group, **cells)
    assert not fate.already
    assert len(fate.errors) == 1
    assert fate.errors[0].startswith("Astrid er alt invitert eller med i gruppa.")
    assert "«Inviter den andre voksne»" in fate.errors[0]
    InvitedAdultFactory(invitation__group=group, email="bo@example.no")
    both = judged(group, **cells)
    assert both.already
    assert not both.errors


@pytest.mark.parametrize(("megabytes", "words"), [(9, "mye større utpakket"), (7, "kan ikke leses")])
def test_words_that_unpack_to_more_than_eight_megabytes_are_not_read(megabytes: int, words: str) -> None:
    """Seven are unpacked, and then they are no workbook."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", "<workbook/>")
        package.writestr("xl/sharedStrings.xml", b"a" * (megabytes << 20))
    with pytest.raises(SpreadsheetError, match=words):
        spreadsheets.read(io.BytesIO(file.getvalue()), len(file.getvalue()))
