"""Contact persons' and leaders' own forms: the same page, with or without a name as the study says."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from cms.middleware import IDLE_LIMIT
from courses.models import Message, User
from evaluation import informing, opening
from evaluation.answers import boxes, closing, keys, withdrawing
from evaluation.models import Occasion, Participation, Response, SealedAnswer
from evaluation.releases import reach, releasing, words_of_programme
from evaluation.releases.occasions import waves_and_phases
from evaluation.releases.people import counted_people
from evaluation.views import marks
from tests.crowds import version_of
from tests.factories import AdultFactory, EnrolmentFactory, EveningFactory
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


# --- after each evening
def test_contact_persons_form_after_each_evening_asks_for_every_evening(
    asked: Any, group: Group, contact_person: User, logged_in: LogIn
) -> None:
    modules = list(group.edition.programme.modules.order_by("number"))
    group.evenings.update(module=modules[0])
    EveningFactory(group=group, module=modules[1], starts_at=timezone.now() - timedelta(hours=26))
    after = {"audience": "contact-person", "identity": "named", "anchor": "each-evening"}
    made = wave(asked, code="LK", name_nb="Etter kvelden", opens_after_days=0, open_for_days=2, **after)
    opening.open_forms(timezone.now())
    own = Participation.objects.filter(occasion__wave=made, user=contact_person)
    assert set(own.values_list("occasion__evening__module__number", flat=True)) == {1, 2}
    page = logged_in(contact_person).get("/min/").content.decode()
    assert "Etter kvelden, kveld 1" in page
    assert "Etter kvelden, kveld 2" in page
    at = Occasion.objects.get(wave=made, evening__module=modules[1])
    browser = logged_in(contact_person)
    assert "Etter kvelden, kveld 2" in browser.get(f"/skjema/{at.pk}/").content.decode()
    browser.post(f"/skjema/{at.pk}/", sent(at, contact_person, t01="4"))
    assert closing.close(at).taken == 1
    row = Response.objects.get()
    assert (row.named, row.module) == (contact_person.pk, modules[1].slug)


def test_a_form_with_names_after_each_evening_is_on_no_wall(
    asked: Any, group: Group, contact_person: User, logged_in: LogIn
) -> None:
    after = {"audience": "contact-person", "identity": "named", "anchor": "each-evening"}
    made = wave(asked, code="LK", opens_after_days=0, open_for_days=2, **after)
    opening.open_forms(timezone.now())
    at = Occasion.objects.get(wave=made)
    assert logged_in(contact_person).get(f"/kveldssvar/{at.nonce}/").status_code == 404
    assert "<img" not in logged_in(contact_person).get(f"/kveld/{at.evening_id}/skjema/").content.decode()


# --- research
@pytest.fixture
def research(asked: Any) -> Any:
    asked.is_research = True
    asked.save()
    return asked


def agreed(of: Any, user: User) -> None:
    letter = informing.keep_letter(of)
    informing.acknowledge(user, letter, mark=letter.checksum, agrees=True)


@pytest.mark.parametrize("identity", ["named", "linked"])
def test_in_research_staff_are_asked_for_consent_and_only_then_for_answers(
    research: Any, contact_person: User, identity: str, logged_in: LogIn
) -> None:
    wave(
        research,
        code="KP",
        audience="contact-person",
        identity=identity,
        anchor="last-evening",
        opens_after_days=0,
    )
    informing.keep_letter(research)
    opening.open_forms(timezone.now())
    assert not Participation.objects.exists()
    told = Message.objects.filter(user=contact_person, thing=f"study:{research.pk}")
    assert told.values_list("step", flat=True).get() == "letter-1"
    browser = logged_in(contact_person)
    letter = f"/min/undersokelse/{research.pk}/"
    assert letter in browser.get("/min/").content.decode()
    said = {"mark": informing.letter_of(research).checksum, "agrees": "yes"}
    browser.post(letter, said)
    assert Participation.objects.get().user_id == contact_person.pk
    assert letter not in browser.get("/min/").content.decode()


def test_in_research_a_leader_is_told_of_the_letter_too(
    research: Any, leader: User, logged_in: LogIn
) -> None:
    wave(research, code="L", audience="leader", identity="linked", anchor="last-evening", opens_after_days=0)
    informing.keep_letter(research)
    opening.open_forms(timezone.now())
    assert not Participation.objects.exists()
    assert Message.objects.filter(user=leader, thing=f"study:{research.pk}").count() == 1
    assert f"/min/undersokelse/{research.pk}/" in logged_in(leader).get("/min/").content.decode()


def test_a_contact_person_who_withdraws_takes_her_named_answers_with_her(
    research: Any, contact_person: User, logged_in: LogIn
) -> None:
    informing.keep_letter(research)
    at = opened(research, audience="contact-person", identity="named")
    agreed(research, contact_person)
    opening.open_forms(timezone.now())
    logged_in(contact_person).post(f"/skjema/{at.pk}/", sent(at, contact_person, t01="4"))
    later = opened(research, code="M3", audience="contact-person", identity="named")
    logged_in(contact_person).post(f"/skjema/{later.pk}/", sent(later, contact_person, t01="2"))
    assert closing.close(at).taken == 1
    assert informing.withdraw(contact_person, research)
    assert closing.close(later).taken == 0  # what waited is left out
    withdrawing.carry_out(research)  # and what was counted is deleted
    assert not Response.objects.exists()


def test_a_form_of_staff_has_no_letter_to_families_before_it(
    asked: Any, contact_person: User, logged_in: LogIn
) -> None:
    at = occasion(wave=wave(asked, code="M2", audience="contact-person", identity="linked"))
    participation(at, contact_person)
    assert logged_in(contact_person).get(f"/skjema/{at.pk}/").status_code == 200


def test_what_one_person_answers_after_each_evening_is_no_population(asked: Any) -> None:
    """Six forms of one contact person are not five adults: they are never released by themselves."""
    after = {"audience": "contact-person", "identity": "named", "anchor": "each-evening"}
    made = wave(asked, code="LK", opens_after_days=0, open_for_days=2, **after)
    opening.open_forms(timezone.now())
    assert waves_and_phases([made]) == []
    with pytest.raises(releasing.NotReadyError):
        releasing.check(made, "pilot")


def test_what_is_asked_after_each_evening_is_in_no_flow_of_people(asked: Any, contact_person: User) -> None:
    """Six forms of one person would be six who answered, of one who was asked."""
    kind = {"audience": "contact-person", "identity": "named"}
    evenings = wave(asked, code="LK", anchor="each-evening", order=0, open_for_days=2, **kind)
    once = wave(asked, code="M", anchor="last-evening", order=1, **kind)
    for number in range(6):
        at = occasion(wave=evenings, evening=EveningFactory())
        participation(at, contact_person, state="done")
        Response.objects.create(
            id=number + 1,
            study=asked.pk,
            wave="LK",
            phase="pilot",
            role="contact-person",
            version=version_of(evenings).pk,
            named=contact_person.pk,
            occasion=at.pk,
            vector=b"",
        )
    assert set(counted_people(once, "pilot")["asked"]) == {"M"}
    found = reach.flow(once, "pilot", {"M": {"adults": 6, "families": 0}}, before=0, pairs=0)
    assert [each.wave.code for each in found.waves] == ["M"]
    told = reach.told_flow(found)
    assert "Skjemaer etter hver kveld er ikke med her." in words_of_programme.answered(told)
    alone = wave(asked, code="L", anchor="last-evening", order=2, audience="leader", identity="named")
    told = reach.told_flow(reach.flow(alone, "pilot", {"L": {"adults": 6, "families": 0}}, before=0, pairs=0))
    assert "hver kveld" not in words_of_programme.answered(told)


def test_a_contact_person_who_takes_a_course_of_her_own_is_shown_the_letter_too(
    research: Any, contact_person: User, logged_in: LogIn
) -> None:
    wave(research, code="KP", audience="contact-person", identity="named", anchor="last-evening")
    informing.keep_letter(research)
    EnrolmentFactory(adult=AdultFactory(user=contact_person, family=None, seat=None))
    page = logged_in(contact_person).get("/min/").content.decode()
    assert page.count(f"/min/undersokelse/{research.pk}/") == 1
