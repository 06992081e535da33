"""How many have answered: in bands, from five families, and nothing that leads to a person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluation import boards
from evaluation.models import Occasion, Participation
from tests import study_factories as made
from tests.factories import EnrolmentFactory, EveningFactory, GroupFactory, MunicipalityFactory, RoleFactory

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import Group, Municipality, User
    from evaluation.models import Study
    from tests.people import LogIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(group: Group) -> Study:
    row = made.study(
        key="piloten", programme=group.edition.programme, region=group.municipalities.get().region
    )
    made.wave(row)
    return row


def asked(
    study: Study, group: Group, families: int, done: int = 0, place: Municipality | None = None
) -> Occasion:
    """One adult of each family asked; ``done`` of them have answered."""
    found = Occasion.objects.filter(wave__study=study, group=group).first()
    occasion = found or made.occasion(wave=study.waves.get(code="T0"), group=group)
    for number in range(families):
        adult = EnrolmentFactory(
            group=group, adult__family__municipality=place or group.municipalities.get()
        ).adult
        made.participation(occasion, adult, state="done" if number < done else "open")
    return occasion


def page(client: Client) -> str:
    return client.get("/prosjekt/studier/piloten/svar/").content.decode()


@pytest.fixture
def desk(logged_in: LogIn, project_leader: User) -> Client:
    return logged_in(project_leader)


@pytest.mark.parametrize("done", [0, 1, 2, 3, 4])
def test_with_four_families_the_page_is_the_same_whatever_they_did(
    desk: Client, study: Study, group: Group, done: int
):
    asked(study, group, 4)
    before = page(desk)
    for row in Participation.objects.all()[:done]:
        Participation.objects.filter(pk=row.pk).update(state="done")
    assert "vises fra fem familier" in before
    assert without_nonces(page(desk)) == without_nonces(before)


def test_a_home_in_two_groups_makes_no_five_families_of_four(desk: Client, study: Study, group: Group):
    first = asked(study, group, 4, done=4)
    home = Participation.objects.filter(occasion=first).first().user.adult.family
    other = GroupFactory(edition=group.edition)
    other.municipalities.set(group.municipalities.all())
    second = made.occasion(wave=first.wave, group=other)
    husband = EnrolmentFactory(group=other, adult__family=home, adult__seat=2).adult
    made.participation(second, husband, state="done")
    assert "Det er spurt for få til å si noe om svarene." in page(desk)
    [of_wave] = boards.of_place(study, [home.municipality_id], "nb")
    assert of_wave["region"] == "Det er spurt for få til å si noe om svarene."
    assert of_wave["own"].startswith("Vises når minst fem familier")


def without_nonces(text: str) -> str:
    return re.sub(r'(nonce|value|name="csrfmiddlewaretoken" value)="[^"]*"', "", text)


def test_two_adults_of_four_families_are_still_four_families(desk: Client, study: Study, group: Group):
    occasion = asked(study, group, 4, done=4)
    for row in list(Participation.objects.select_related("user__adult")):
        second = EnrolmentFactory(group=group, adult__family=row.user.adult.family, adult__seat=2).adult
        made.participation(occasion, second, state="done")
    assert "over halvparten" not in page(desk).lower()


@pytest.mark.parametrize(
    ("done", "said"), [(0, "halvparten eller færre"), (3, "halvparten eller færre"), (4, "over halvparten")]
)
def test_from_five_families_it_is_said_whether_more_than_half_have_answered(
    desk: Client, study: Study, group: Group, done: int, said: str
):
    """Of six three are no fewer than half: a word for exactly half would tell how many they are."""
    asked(study, group, 6, done=done)
    text = page(desk)
    assert said in text
    assert "5–9" in text


def test_no_exact_number_and_no_name_is_on_the_board(desk: Client, study: Study, group: Group):
    asked(study, group, 13, done=7)
    text = page(desk)
    assert not re.search(r">\s*(13|7|6)\s*<", text)
    names = Participation.objects.values_list("user__first_name", flat=True)
    assert not [name for name in names if f">{name}<" in text or f" {name} " in text]


def test_anonymous_form_says_only_how_many_came(desk: Client, study: Study, group: Group):
    for number, families in ((1, 5), (2, 0)):
        for _n in range(families):
            EnrolmentFactory(group=group)
        module = group.edition.programme.modules.get(number=number)
        evening = EveningFactory(group=group, module=module)
        wave = study.waves.filter(code="kveld").first() or made.evening_wave(study)
        occasion = made.occasion(wave=wave, evening=evening)
        Occasion.objects.filter(pk=occasion.pk).update(received=11)
    assert page(desk).count("10–19 skjemaer") == 2


def test_anonymous_form_of_few_families_says_nothing(desk: Client, study: Study, group: Group):
    EnrolmentFactory.create_batch(4, group=group)
    evening = EveningFactory(group=group, module=group.edition.programme.modules.get(number=1))
    occasion = made.occasion(wave=made.evening_wave(study), evening=evening)
    Occasion.objects.filter(pk=occasion.pk).update(received=11)
    assert "10–19" not in page(desk)
    assert "vises fra fem familier" in page(desk)


def test_what_is_asked_is_adults_and_what_is_closed_says_what_it_waits_for(
    desk: Client, study: Study, group: Group
):
    occasion = asked(study, group, 6, done=4)
    assert "Voksne spurt" in page(desk)
    assert "lukket" not in page(desk)
    Occasion.objects.filter(pk=occasion.pk).update(state="closed")
    text = page(desk)
    assert "lukket, venter på å telles" in text
    assert "sammen med en annen gruppes" in text


def test_planned_occasions_are_not_on_it(desk: Client, study: Study, group: Group):
    made.occasion(wave=study.waves.get(), group=group, state="planned")
    assert "Ingen er spurt ennå." in page(desk)


def test_the_same_queries_for_many_groups_and_evenings(
    desk: Client, study: Study, edition: object, municipality: Municipality
):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked_of:
            page(desk)
        return len(asked_of)

    def groups(number: int) -> None:
        for _n in range(number):
            group = GroupFactory(edition=edition, municipalities=[municipality])
            asked(study, group, 2)

    groups(2)
    few = queries()
    groups(8)
    assert queries() == few


def total(study: Study, code: str) -> str:
    [of_wave] = [each for each in boards.board(study, "nb") if each["code"] == code]
    return str(of_wave["total"])


@pytest.mark.parametrize("done", [0, 6])
def test_one_contact_person_is_one_however_many_evenings_she_was_asked_about(
    study: Study, group: Group, done: int
):
    wave = made.wave(
        study, code="LK", anchor="each-evening", audience="contact-person", identity="named", open_for_days=2
    )
    user = RoleFactory(kind="contact-person").user
    for number in range(6):
        at = made.occasion(wave=wave, group=group, evening=EveningFactory(group=group))
        made.participation(at, user, state="done" if number < done else "missed")
    assert total(study, "lk") == "Det er spurt for få til å si noe om svarene."


@pytest.mark.parametrize("best", ["done", "declined", "open"])
def test_whoever_is_asked_again_in_another_group_is_counted_once_as_what_she_did_best(
    study: Study, group: Group, best: str
):
    first = asked(study, group, 6)
    second = made.occasion(wave=first.wave, group=GroupFactory(edition=group.edition))
    for row in list(Participation.objects.filter(occasion=first)):
        made.participation(second, row.user, state=best)
    Participation.objects.filter(occasion=first).update(state="missed")
    half = "Over halvparten" if best == "done" else "Halvparten eller færre"
    assert total(study, "t0") == f"Spurt: 5–9. {half} har svart."
    [tally] = boards.counts([first.pk, second.pk], by="occasion__wave").values()
    assert {state: number for state, number in tally.states.items() if number} == {best: 6}


# --- the municipality's leader
def test_leader_sees_her_place_where_it_and_the_rest_have_enough(
    study: Study, group: Group, leader: User, logged_in: LogIn
):
    other = MunicipalityFactory(region=group.municipalities.get().region)
    asked(study, group, 5, done=4)
    asked(study, group, 5, place=other)
    text = page(logged_in(leader))
    assert "Spurt: 10–19. Halvparten eller færre har svart." in text  # in the region
    assert "Spurt: 5–9. Over halvparten har svart." in text
    assert group.name not in text


@pytest.mark.parametrize(("own", "rest"), [(4, 10), (5, 4), (10, 1)])
def test_leader_sees_nothing_where_either_side_is_small(
    study: Study, group: Group, leader: User, logged_in: LogIn, own: int, rest: int
):
    other = MunicipalityFactory(region=group.municipalities.get().region)
    asked(study, group, own, done=own)
    asked(study, group, rest, place=other)
    text = page(logged_in(leader))
    assert "Vises når minst fem familier hos dere er spurt" in text
    assert text.lower().count("halvparten") == 1  # of the region


def test_leader_reads_when_each_form_comes_before_anybody_is_asked(
    study: Study, group: Group, leader: User, logged_in: LogIn
):
    made.evening_wave(study)
    made.wave(study, code="KP", name_nb="Kontaktpersonene", audience="contact-person")
    text = page(logged_in(leader))
    assert "Åpner 14 dager før første kveld" in text
    assert text.count("Ingen er spurt ennå.") == 1
    assert "Ingen vet hvem som svarer." in text
    assert "Kontaktpersonene" not in text


def test_of_a_study_that_is_over_it_says_that_who_was_asked_is_deleted(
    desk: Client, study: Study, group: Group, leader: User, logged_in: LogIn
):
    """What is left would be told as if nobody had been asked, beside figures of many."""
    asked(study, group, 6, done=4)
    type(study).objects.update(sunset_done_on=study.starts_on)
    Participation.objects.all().delete()
    for text in (page(desk), page(logged_in(leader))):
        assert "er slettet, som de ble lovet" in text
        assert "/resultater/" in text
        assert "færre enn fem" not in text
        assert "Ingen er spurt" not in text


def test_board_says_whose_it_is(desk: Client, study: Study, leader: User, logged_in: LogIn):
    for text in (page(desk), page(logged_in(leader))):
        assert "<title>Svar i «Piloten»" in text
        assert "<h1>Svar i «Piloten»</h1>" in text


def test_leader_of_another_region_finds_nothing(study: Study, logged_in: LogIn):
    from tests.factories import RoleFactory

    client = logged_in(RoleFactory(kind="leader").user)
    assert client.get("/prosjekt/studier/piloten/svar/").status_code == 404
    assert "piloten" not in client.get("/prosjekt/svar/").content.decode()


def test_leader_has_a_way_there(study: Study, leader: User, logged_in: LogIn):
    client = logged_in(leader)
    assert 'href="/prosjekt/svar/"' in client.get("/prosjekt/").content.decode()
    assert 'href="/prosjekt/studier/piloten/svar/"' in client.get("/prosjekt/svar/").content.decode()


@pytest.mark.parametrize("received", range(5))
def test_no_form_of_an_evening_is_told_as_four(received: int):
    at = Occasion(identity="anonymous", state="closed", received=received)
    assert boards._anonymous_cells(at, boards.Tally(families=6))[0] == "færre enn fem skjemaer"


def test_bands_are_those_of_the_rules():
    said = [boards.band(number) for number in (0, 4, 5, 9, 10, 19, 20, 400)]
    assert said == ["færre enn fem"] * 2 + ["5–9"] * 2 + ["10–19"] * 2 + ["20+"] * 2
