"""The project leader's studies: made in one form, changed, locked, and what each lacks said in words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.models import User
from evaluation import informing, setting_up
from evaluation.models import Information, InstrumentVersion, Study, Wave
from tests import study_factories as made
from tests.evaluation.study_desk import STUDIES, desk, study
from tests.factories import EveningFactory, GroupFactory, RegionFactory, RoleFactory

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import Group, Municipality
    from tests.people import LogIn

__all__ = ["desk", "study"]
pytestmark = pytest.mark.django_db


def fields(group: Group, **changed: object) -> dict[str, object]:
    today = timezone.localdate()
    return {
        "name_nb": "Piloten, høsten 2026",
        "programme": group.edition.programme_id,
        "region": group.municipalities.get().region_id,
        "purpose_nb": "Vi vil vite om kurset hjelper.",
        "controller": "Vika kommune",
        "contact_name": "Siri",
        "contact_email": "siri@example.no",
        "starts_on": (today + timedelta(days=1)).isoformat(),
        "ends_on": (today + timedelta(days=300)).isoformat(),
        "set_up": "on",
    } | changed


# --- one study
def test_new_study_has_its_waves_and_its_letter_in_one_tap(desk: Client, group: Group):
    trygg = made.draft_version(key="trygg-i-oppdraget")
    page = desk.post(f"{STUDIES}ny/", fields(group))
    assert page["Location"] == f"{STUDIES}piloten-hosten-2026/"
    study = Study.objects.get()
    assert list(study.waves.values_list("code", flat=True)) == ["T0", "kveld", "T1", "KP", "T2"]
    assert {wave.instruments.get().version for wave in study.waves.filter(code__startswith="T")} == {trygg}
    assert study.sunset_on == study.ends_on + timedelta(days=30)
    assert Information.objects.get().study == study


def test_new_study_without_the_standard_has_no_waves(desk: Client, group: Group):
    desk.post(f"{STUDIES}ny/", fields(group) | {"set_up": ""})
    assert not Wave.objects.exists()
    assert "Lag standardoppsettet" in desk.get(f"{STUDIES}piloten-hosten-2026/").content.decode()
    desk.post(f"{STUDIES}piloten-hosten-2026/standard/")
    desk.post(f"{STUDIES}piloten-hosten-2026/standard/")
    assert Wave.objects.count() == 5


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name_nb": ""}, "Fyll ut feltet."),
        ({"contact_email": "siri"}, "hel e-postadresse"),
        ({"ends_on": "2001-01-01"}, "kan ikke slutte før"),
        ({"starts_on": "2001-01-01"}, "Velg en dag fram i tid"),
        ({"ends_on": "i fjor"}, "Skriv en dato som finnes."),
        ({"ends_on": "9999-12-31"}, "Velg en dag innen tjue år."),
        ({"sunset_on": "2001-01-01"}, "Nøkkelen trengs til siste dag"),
        ({"programme": "999999"}, "Velg fra lista."),
        ({"purpose_nb": "\0"}, ""),
    ],
)
def test_wrong_study_is_told_at_the_field_and_nothing_is_lost(
    desk: Client, group: Group, changed: dict[str, object], said: str
):
    page = desk.post(f"{STUDIES}ny/", fields(group) | changed)
    assert page.status_code == 422
    assert said in page.content.decode()
    assert "Siri" in page.content.decode()
    assert not Study.objects.exists()


def test_the_key_is_destroyed_on_the_day_after_the_last_at_the_earliest(desk: Client, group: Group):
    last = timezone.localdate() + timedelta(days=300)
    page = desk.post(f"{STUDIES}ny/", fields(group, sunset_on=last.isoformat()))
    assert page.status_code == 422
    assert "Nøkkelen trengs til siste dag. Velg en senere dag." in page.content.decode()
    day_after = (last + timedelta(days=1)).isoformat()
    assert desk.post(f"{STUDIES}ny/", fields(group, sunset_on=day_after)).status_code == 302


def test_two_studies_whose_names_are_alike_in_an_address_have_two(desk: Client, group: Group):
    for name in ("Piloten, høsten 2026", "Piloten høsten (2026)"):
        desk.post(f"{STUDIES}ny/", fields(group, name_nb=name))
    assert set(Study.objects.values_list("key", flat=True)) == {
        "piloten-hosten-2026",
        "piloten-hosten-2026-2",
    }


def test_nobody_is_reached_before_the_day_a_new_study_begins_and_its_page_says_so(desk: Client, group: Group):
    desk.post(f"{STUDIES}ny/", fields(group))
    begins = "Ingen får brev eller skjema før"
    assert begins in desk.get(f"{STUDIES}piloten-hosten-2026/").content.decode()
    Study.objects.update(starts_on=timezone.localdate())
    assert begins not in desk.get(f"{STUDIES}piloten-hosten-2026/").content.decode()


def test_the_same_groups_are_asked_about_an_evening_by_one_study_at_a_time(
    desk: Client, study: Study, group: Group
):
    made.evening_wave(study)
    page = desk.post(f"{STUDIES}ny/", fields(group), follow=True).content.decode()
    second = Study.objects.get(key="piloten-hosten-2026")
    assert "«Piloten» spør de samme gruppene etter hver kveld" in page
    assert set(second.waves.values_list("code", flat=True)) == {"T0", "T1", "T2", "KP"}
    evening = {"name_nb": "Kvelden", "code": "kveld", "audience": "adult", "identity": "anonymous"}
    evening |= {"anchor": "each-evening", "opens_after_days": "0", "open_for_days": "2"}
    page = desk.post(f"{STUDIES}{second.key}/maling/", evening)
    assert page.status_code == 422
    assert "«Piloten» spør de samme gruppene etter hver kveld" in page.content.decode()
    Study.objects.filter(pk=study.pk).update(ends_on=second.starts_on - timedelta(days=1))
    assert desk.post(f"{STUDIES}{second.key}/maling/", evening).status_code == 302


@pytest.mark.parametrize(("name", "key"), [("Ny", "ny-2"), ("2026", "studie-2026"), ("Øæå", "oaea")])
def test_address_of_a_study_is_letters(name: str, key: str):
    assert setting_up.key_of(name) == key


def test_page_says_what_keeps_it_from_opening(desk: Client, study: Study):
    made.wave(study, versions=[])
    made.wave(study, code="T1", name_nb="Etter", versions=[made.draft_version(licence="")])
    page = desk.get(f"{STUDIES}piloten/").content.decode()
    assert "Dette mangler før skjemaene kan åpnes" in page
    assert "Målingen har ikke noe skjema" in page
    assert "isens" in page


def test_page_says_when_keys_lack_where_they_are_kept_apart(desk: Client, study: Study, settings: object):
    settings.SEAL_KEYS_APART = True  # type: ignore[attr-defined]
    made.occasion(wave=made.wave(study), state="planned")
    assert "Koblingsnøkkelen er ikke laget" in desk.get(f"{STUDIES}piloten/").content.decode()


def test_a_questionnaire_is_called_in_the_readers_language(
    desk: Client, study: Study, project_leader: User
) -> None:
    version = made.draft_version(licence="")
    titles = {"title_nb": "Hvordan var kvelden?", "title_nn": "Korleis var kvelden?"}
    InstrumentVersion.objects.filter(pk=version.pk).update(**titles)
    wave = made.wave(study, versions=[version])
    User.objects.filter(pk=project_leader.pk).update(language="nn")
    for page in (f"{STUDIES}piloten/", f"{STUDIES}piloten/maling/{wave.pk}/"):
        shown = desk.get(page).content.decode()
        assert "Korleis var kvelden?" in shown
        assert "Hvordan var kvelden?" not in shown


def test_letter_says_what_becomes_of_answers_that_are_sent(study: Study) -> None:
    made.wave(study)
    plain = informing.keep_letter(study).body_nb
    assert "kan derfor ikke vises, rettes eller slettes for seg" in plain
    assert "i en fil uten navn" not in plain
    study.is_research, study.partner = True, "Universitetet"
    study.save()
    research = informing.keep_letter(study).body_nb
    assert "Universitetet får svarene i en fil uten navn" in research
    assert "en fil som alt er levert til forskerne, kan vi ikke hente tilbake" in research
    assert "bare slettes slik det står over" in research


def study_group(study: Study) -> Group:
    """A group of its programme and region."""
    found: Group = study.region.municipalities.get().groups.get()
    return found


def test_another_regions_project_leader_finds_nothing(study: Study, logged_in: LogIn):
    place = made.study().region
    from tests.factories import MunicipalityFactory

    user = RoleFactory(kind="project-leader", municipality=MunicipalityFactory(region=place)).user
    client = logged_in(user)
    assert client.get(f"{STUDIES}piloten/").status_code == 404
    assert "piloten" not in client.get(STUDIES).content.decode()
    page = client.post(f"{STUDIES}ny/", fields(study_group(study)))
    assert page.status_code == 422
    assert Study.objects.filter(region=study.region).count() == 1


def test_after_the_first_invitation_programme_and_research_stay(desk: Client, study: Study, group: Group):
    made.occasion(wave=made.wave(study), group=group)
    page = desk.post(f"{STUDIES}piloten/endre/", fields(group) | {"is_research": "on"})
    assert page.status_code == 422
    assert "Dette kan ikke endres lenger" in page.content.decode()
    page = desk.post(f"{STUDIES}piloten/endre/", fields(group, region=RegionFactory().pk))
    assert page.status_code == 422
    page = desk.post(f"{STUDIES}piloten/endre/", fields(group, starts_on=study.ends_on.isoformat()))
    assert page.status_code == 422
    later = (study.sunset_on + timedelta(days=1)).isoformat()
    page = desk.post(f"{STUDIES}piloten/endre/", fields(group, sunset_on=later))
    assert "lovet at nøkkelen slettes før" in page.content.decode()


@pytest.mark.parametrize(
    ("state", "taken"), [("open", False), ("closed", False), ("counted", True), ("planned", True)]
)
def test_a_study_does_not_end_earlier_while_answers_wait_that_would_be_lost(
    desk: Client, study: Study, group: Group, state: str, taken: bool
):
    made.occasion(wave=made.wave(study), group=group, state=state)
    as_it_is = fields(group, starts_on=study.starts_on.isoformat(), sunset_on=study.sunset_on.isoformat())
    earlier = study.ends_on - timedelta(days=1)
    page = desk.post(f"{STUDIES}piloten/endre/", as_it_is | {"ends_on": earlier.isoformat()})
    assert page.status_code == (302 if taken else 422)
    assert taken or "går de tapt" in page.content.decode()
    study.refresh_from_db()
    assert (study.ends_on == earlier) is taken
    later = study.ends_on + timedelta(days=1)
    page = desk.post(f"{STUDIES}piloten/endre/", as_it_is | {"ends_on": later.isoformat()})
    assert page.status_code == 302


def test_letter_is_shown_in_both_languages(desk: Client, study: Study):
    page = desk.get(f"{STUDIES}piloten/brev/").content.decode()
    assert 'lang="nn"' in page
    assert "Vi vil vite om kurset hjelper." in page


def test_page_tells_when_forms_open_and_not_of_those_that_have_closed(
    desk: Client, study: Study, group: Group
):
    wave = made.wave(study)
    other = GroupFactory(edition=group.edition, municipalities=[group.municipalities.get()], name="Høsten")
    made.occasion(wave=wave, group=other, state="counted")
    made.occasion(wave=wave, group=group, state="planned")
    page = desk.get(f"{STUDIES}piloten/").content.decode()
    assert group.name in page
    assert "Høsten" not in page


def test_a_study_that_has_ended_offers_no_new_wave_and_promises_no_more_forms(
    desk: Client, study: Study, group: Group
):
    made.wave(study)
    offered = ("Ny måling", ">Endre<", "av seg selv")
    before = desk.get(f"{STUDIES}piloten/").content.decode()
    assert all(each in before for each in offered)
    Study.objects.filter(pk=study.pk).update(ends_on=timezone.localdate() - timedelta(days=1))
    after = desk.get(f"{STUDIES}piloten/").content.decode()
    assert not any(each in after for each in offered)
    assert "Studien er avsluttet." in after
    assert "Endre studien" in after


# --- growth
def test_page_asks_no_more_of_many_groups_than_of_few(
    desk: Client, study: Study, edition: object, municipality: Municipality
):
    wave = made.wave(study)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            desk.get(f"{STUDIES}piloten/")
        return len(asked)

    def occasions(number: int) -> None:
        for _n in range(number):
            group = GroupFactory(edition=edition, municipalities=[municipality])
            EveningFactory(group=group, module=group.edition.programme.modules.get(number=1))
            made.occasion(wave=wave, group=group, state="planned")

    occasions(2)
    few = queries()
    occasions(10)
    assert queries() == few
