"""Within a programme a study's name is its own: said beside the field, with nothing that was typed lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from django.db import connections
from django.utils import timezone

from evaluation.models import Study
from tests import study_factories as made
from tests.evaluation.study_desk import STUDIES, desk, study
from tests.factories import ProgrammeFactory, RegionFactory

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import Group, User
    from tests.people import LogIn

__all__ = ["desk", "study"]
pytestmark = pytest.mark.django_db
TAKEN = "Det finnes alt en studie med dette navnet i programmet."
AT_ONCE = 4


def fields(group: Group, **changed: object) -> dict[str, object]:
    today = timezone.localdate()
    return {
        "name_nb": "Østlandet og vi",
        "programme": group.edition.programme_id,
        "region": group.municipalities.get().region_id,
        "purpose_nb": "Vi vil vite om kurset hjelper <mange>.",
        "controller": "Vika kommune",
        "contact_name": "Siri",
        "contact_email": "siri@example.no",
        "starts_on": (today + timedelta(days=1)).isoformat(),
        "ends_on": (today + timedelta(days=300)).isoformat(),
    } | changed


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({}, "name_nb"),
        ({"name_nb": "  østlandet   OG vi "}, "name_nb"),
        ({"name_nb": "ØSTLANDET OG VI"}, "name_nb"),
        ({"name_nb": "Austlandet og me"}, "name_nb"),
        ({"name_nb": "En annen", "name_nn": "austlandet  og ME"}, "name_nn"),
        ({"name_nb": "En annen", "name_nn": "Østlandet og vi"}, "name_nn"),
    ],
)
def test_a_name_that_another_study_has_is_said_beside_its_field_and_nothing_typed_is_lost(
    desk: Client, group: Group, changed: dict[str, str], field: str
) -> None:
    desk.post(f"{STUDIES}ny/", fields(group, name_nn="Austlandet og me"))
    page = desk.post(f"{STUDIES}ny/", fields(group, **changed))
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert page.context["form"].errors[field][0].startswith(TAKEN)
    assert "Vi vil vite om kurset hjelper &lt;mange&gt;." in page.content.decode()
    assert Study.objects.count() == 1


def test_the_same_name_may_stand_in_both_languages_and_be_saved_again(desk: Client, group: Group) -> None:
    same = fields(group, name_nn="Østlandet og vi")
    assert desk.post(f"{STUDIES}ny/", same).status_code == 302
    found = Study.objects.get()
    later = same | {"sunset_on": found.sunset_on.isoformat(), "purpose_nb": "Noe annet."}
    assert desk.post(f"{STUDIES}{found.key}/endre/", later).status_code == 302
    assert Study.objects.get().purpose_nb == "Noe annet."


def test_a_study_cannot_be_given_the_name_of_another(desk: Client, group: Group, study: Study) -> None:
    desk.post(f"{STUDIES}ny/", fields(group))
    found = Study.objects.get(name_nb="Østlandet og vi")
    page = desk.post(f"{STUDIES}{found.key}/endre/", fields(group, name_nb=" piloten"))
    assert page.status_code == 422
    assert TAKEN in page.content.decode()
    assert ' value=" piloten"' in page.content.decode()
    assert Study.objects.get(pk=found.pk).name_nb == "Østlandet og vi"


def test_a_name_is_kept_without_the_spaces_that_nobody_sees(desk: Client, group: Group) -> None:
    desk.post(f"{STUDIES}ny/", fields(group, name_nb="  Østlandet   og vi "))
    assert Study.objects.get().name_nb == "Østlandet og vi"


def test_another_programme_may_have_a_study_of_the_same_name_at_another_address(
    desk: Client, group: Group
) -> None:
    desk.post(f"{STUDIES}ny/", fields(group))
    assert desk.post(f"{STUDIES}ny/", fields(group, programme=ProgrammeFactory().pk)).status_code == 302
    assert Study.objects.count() == 2
    assert Study.objects.values("key").distinct().count() == 2


def test_a_study_of_another_region_in_the_programme_has_its_name_for_itself(
    desk: Client, group: Group
) -> None:
    made.study(name_nb="Østlandet og vi", programme=group.edition.programme, region=RegionFactory())
    assert desk.post(f"{STUDIES}ny/", fields(group)).status_code == 422


@pytest.mark.django_db(transaction=True)
def test_of_many_who_make_one_at_the_same_time_one_does(
    group: Group, project_leader: User, logged_in: LogIn
) -> None:
    browsers = [logged_in(project_leader) for _each in range(AT_ONCE)]
    sent, begun = fields(group), Barrier(AT_ONCE)

    def make(browser: Client) -> int:
        begun.wait()
        try:
            return browser.post(f"{STUDIES}ny/", sent).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        codes = sorted(pool.map(make, browsers))
    assert codes == [302] + [422] * (AT_ONCE - 1)
    assert Study.objects.count() == 1
