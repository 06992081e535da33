"""A programme on one page, and the way from module to module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories as made
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
