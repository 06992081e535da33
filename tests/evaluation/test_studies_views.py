"""The project leader's studies: made in one form, changed, locked, and what each lacks said in words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluation import setting_up
from evaluation import study_words as words
from evaluation.models import Criterion, Information, Occasion, Study, Wave
from tests import study_factories as made
from tests.factories import EveningFactory, GroupFactory, RegionFactory, RoleFactory

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import Group, Municipality, User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db
STUDIES = "/prosjekt/studier/"


@pytest.fixture
def desk(logged_in: LogIn, project_leader: User) -> Client:
    return logged_in(project_leader)


@pytest.fixture
def study(group: Group) -> Study:
    return made.study(
        key="piloten", programme=group.edition.programme, region=group.municipalities.get().region
    )


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
        "starts_on": today.isoformat(),
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
        ({"ends_on": "i fjor"}, "Skriv en dato som finnes."),
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


def test_two_studies_of_one_name_have_two_addresses(desk: Client, group: Group):
    for _again in range(2):
        desk.post(f"{STUDIES}ny/", fields(group))
    assert set(Study.objects.values_list("key", flat=True)) == {
        "piloten-hosten-2026",
        "piloten-hosten-2026-2",
    }


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
    earlier = study.ends_on - timedelta(days=1)
    page = desk.post(
        f"{STUDIES}piloten/endre/", fields(group, ends_on=earlier.isoformat(), sunset_on=study.sunset_on)
    )
    assert page.status_code == (302 if taken else 422)
    assert taken or "går de tapt" in page.content.decode()
    study.refresh_from_db()
    assert (study.ends_on == earlier) is taken
    later = study.ends_on + timedelta(days=1)
    page = desk.post(
        f"{STUDIES}piloten/endre/", fields(group, ends_on=later.isoformat(), sunset_on=study.sunset_on)
    )
    assert page.status_code == 302


def test_letter_is_shown_in_both_languages(desk: Client, study: Study):
    page = desk.get(f"{STUDIES}piloten/brev/").content.decode()
    assert 'lang="nn"' in page
    assert "Vi vil vite om kurset hjelper." in page


# --- waves
def wave_fields(**changed: object) -> dict[str, object]:
    return {
        "name_nb": "Midtveis",
        "code": "TM",
        "audience": "adult",
        "identity": "linked",
        "anchor": "first-evening",
        "opens_after_days": "20",
        "open_for_days": "7",
    } | changed


def test_wave_is_made_with_its_questionnaires(desk: Client, study: Study):
    version = made.frozen_version()
    assert desk.post(f"{STUDIES}piloten/maling/", wave_fields(versions=[version.pk])).status_code == 302
    assert Wave.objects.get().instruments.get().version == version


def test_contact_persons_can_be_asked_by_name_after_each_evening(desk: Client, study: Study):
    version = made.frozen_version()
    after = {"code": "LK", "anchor": "each-evening", "audience": "contact-person", "identity": "named"}
    page = desk.post(f"{STUDIES}piloten/maling/", wave_fields(versions=[version.pk], **after))
    assert page.status_code == 302
    assert words.when(Wave.objects.get()).startswith("Åpner mot slutten av hver kveld")


def test_waves_stand_as_they_open_whatever_order_they_were_written_in(desk: Client, study: Study):
    setting_up.standard_set_up(study)
    desk.post(f"{STUDIES}piloten/maling/", wave_fields())
    assert list(study.waves.values_list("code", flat=True)) == ["T0", "kveld", "TM", "T1", "KP", "T2"]
    page = desk.get(f"{STUDIES}piloten/svar/").content.decode()
    assert page.index("Midtveis") < page.index("Etter siste kveld")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"identity": "named"}, "lagres aldri med navn"),
        ({"identity": "anonymous"}, "Bare skjemaer etter hver kveld er anonyme"),
        ({"anchor": "each-evening"}, "Etter hver kveld svarer familiene anonymt"),
        ({"anchor": "each-evening", "audience": "contact-person"}, "kontaktpersonene med navn"),
        ({"anchor": "each-evening", "audience": "leader", "identity": "named"}, "kontaktpersonene med navn"),
        ({"open_for_days": "0"}, "fra 1 til 90"),
        ({"open_for_days": "x"}, "fra 1 til 90"),
        ({"code": "T M"}, "Bruk bare bokstavene"),
        ({"code": "T0"}, "fra før"),
        ({"opens_after_days": ""}, "Skriv et helt tall"),
        ({"versions": ["999999"]}, "Velg skjemaer på lista"),
        ({"name_nb": ""}, "Fyll ut feltet."),
    ],
)
def test_wrong_wave_is_told_at_the_field(desk: Client, study: Study, changed: dict[str, object], said: str):
    made.wave(study)
    page = desk.post(f"{STUDIES}piloten/maling/", wave_fields(**changed))
    assert page.status_code == 422
    assert said in page.content.decode()
    assert Wave.objects.count() == 1


def test_wave_nobody_was_invited_to_can_be_taken_away_and_another_not(
    desk: Client, study: Study, group: Group
):
    wave = made.wave(study)
    address = f"{STUDIES}piloten/maling/{wave.pk}/bort/"
    made.occasion(wave=wave, group=group)
    assert "kan ikke tas bort" in desk.post(address, follow=True).content.decode()
    Occasion.objects.all().delete()
    made.occasion(wave=wave, group=group, state="planned")
    desk.post(address)
    assert not Wave.objects.exists()


def test_foreign_wave_is_not_found(desk: Client, study: Study):
    foreign = made.wave()
    assert desk.get(f"{STUDIES}piloten/maling/{foreign.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("anchor", "after", "days", "said"),
    [
        ("first-evening", -14, 14, "Åpner 14 dager før første kveld, og lukker når den begynner."),
        ("last-evening", 0, 14, "Åpner mot slutten av siste kveld, og er åpent i 14 dager."),
        ("last-evening", 182, 21, "Åpner et halvt år etter siste kveld, og er åpent i 21 dager."),
        ("each-evening", 0, 2, "Åpner mot slutten av hver kveld, og lukker etter 48 timer."),
        ("first-evening", 1, 1, "Åpner 1 dag etter første kveld, og er åpent i 1 dag."),
    ],
)
def test_when_a_wave_is_open_is_a_sentence(anchor: str, after: int, days: int, said: str):
    assert words.when(Wave(anchor=anchor, opens_after_days=after, open_for_days=days)) == said


# --- criteria
def limits(**changed: object) -> dict[str, object]:
    return {"primary_outcome": "", "pairs_green": "70", "pairs_red": "50,5"} | changed


def test_criteria_are_set_and_locked_with_date_and_name(desk: Client, study: Study, project_leader: User):
    version = made.frozen_version(key="trygg")
    made.wave(study, versions=[version])
    address = f"{STUDIES}piloten/kriterier/"
    assert "80" in desk.get(address).content.decode()  # suggested
    desk.post(address, limits(primary_outcome="trygg.trygg", outcome_green="4", outcome_red="3"))
    assert list(Criterion.objects.values_list("measure", "scale", "green", "red")) == [
        ("pairs", "", 70, 50.5),
        ("outcome", "trygg.trygg", 4, 3),
    ]
    desk.post(f"{address}las/")
    study.refresh_from_db()
    assert study.criteria_locked_on == timezone.localdate()
    assert study.criteria_locked_by == project_leader.first_name
    page = desk.post(address, limits(pairs_green="10", pairs_red="5"), follow=True).content.decode()
    assert "Kriteriene er låst, og kan ikke endres." in page
    assert Criterion.objects.get(measure="pairs").green == 70
    assert "Låst" in page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"pairs_red": "80"}, "kan ikke være over den grønne"),
        ({"pairs_red": ""}, "Skriv begge grensene"),
        ({"pairs_green": "mange"}, "Skriv et tall"),
        ({"primary_outcome": "finnes.ikke"}, "Velg fra lista."),
        ({"outcome_green": "4", "outcome_red": "3"}, "Velg skalaen"),
    ],
)
def test_wrong_criteria_are_told_at_the_field(
    desk: Client, study: Study, changed: dict[str, object], said: str
):
    page = desk.post(f"{STUDIES}piloten/kriterier/", limits(**changed))
    assert page.status_code == 422
    assert said in page.content.decode()
    assert not Criterion.objects.exists()


def test_nothing_is_locked_before_there_is_something(desk: Client, study: Study):
    page = desk.post(f"{STUDIES}piloten/kriterier/las/", follow=True).content.decode()
    assert "Velg hovedutfallet" in page
    study.refresh_from_db()
    assert study.criteria_locked_on is None


def test_too_late_to_lock_when_an_answer_has_been_counted(desk: Client, study: Study):
    Study.objects.update(primary_outcome="a.b")
    Criterion.objects.create(study=study, measure="pairs", green=70, red=50)
    occasion = made.occasion(wave=made.wave(study))
    Occasion.objects.filter(pk=occasion.pk).update(state="counted")
    page = desk.post(f"{STUDIES}piloten/kriterier/las/", follow=True).content.decode()
    assert "For sent" in page
    study.refresh_from_db()
    assert study.criteria_locked_on is None


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
