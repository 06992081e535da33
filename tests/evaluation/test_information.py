"""The information letter: made from the settings, read, and in research agreed to and taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from evaluation import informing, opening
from evaluation.models import Consent, Information, Occasion, Participation, SealedAnswer, Study
from tests import study_factories as made

if TYPE_CHECKING:
    from courses.models import Adult, Group, User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(group: Group) -> Study:
    """Not research, with a linked wave."""
    row = made.study(programme=group.edition.programme, region=group.municipalities.get().region)
    made.wave(row)
    return row


@pytest.fixture
def research(study: Study) -> Study:
    study.is_research = True
    study.partner = "Universitetet"
    study.save()
    informing.keep_letter(study)
    return study


def page_of(study: Study) -> str:
    return f"/min/undersokelse/{study.key}/"


def answer(client: object, study: Study, **fields: str) -> object:
    letter = informing.letter_of(study)
    return client.post(page_of(study), {"mark": letter.checksum} | fields)  # type: ignore[attr-defined]


# --- the letter
def test_letter_says_what_the_settings_say_in_both_languages(research: Study):
    letter = informing.letter_of(research)
    for body in (letter.body_nb, letter.body_nn):
        for said in ("Vika kommune", "Siri Strand", "siri@example.no", "Universitetet", "Før første kveld"):
            assert said in body
    assert "Svarene lagres uten navn" in letter.body_nb
    assert "Svara blir lagra utan namn" in letter.body_nn
    assert "samtykke" in letter.body_nb


def test_linked_form_is_never_called_anonymous(study: Study):
    letter = informing.keep_letter(study)
    assert "anonym" not in (letter.body_nb + letter.body_nn).lower()
    made.evening_wave(study)
    assert "er anonymt" in informing.keep_letter(study).body_nb


def test_unchanged_settings_make_no_new_letter(study: Study):
    assert informing.keep_letter(study) == informing.keep_letter(study)
    assert Information.objects.count() == 1


def test_letter_nobody_has_read_is_written_over_and_a_read_one_is_kept(study: Study, adult: Adult):
    first = informing.keep_letter(study)
    study.purpose_nb = "Noe annet."
    study.save()
    second = informing.keep_letter(study)
    assert (second.pk, second.number) == (first.pk, 1)
    informing.acknowledge(adult.user, second, mark=second.checksum, agrees=False)
    study.purpose_nb = "Noe tredje."
    study.save()
    assert informing.keep_letter(study).number == 2
    assert "Noe annet." in Information.objects.get(number=1).body_nb


def test_names_in_the_letter_are_text_and_nothing_else(study: Study, adult: Adult, logged_in: LogIn):
    study.purpose_nb = "<script>alert(1)</script> & sånt"
    study.save()
    informing.keep_letter(study)
    page = logged_in(adult).get(page_of(study)).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; sånt" in page


# --- read
def test_course_asks_to_be_read_and_for_no_consent(study: Study, adult: Adult, logged_in: LogIn):
    informing.keep_letter(study)
    client = logged_in(adult)
    page = client.get(page_of(study)).content.decode()
    assert "Jeg har lest dette" in page
    assert 'type="checkbox"' not in page
    back = answer(client, study, next="/skjema/7/")
    assert back["Location"] == "/skjema/7/"  # type: ignore[index]
    assert Consent.objects.get().purpose == "information"


@pytest.mark.parametrize(
    "evil", ["https://vond.example/", "//vond.example/", "/\\vond.example", "javascript:x"]
)
def test_way_back_is_never_to_another_site(study: Study, adult: Adult, logged_in: LogIn, evil: str):
    informing.keep_letter(study)
    assert answer(logged_in(adult), study, next=evil)["Location"] == "/min/"  # type: ignore[index]


def test_reading_twice_is_one_row(study: Study, adult: Adult, logged_in: LogIn):
    informing.keep_letter(study)
    for _again in range(2):
        answer(logged_in(adult), study)
    assert Consent.objects.count() == 1


def test_whoever_has_nothing_to_do_with_it_finds_nothing(
    study: Study, logged_in: LogIn, researcher: User, editor: User
):
    informing.keep_letter(study)
    from tests.factories import EnrolmentFactory

    for person in (researcher, editor, EnrolmentFactory().adult):
        client = logged_in(person)
        assert client.get(page_of(study)).status_code == 404
        assert client.post(f"{page_of(study)}trekk/").status_code == 404


def test_form_sends_to_the_letter_and_back(study: Study, adult: Adult, group: Group, logged_in: LogIn):
    informing.keep_letter(study)
    occasion = made.occasion(wave=study.waves.get(), group=group)
    made.participation(occasion, adult)
    client = logged_in(adult)
    address = f"/skjema/{occasion.pk}/"
    sent = client.get(address)
    assert sent["Location"].startswith("/min/undersokelse/")
    client.post(sent["Location"].partition("?")[0], {"mark": informing.letter_of(study).checksum})
    assert client.get(address).status_code == 200


# --- research
def test_consent_is_apart_and_not_ticked_beforehand(research: Study, adult: Adult, logged_in: LogIn):
    page = logged_in(adult).get(page_of(research)).content.decode()
    assert 'name="agrees" value="yes"' in page
    assert "checked" not in page


def test_saying_no_has_no_consequence(research: Study, adult: Adult, group: Group, logged_in: LogIn):
    client = logged_in(adult)
    answer(client, research)
    assert not Consent.objects.filter(purpose="research").exists()
    made.occasion(wave=research.waves.get(), group=group)
    opening.ask_latecomers(timezone.now())
    assert not Participation.objects.exists()
    assert client.get("/min/").status_code == 200
    assert client.get("/kurs/en-god-start/modul-1/").status_code == 200
    assert adult.enrolments.current().exists()


def test_saying_yes_opens_the_form_at_once(research: Study, adult: Adult, group: Group, logged_in: LogIn):
    occasion = made.occasion(wave=research.waves.get(), group=group)
    answer(logged_in(adult), research, agrees="yes")
    assert Participation.objects.get().occasion == occasion
    row = Consent.objects.get(purpose="research")
    assert (row.given_on, row.language, row.withdrawn_on) == (timezone.localdate(), "nb", None)


def test_withdrawing_is_one_tap_and_seals_a_word_to_the_closing(
    research: Study, adult: Adult, group: Group, logged_in: LogIn
):
    made.occasion(wave=research.waves.get(), group=group)
    client = logged_in(adult)
    answer(client, research, agrees="yes")
    client.post(f"{page_of(research)}trekk/")
    assert Consent.objects.get(purpose="research").withdrawn_on == timezone.localdate()
    assert Participation.objects.get().state == "declined"
    assert SealedAnswer.objects.count() == 1
    assert "ikke noe samtykke" in client.post(f"{page_of(research)}trekk/", follow=True).content.decode()
    assert SealedAnswer.objects.count() == 1


def test_one_may_agree_again_after_withdrawing(research: Study, adult: Adult, logged_in: LogIn):
    client = logged_in(adult)
    answer(client, research, agrees="yes")
    client.post(f"{page_of(research)}trekk/")
    answer(client, research, agrees="yes")
    in_force = Consent.objects.filter(purpose="research", withdrawn_on=None)
    assert in_force.count() == 1
    assert Consent.objects.filter(purpose="research").count() == 2


def change(study: Study) -> None:
    study.refresh_from_db()
    study.purpose_nb += " Og mer."
    study.save()
    informing.keep_letter(study)


def test_changed_letter_asks_anew_and_an_old_consent_asks_nobody(
    research: Study, adult: Adult, group: Group, logged_in: LogIn
):
    client = logged_in(adult)
    answer(client, research, agrees="yes")
    change(research)
    made.occasion(wave=research.waves.get(), group=group)
    opening.ask_latecomers(timezone.now())
    assert not Participation.objects.exists()
    assert "Ja, jeg vil være med i forskningen" in client.get(page_of(research)).content.decode()


def test_who_reads_a_new_letter_and_says_nothing_to_it_is_asked_no_more(
    research: Study, adult: Adult, group: Group, logged_in: LogIn
):
    made.occasion(wave=research.waves.get(), group=group)
    client = logged_in(adult)
    answer(client, research, agrees="yes")
    change(research)
    answer(client, research)
    assert Participation.objects.get().state == "declined"


def test_answer_to_a_letter_that_has_changed_meanwhile_is_not_taken(
    research: Study, adult: Adult, logged_in: LogIn
):
    client, old = logged_in(adult), informing.letter_of(research).checksum
    change(research)
    page = client.post(page_of(research), {"mark": old, "agrees": "yes"})
    assert page.status_code == 409
    assert "Her er det nye" in page.content.decode()
    assert not Consent.objects.exists()


def test_min_side_asks_once(research: Study, adult: Adult, logged_in: LogIn):
    Information.objects.all().delete()
    informing.keep_letter(research)  # with an id that is not the study's
    client = logged_in(adult)
    assert "Vil du være med i forskningen?" in client.get("/min/").content.decode()
    answer(client, research)
    assert "Vil du være med i forskningen?" not in client.get("/min/").content.decode()


# --- Min side
def test_open_form_is_a_card_and_a_received_one_a_word(
    study: Study, adult: Adult, group: Group, logged_in: LogIn
):
    now = timezone.now()
    occasion = made.occasion(wave=study.waves.get(), group=group, closes_at=now + timedelta(days=3, hours=1))
    row = made.participation(occasion, adult)
    client = logged_in(adult)
    page = client.get("/min/").content.decode()
    assert f'href="/skjema/{occasion.pk}/"' in page
    assert "3 minutter" in page
    assert "3 dager igjen" in page
    Participation.objects.filter(pk=row.pk).update(state="done")
    page = client.get("/min/").content.decode()
    assert f"/skjema/{occasion.pk}/" not in page
    assert "«Før første kveld»: mottatt, takk." in page
    Occasion.objects.update(state="closed")
    assert "mottatt, takk" not in client.get("/min/").content.decode()


def test_in_a_pause_nothing_is_asked(study: Study, adult: Adult, group: Group, logged_in: LogIn):
    occasion = made.occasion(wave=study.waves.get(), group=group)
    made.participation(occasion, adult)
    adult.enrolments.update(paused_on=timezone.localdate())
    assert f"/skjema/{occasion.pk}/" not in logged_in(adult).get("/min/").content.decode()


def test_staff_see_their_forms_on_the_first_page(study: Study, contact_person: User, logged_in: LogIn):
    wave = made.wave(study, code="KP", audience="contact-person", identity="named", name_nb="Om gruppa")
    made.participation(made.occasion(wave=wave), contact_person)
    assert "Om gruppa" in logged_in(contact_person).get("/min/").content.decode()


def test_min_side_asks_no_more_with_many_forms(study: Study, adult: Adult, group: Group, logged_in: LogIn):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/min/")
        return len(asked)

    client = logged_in(adult)
    made.participation(made.occasion(wave=study.waves.get(), group=group), adult)
    queries()
    few = queries()
    for number in range(5):
        wave = made.wave(study, code=f"X{number}")
        made.participation(made.occasion(wave=wave, group=group), adult)
    assert queries() == few
    assert few <= 14
