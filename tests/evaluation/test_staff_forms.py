"""Contact persons' and leaders' own forms: the same page, with or without a name as the study says."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from cms.middleware import IDLE_LIMIT
from courses.models import User
from evaluation import opening
from evaluation.answers import boxes, closing, keys
from evaluation.models import Occasion, Participation, Response, SealedAnswer
from evaluation.views import marks
from tests.crowds import version_of
from tests.factories import EveningFactory
from tests.study_factories import occasion, participation, study, wave

if TYPE_CHECKING:
    from courses.models import Adult, Edition, Group, Municipality
    from tests.people import LogIn

pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.fixture
def asked(edition: Edition, group: Group, municipality: Municipality) -> Any:
    """A study whose group has its last evening today, for waves that ask staff right after it."""
    EveningFactory(group=group, starts_at=timezone.now() - timedelta(hours=3))
    return study(programme=edition.programme, region=municipality.region)


def opened(of: Any, **fields: Any) -> Occasion:
    made = wave(of, **({"code": "M", "anchor": "last-evening", "opens_after_days": 0} | fields))
    opening.open_forms(timezone.now())
    return Occasion.objects.get(wave=made)


def sent(at: Occasion, user: User, **given: str) -> dict[str, str]:
    prefix = f"{version_of(at.wave).pk}-"
    return {"mark": marks.mark_of(user, at.pk)} | {prefix + key: value for key, value in given.items()}


def test_contact_persons_are_asked_by_name_and_told_so(
    asked: Any, contact_person: User, other_contact_person: User, adult: Adult, logged_in: LogIn
) -> None:
    at = opened(asked, audience="contact-person", identity="named")
    assert (at.state, at.identity) == ("open", "named")
    assert list(Participation.objects.values_list("user", flat=True)) == [contact_person.pk]
    browser = logged_in(contact_person)
    page = browser.get(f"/skjema/{at.pk}/").content.decode()
    assert "Svarene lagres med navnet ditt." in page
    assert "uten navn. Systemet kan koble" not in page
    assert logged_in(other_contact_person).get(f"/skjema/{at.pk}/").status_code == 404
    assert logged_in(adult).get(f"/skjema/{at.pk}/").status_code == 404


def test_what_a_contact_person_answers_by_name_is_kept_with_it(
    asked: Any, contact_person: User, logged_in: LogIn
) -> None:
    at = opened(asked, audience="contact-person", identity="named")
    page = logged_in(contact_person).post(f"/skjema/{at.pk}/", sent(at, contact_person, t01="4"))
    assert page["Location"] == f"/skjema/{at.pk}/takk/"
    receipt = logged_in(contact_person).get(page["Location"]).content.decode()
    assert "Svarene er lagret med navnet ditt" in receipt
    content = boxes.open_box(keys.seal_key(at), bytes(SealedAnswer.objects.get().box))
    assert content["named"] == contact_person.pk
    assert "pair_salt" not in content
    assert closing.close(at).taken == 1
    row = Response.objects.get()
    assert (row.named, row.role, row.pair_id, row.household_id) == (
        contact_person.pk,
        "contact-person",
        None,
        None,
    )


def test_leaders_are_asked_once_in_the_region_and_linked_when_the_study_says_so(
    asked: Any, leader: User, contact_person: User, logged_in: LogIn
) -> None:
    at = opened(asked, audience="leader", identity="linked")
    assert at.group is None
    assert list(Participation.objects.values_list("user", flat=True)) == [leader.pk]
    browser = logged_in(leader)
    assert "Svarene lagres uten navn." in browser.get(f"/skjema/{at.pk}/").content.decode()
    browser.post(f"/skjema/{at.pk}/", sent(at, leader, t02="2"))
    content = boxes.open_box(keys.seal_key(at), bytes(SealedAnswer.objects.get().box))
    assert len(bytes.fromhex(content["pair_salt"])) == 16
    assert not {"named", "household_salt", "municipality"} & set(content)


def test_after_half_an_hour_away_staff_log_in_again_and_the_form_is_still_open(
    asked: Any, contact_person: User, logged_in: LogIn
) -> None:
    at = opened(asked, audience="contact-person", identity="named")
    browser = logged_in(contact_person)
    session = browser.session
    session["seen"] = int(time.time()) - IDLE_LIMIT - 1
    session.save()
    refused = browser.post(f"/skjema/{at.pk}/", sent(at, contact_person, t01="4"))
    assert refused.status_code == 401  # what was typed stands there, and the way in
    assert "/logg-inn/" in refused.content.decode()
    assert not SealedAnswer.objects.exists()
    again = logged_in(contact_person)
    assert again.post(f"/skjema/{at.pk}/", sent(at, contact_person, t01="4")).status_code == 302
    assert SealedAnswer.objects.count() == 1


def test_a_form_of_staff_has_no_letter_to_families_before_it(
    asked: Any, contact_person: User, logged_in: LogIn
) -> None:
    at = occasion(wave=wave(asked, code="M2", audience="contact-person", identity="linked"))
    participation(at, contact_person)
    assert logged_in(contact_person).get(f"/skjema/{at.pk}/").status_code == 200
