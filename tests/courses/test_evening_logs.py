"""The log: ticked beforehand by the clock, written in one post, and the fidelity figures it gives."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import timezone

from courses import evening_logs
from courses.models import Attendance, CatchUp, CoreElementTick, EveningLog
from courses.run_sheets import run_sheet_of
from tests import factories as made
from tests.halls import hall, thursday_evening
from tests.plans import make_evening

if TYPE_CHECKING:
    from courses.models import Adult, Evening, Group, User

__all__ = ["hall", "thursday_evening"]
pytestmark = pytest.mark.django_db
TICKS = {"done-tema": "yes", "done-ovelse": "partly"}


@pytest.fixture
def evening(group: Group) -> Evening:
    return make_evening(group, began=timedelta(minutes=70))


def shown_in(html: str) -> str:
    found = re.search(r'name="shown"(?: value="(\w*)")?', html)
    assert found is not None
    return found.group(1) or ""


def write(client: Client, evening: Evening, status: int = 302, **fields: object) -> str:
    """Opens the log and posts it."""
    page = client.get(f"/kveld/{evening.pk}/logg/").content.decode()
    seen = {"shown": shown_in(page)} if 'name="shown"' in page else {}
    response = client.post(f"/kveld/{evening.pk}/logg/", TICKS | seen | fields)
    assert response.status_code == status
    return response.content.decode()


def ticked(html: str) -> set[str]:
    return set(re.findall(r'name="done-(\w+)" value="yes"[^>]*checked', html))


def test_nothing_is_ticked_where_nobody_used_the_clock_and_the_page_says_why(
    hall: Client, group: Group
) -> None:
    after = make_evening(group, began=timedelta(minutes=130))
    html = hall.get(f"/kveld/{after.pk}/logg/").content.decode()
    assert ticked(html) == set()
    assert "Ingenting er krysset av på forhånd" in html
    points = dict(re.findall(r'name="done-(\w+)" value="yes"[^>]*data-point="(\d+)"', html))
    assert points == {row.core: str(row.number) for row in run_sheet_of(after, "nb").rows if row.core}


def test_a_log_is_written_in_one_post_and_can_be_corrected(
    hall: Client, evening: Evening, contact_person: User
) -> None:
    write(hall, evening, minutes="10", direction="late", changed="Kortere pause", why="Vi kom sent i gang.")
    log = EveningLog.objects.get()
    assert (log.by, log.minutes_off, log.changed, log.wants_guidance) == (
        contact_person,
        10,
        "Kortere pause",
        False,
    )
    assert dict(log.ticks.values_list("key", "done")) == {"tema": "yes", "ovelse": "partly"}
    html = hall.get(f"/kveld/{evening.pk}/logg/").content.decode()
    assert "Kortere pause" in html
    assert "Du kan rette den til" in html
    write(hall, evening, minutes="5", direction="early", wants_guidance="on", **{"done-ovelse": "no"})
    log.refresh_from_db()
    assert (log.minutes_off, log.changed, log.wants_guidance) == (-5, "", True)
    assert dict(log.ticks.values_list("key", "done")) == {"tema": "yes", "ovelse": "no"}
    assert EveningLog.objects.count() == 1


def test_a_new_wish_for_guidance_is_not_answered_by_an_old_answer(hall: Client, evening: Evening) -> None:
    write(hall, evening, wants_guidance="on")
    EveningLog.objects.update(guidance_given_on=timezone.localdate())
    write(hall, evening, wants_guidance="on", changed="Kortere pause")
    assert EveningLog.objects.get().guidance_given_on
    write(hall, evening)
    write(hall, evening, wants_guidance="on")
    assert EveningLog.objects.get().guidance_given_on is None


def test_a_log_sent_after_the_session_ended_comes_back_whole_and_can_be_sent_after_a_login(
    hall: Client, evening: Evening
) -> None:
    place = f"/kveld/{evening.pk}/logg/"
    typed = TICKS | {
        "shown": "",
        "minutes": "10",
        "direction": "late",
        "changed": "Kortere <pause>",
        "why": "Sent",
    }
    answer = Client().post(place, typed)
    html = answer.content.decode()
    assert answer.status_code == 401
    assert "no-store" in answer["Cache-Control"]
    assert "Loggen er ikke lagret ennå" in html
    assert "Kortere &lt;pause&gt;</textarea>" in html
    kept = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html))
    kept.pop("csrfmiddlewaretoken")
    assert kept == {key: value for key, value in typed.items() if key not in ("changed", "why")}
    assert f'action="{place}"' in html
    assert hall.post(place, kept | {"changed": "Kortere <pause>", "why": "Sent"}).status_code == 302
    assert EveningLog.objects.get().changed == "Kortere <pause>"


def test_what_the_other_leader_wrote_meanwhile_is_not_written_over_unseen(
    hall: Client, evening: Evening, contact_person: User
) -> None:
    empty = {"shown": ""}  # two leaders opened the log before either wrote
    write(hall, evening, changed="Kortere pause", **empty)
    write(hall, evening, changed="Kortere pause", **empty)  # the button pressed twice is no other writer
    html = write(hall, evening, status=409, changed="Byttet rom", **empty)
    assert "Kortere pause" in html
    assert "\nByttet rom</textarea>" in html
    assert EveningLog.objects.get().changed == "Kortere pause"
    write(hall, evening, changed="Byttet rom", shown=shown_in(html))
    assert EveningLog.objects.get().changed == "Byttet rom"


def test_after_two_weeks_the_log_is_shown_and_stands(hall: Client, evening: Evening) -> None:
    write(hall, evening, changed="Kortere pause")
    EveningLog.objects.update(written_at=timezone.now() - timedelta(days=14, minutes=1))
    html = hall.get(f"/kveld/{evening.pk}/logg/").content.decode()
    assert "Kortere pause" in html
    assert "<textarea" not in html
    write(hall, evening, status=422, changed="Noe annet")
    assert EveningLog.objects.get().changed == "Kortere pause"


def test_a_log_of_an_old_evening_that_was_forgotten_can_still_be_written(hall: Client, group: Group) -> None:
    write(hall, make_evening(group, began=timedelta(days=60)))
    assert EveningLog.objects.count() == 1


def test_an_empty_log_is_answered_in_our_words_and_never_by_the_browsers(
    hall: Client, evening: Evening
) -> None:
    address = f"/kveld/{evening.pk}/logg/"
    asked = hall.get(address).content.decode()
    form = re.search(rf'<form[^>]*action="{address}"[^>]*>', asked)
    assert form
    assert " novalidate" in form.group()
    page = hall.post(address, {"shown": ""})
    assert page.status_code == 422
    said = page.content.decode()
    assert "Velg om dette ble gjort." in said
    assert "Temaet ble snakket om. Velg om dette ble gjort." in said or ".: " not in said
    assert not EveningLog.objects.exists()


@pytest.mark.parametrize("fields", [{"began": timedelta(days=-1)}, {"cancelled_at": timezone.now()}])
def test_an_evening_that_has_not_begun_or_is_cancelled_has_no_log(
    hall: Client, group: Group, fields: dict[str, object]
) -> None:
    evening = make_evening(group, **fields)  # type: ignore[arg-type]
    assert "<textarea" not in hall.get(f"/kveld/{evening.pk}/logg/").content.decode()
    write(hall, evening, status=422)
    assert EveningLog.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"done-tema": ""}, "Velg om dette ble gjort."),
        ({"minutes": "mange"}, "Skriv et helt tall."),
        ({"minutes": "-5"}, "Skriv et tall fra 0 og oppover."),
        ({"minutes": "241"}, "Skriv et tall som er høyst 240."),
        ({"why": "x" * 2001}, "Teksten kan ha høyst 2000 tegn."),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(
    hall: Client, evening: Evening, fields: dict[str, str], sentence: str
) -> None:
    html = write(hall, evening, status=422, changed="Kortere pause", **fields)
    assert sentence in html
    assert "Kortere pause" in html
    assert EveningLog.objects.count() == 0


def test_the_text_fields_warn_about_names_on_the_device(hall: Client, evening: Evening) -> None:
    html = hall.get(f"/kveld/{evening.pk}/logg/").content.decode()
    assert html.count("data-no-names") == html.count("data-names-hint") == 2


def test_saving_the_log_offers_the_evening_to_those_who_missed_it(
    hall: Client, evening: Evening, adult: Adult, other_adult: Adult
) -> None:
    adult.enrolments.update(starts_on=timezone.localdate() - timedelta(days=9))
    other_adult.enrolments.update(starts_on=timezone.localdate() - timedelta(days=9))
    Attendance.objects.create(adult=adult, evening=evening, state="absent", marked_at=timezone.now())
    write(hall, evening)
    assert [offer.adult for offer in CatchUp.objects.all()] == [adult]  # not marked is not absent


# --- figures


@pytest.mark.parametrize(
    ("done", "figure"),
    [([], None), (["yes"], 1.0), (["no"], 0.0), (["yes", "partly", "no", "no"], 0.375), (["partly"], 0.5)],
)
def test_adherence_is_yes_and_half_of_partly_of_all(done: list[str], figure: float | None) -> None:
    assert evening_logs.adherence(done) == figure


def make_log(evening: Evening, *done: str, **fields: object) -> EveningLog:
    log = EveningLog.objects.create(evening=evening, **fields)
    CoreElementTick.objects.bulk_create(
        CoreElementTick(log=log, key=f"k{place}", done=one) for place, one in enumerate(done)
    )
    return log


def test_adherence_by_module_is_the_same_rule(group: Group, other_group: Group) -> None:
    first, second = make_evening(group), make_evening(other_group)
    third = make_evening(group, module=2)
    make_log(first, "yes", "partly")
    make_log(second, "no", "no")
    make_log(third)
    assert evening_logs.adherence_by_module(EveningLog.objects.all()) == {
        first.module_id: evening_logs.adherence(["yes", "partly", "no", "no"])
    }


def test_adherence_counts_only_the_logs_one_may_see(
    group: Group, other_group: Group, contact_person: User
) -> None:
    make_log(make_evening(group), "yes")
    make_log(make_evening(other_group), "no")
    seen = EveningLog.objects.visible_to(contact_person)
    assert list(evening_logs.adherence_by_module(seen).values()) == [1.0]


def test_adaptations_are_what_was_changed_and_why_newest_first(group: Group) -> None:
    make_log(
        make_evening(group, began=timedelta(days=14)), changed="Kuttet temaet", why="Snø", minutes_off=20
    )
    make_log(make_evening(group, module=2), changed="Byttet rekkefølge")
    quiet = made.EveningFactory(group=made.GroupFactory(edition=group.edition))
    make_log(quiet, "yes")
    rows = evening_logs.adaptations(EveningLog.objects.all())
    assert [(row.module, row.changed, row.why, row.minutes_off) for row in rows] == [
        (2, "Byttet rekkefølge", "", None),
        (1, "Kuttet temaet", "Snø", 20),
    ]
