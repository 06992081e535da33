"""The pages of a release: one stored snapshot each, nothing worked out, no number but those let out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from courses.models import Municipality
from evaluation.models import Release
from tests.evaluation import snapshots
from tests.evaluation.release_rows import two_counted
from tests.study_factories import occasion, study, wave

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from courses.models import Adult, User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db(databases=["default", "answers"])

PAGES = ("", "hvem/", "skalaer/", "moduler/", "faser/", "endringer/", "metode/")
QUERIES = 6


@pytest.fixture
def made() -> Release:
    return snapshots.released(wave(study(key="piloten"), code="T1"))


@pytest.fixture
def leader_here(logged_in: LogIn, leader: User, made: Release) -> Client:
    Municipality.objects.update(region=made.study.region)
    return logged_in(leader)


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


@pytest.mark.parametrize("page", [*PAGES, "skalaer/hverdag-trygg/", "kommune/1/"])
def test_a_page_asks_as_few_questions_of_twenty_scales_as_of_none(
    leader_here: Client, made: Release, page: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    many = [snapshots.scale(f"s{n}", f"Skala {n}") for n in range(20)]
    large = snapshots.snapshot()
    large["scales"] += many
    big = snapshots.released(made.wave, large, phase="implementation", drawn=False)
    leader_here.get("/resultater/")  # the session is warm
    counted = []
    for each in (made, big):
        with django_assert_max_num_queries(QUERIES) as asked:
            text(leader_here, f"/resultater/{each.pk}/{page}")
        counted.append(len(asked))
    assert counted[0] == counted[1]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_a_release_that_hides_everything_says_why_and_shows_no_number(
    leader_here: Client, made: Release, page: str
) -> None:
    why = {"why": "few"}
    lists = ("items", "sites", "modules", "phases", "criteria", "reaim", "changes", "editions", "deviations")
    empty: dict[str, Any] = {name: [] for name in (*lists, "questionnaires", "dose", "look_back")}
    hidden = snapshots.snapshot()["scales"][-1]
    told = snapshots.snapshot(scales=[hidden], flow=why | {"waves": []}, **empty)
    bare = snapshots.released(made.wave, told, phase="implementation")
    shown = text(leader_here, f"/resultater/{bare.pk}/{page}")
    assert "None" not in shown
    assert "NaN" not in shown
    if page == "skalaer/":
        assert "For få svar til å vise tall." in shown


def test_two_minutes_begin_with_the_primary_outcome_and_say_how_sure_it_is(
    leader_here: Client, made: Release
) -> None:
    shown = text(leader_here, f"/resultater/{made.pk}/")
    first = "Trygg i oppdraget: fra 3,4 før til 3,8 etter (0,3 til det bedre)"
    assert shown.index(first) < shown.index("Kunnskap om")
    assert "trolig mellom 0,1 og 0,6 til det bedre" in shown
    assert "effekt" not in shown.lower()
    assert "Hvert tall er avrundet for seg" in shown  # 3,8 less 3,4 is not 0,3
    assert "Til beslutning" in shown


def test_nothing_is_said_of_rounding_where_the_numbers_add_up(leader_here: Client, made: Release) -> None:
    told = snapshots.snapshot()
    for row in told["scales"]:
        row["rounded"] = False
    even = snapshots.released(made.wave, told, phase="implementation", drawn=False)
    assert "avrundet for seg" not in text(leader_here, f"/resultater/{even.pk}/")


def test_a_scale_has_its_own_page_and_leads_to_the_others_of_the_release(
    leader_here: Client, made: Release
) -> None:
    shown = text(leader_here, f"/resultater/{made.pk}/skalaer/hverdag-trygg/")
    assert f"/resultater/{made.pk}/skalaer/hverdag-kunnskap/" in shown
    assert f"/resultater/{made.pk}/bilde/svar-hverdag-trygg.svg" in shown
    assert "svar-hverdag-kunnskap" not in shown
    assert "De fleste svarte «helt enig»" in shown
    assert leader_here.get(f"/resultater/{made.pk}/skalaer/finnes-ikke/").status_code == 404


def test_only_the_level_is_told_of_almost_the_same_people_and_it_is_said_why(
    leader_here: Client, made: Release
) -> None:
    alone = snapshots.scale("trygg", "Trygg i oppdraget", alone=True, mean=3.4)
    for key in ("before", "after", "change", "interval", "size", "floor", "ceiling", "left", "spread"):
        del alone[key]
    told = snapshots.snapshot(scales=[alone])
    later = snapshots.released(made.wave, told, phase="implementation")
    shown = text(leader_here, f"/resultater/{later.pk}/skalaer/hverdag-trygg/")
    assert "kunne endringen røpet svar. Derfor vises bare nivået nå." in shown
    assert "gjennomsnittet er 3,4" in shown


def test_a_municipality_has_a_page_where_it_may_be_told_of_and_is_not_there_elsewhere(
    leader_here: Client, made: Release
) -> None:
    shown = text(leader_here, f"/resultater/{made.pk}/kommune/1/")
    assert "Fjellvik" in shown
    assert "Hvert tall er avrundet for seg" in shown
    paper = leader_here.get(f"/resultater/{made.pk}/kommune/1/rapport.docx")["Content-Disposition"]
    assert f"kommune-1-{made.pk}.docx" in paper  # another municipality's does not take its place
    for hidden_or_unknown in (2, 99):
        for end in ("", "rapport.docx"):
            address = f"/resultater/{made.pk}/kommune/{hidden_or_unknown}/{end}"
            assert leader_here.get(address).status_code == 404


def test_families_verdict_stands_beside_adherence_and_attendance(leader_here: Client, made: Release) -> None:
    shown = text(leader_here, f"/resultater/{made.pk}/moduler/")
    for told in ("4,2 av 5", "82\u00a0%", "91\u00a0%", "Byttet rekkefølge på øvelsene."):
        assert told in shown


def test_the_method_says_nothing_twice_and_when_the_limits_were_locked(
    leader_here: Client, made: Release
) -> None:
    shown = text(leader_here, f"/resultater/{made.pk}/metode/")
    assert "Egenutviklet. Fritt å bruke. Ikke oversatt.<" in shown
    assert "12. januar 2026" in shown
    assert "Det var ikke valgt et hovedutfall på forhånd." in shown
    assert "Datasett til analyse" not in shown  # a leader makes none


def test_a_study_without_limits_says_that_there_are_no_lights(leader_here: Client, made: Release) -> None:
    none = snapshots.released(made.wave, snapshots.snapshot(criteria=[]), phase="implementation")
    for page in ("", "metode/"):
        assert "ingen trafikklys" in text(leader_here, f"/resultater/{none.pk}/{page}")


def test_the_programmes_editions_are_told_with_their_reasons(leader_here: Client, made: Release) -> None:
    shown = text(leader_here, f"/resultater/{made.pk}/endringer/")
    assert shown.index("Utgave 1.1") < shown.index("Utgave 1.0")
    for told in ("Mer tid til samtale.", "Når det stormer", "Feil telefonnummer."):
        assert told in shown


def test_research_is_told_how_a_data_set_is_made_and_alone_has_the_appendix(
    logged_in: LogIn, researcher: User, project_leader: User, leader_here: Client, made: Release
) -> None:
    appendix = f"/resultater/{made.pk}/teknisk-vedlegg.docx"
    assert leader_here.get(appendix).status_code in (403, 404)
    assert logged_in(project_leader).get(appendix).status_code in (403, 404)
    client = logged_in(researcher)
    assert "Datasett til analyse" in text(client, f"/resultater/{made.pk}/metode/")
    assert client.get(appendix).content[:2] == b"PK"


def test_a_picture_comes_in_two_widths_and_may_fetch_nothing(leader_here: Client, made: Release) -> None:
    address = f"/resultater/{made.pk}/bilde/endring-1.svg"
    wide, narrow = leader_here.get(address), leader_here.get(f"{address}?smal")
    assert b'viewBox="0 0 680 ' in wide.content
    assert b'viewBox="0 0 340 ' in narrow.content
    assert "default-src 'none'" in wide["Content-Security-Policy"]
    assert leader_here.get(f"/resultater/{made.pk}/bilde/finnes-ikke.svg").status_code == 404


def test_a_leader_of_another_region_finds_nothing(logged_in: LogIn, leader: User, made: Release) -> None:
    client = logged_in(leader)
    for page in (*PAGES, "skalaer/hverdag-trygg/", "kommune/1/", "rapport.docx", "bilde/endring-1.svg"):
        assert client.get(f"/resultater/{made.pk}/{page}").status_code == 404


def test_a_family_finds_nothing(logged_in: LogIn, adult: Adult, made: Release) -> None:
    client = logged_in(adult)
    for page in (*PAGES, "skalaer/hverdag-trygg/", "kommune/1/", "rapport.docx", "bilde/endring-1.svg"):
        assert client.get(f"/resultater/{made.pk}/{page}").status_code in (403, 404)


def test_what_can_be_let_out_says_which_study_it_is_of_and_whom_it_waits_for(
    logged_in: LogIn, project_leader: User
) -> None:
    waiting = occasion(wave=wave(study(key="den-andre"), code="T1"))
    shown = text(logged_in(project_leader), "/resultater/")
    assert str(waiting.wave.study.name_nb) in shown
    assert f"venter på svarene fra {waiting.group}" in shown


def test_a_first_wave_is_not_offered_but_said_to_be_shown_with_the_next(
    logged_in: LogIn, project_leader: User
) -> None:
    two_counted()
    client = logged_in(project_leader)
    assert "T0, pilot: vises sammen med neste måling" in text(client, "/resultater/")
    ready = client.get("/resultater/").context["candidates"][0]["ready"]
    assert [row["wave"] for row in ready] == ["T1"]


def test_pages_are_in_nynorsk_for_who_writes_it(leader_here: Client, made: Release) -> None:
    leader_here.post("/innstillinger/", {"language": "nn", "text_size": "normal"})
    shown = text(leader_here, f"/resultater/{made.pk}/")
    assert 'lang="nn"' in shown
    assert "Det viktigaste" in shown
    assert "frå 3,4 før til 3,8 etter" in shown
