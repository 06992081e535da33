"""A programme on one page, and the way from module to module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories as made
from tests.documents import attended, course_group, with_facilitators_layer
from tests.editions import make_edition

if TYPE_CHECKING:
    from courses.models import Adult, User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db
PROGRAMME = "/kurs/en-god-start/"


def test_staff_and_families_find_every_module(adult: Adult, contact_person: User, logged_in: LogIn) -> None:
    for person in (adult, contact_person):
        page = logged_in(person).get(PROGRAMME).content.decode()
        assert f'href="{PROGRAMME}modul-1/"' in page
        assert f'href="{PROGRAMME}modul-2/"' in page


def test_somebody_who_takes_another_programme_does_not_find_it(logged_in: LogIn, edition: object) -> None:
    assert logged_in(made.AdultFactory()).get(PROGRAMME).status_code == 404


def test_a_module_leads_to_the_one_before_and_the_one_after(adult: Adult, logged_in: LogIn) -> None:
    browser = logged_in(adult)
    first = browser.get(f"{PROGRAMME}modul-1/").content.decode()
    last = browser.get(f"{PROGRAMME}modul-2/").content.decode()
    assert "Neste modul" in first
    assert "Forrige modul" not in first
    assert "Forrige modul" in last
    assert "Neste modul" not in last


def test_the_programme_page_costs_the_same_queries_for_any_number_of_modules(logged_in: LogIn) -> None:
    def queries(modules: int) -> int:
        edition = make_edition(programme__slug=f"kurs-{modules}", modules=modules)
        adult = made.EnrolmentFactory(group__edition=edition).adult
        browser = logged_in(adult)
        browser.get(f"/kurs/kurs-{modules}/")
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(f"/kurs/kurs-{modules}/").status_code == 200
        return len(captured)

    assert queries(2) == queries(9)


def test_a_contact_person_in_training_sees_her_practice_tasks_and_her_certificate(logged_in: LogIn) -> None:
    group = course_group(modules=3, programme__audience="contact-persons", programme__evenings_required=3)
    with_facilitators_layer(group.edition)
    adult = made.EnrolmentFactory(group=group, adult__family=None, adult__seat=None).adult
    address = f"/kurs/{group.edition.programme.slug}/"
    attended(adult, group, "present made-up -")
    part = group.edition.parts.get(module__number=1)
    made.ReadingEventFactory(adult=adult, part=part, kind="tried", block="t1")

    page = logged_in(adult).get(address)
    text = page.content.decode()
    assert "Øvingsoppgavene dine" in text
    assert [task["tried"] for task in page.context["tasks"]] == [True, False, False]
    assert "Du får kursbevis når du har vært med på 3 kvelder." in text
    assert "Så langt har du vært med på 2. Av dem tok du igjen 1." in text
    assert "kursbevis/" not in text

    attended(adult, group, "- - present")
    page = logged_in(adult).get(address)
    url = f"/min/kursbevis/{group.pk}.docx"
    assert f'href="{url}"' in page.content.decode()
    assert logged_in(adult).get(url).status_code == 200


def test_staff_who_look_see_no_tasks_and_no_certificate(contact_person: User, logged_in: LogIn) -> None:
    page = logged_in(contact_person).get(PROGRAMME)
    assert page.context["tasks"] == []
    assert "Kursbeviset" not in page.content.decode()


def test_a_participant_finds_the_programmes_name_and_how_far_she_has_come(
    adult: Adult, logged_in: LogIn
) -> None:
    programme = adult.enrolments.get().group.edition.programme
    programme.name, programme.name_nn = "En god start", "Ein god start"
    programme.save()
    page = logged_in(adult).get(PROGRAMME)
    text = page.content.decode()
    assert "<h1>En god start</h1>" in text
    assert "<title>En god start – " in text
    assert [module["state_words"] for module in page.context["modules"]] == ["Åpen · ca. 9 min"] * 2
    adult.user.language = "nn"
    adult.user.save()
    assert "<h1>Ein god start</h1>" in logged_in(adult).get(PROGRAMME).content.decode()


def test_staff_who_look_read_what_each_module_is_about(contact_person: User, logged_in: LogIn) -> None:
    page = logged_in(contact_person).get(PROGRAMME)
    assert not any("Åpen" in module["state_words"] for module in page.context["modules"])


def test_staff_see_the_local_number_of_their_roles_municipality(
    contact_person: User, project_leader: User, logged_in: LogIn
) -> None:
    place = contact_person.roles.get().municipality
    made.HelpNumberFactory(municipality=place, number="400 00 009")
    part = f"{PROGRAMME}modul-1/del-1/"
    assert 'href="tel:40000009"' in logged_in(contact_person).get(part).content.decode()
    assert 'href="tel:40000009"' not in logged_in(project_leader).get(part).content.decode()
