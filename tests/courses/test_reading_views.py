"""The reading pages: a part, «Lest», «Prøvd», and a module that is not open yet."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from courses.models import EarlyOpening, Edition, Enrolment, Group, PartText, ReadingEvent, User
from tests import factories as made
from tests.courses.reading_pages import MODULE, PART, shown
from tests.editions import make_edition

if TYPE_CHECKING:
    from courses.models import Adult
    from tests.people import LogIn

pytestmark = pytest.mark.django_db


def kinds() -> list[str]:
    return list(ReadingEvent.objects.order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def closed(group: Group) -> Group:
    """A group whose first evening is three weeks away."""
    made.EveningFactory(
        group=group,
        module=group.edition.programme.modules.get(number=1),
        starts_at=timezone.now() + timedelta(days=21),
    )
    return group


def test_a_part_shows_its_text_and_its_slots(adult: Adult, logged_in: LogIn) -> None:
    page = logged_in(adult).get(PART)
    text = shown(page)
    assert page.status_code == 200
    assert "<h2>Trygghet</h2><p>Et barn som flytter" in text
    assert "Hva tenker du på nå?" in text
    assert f'action="{PART}r1/notat/#s-r1"' in text
    assert f'action="{PART}t1/provd/"' in text
    assert "Ring 116 117." in text


def test_the_local_number_stands_where_the_text_left_room(adult: Adult, logged_in: LogIn) -> None:
    made.HelpNumberFactory(municipality=adult.family.municipality, number="400 00 009")
    text = shown(logged_in(adult).get(PART))
    assert 'href="tel:40000009"' in text
    assert "Ring 116 117." not in text


def test_a_number_in_a_text_says_who_keeps_it_right_and_when_it_was_checked(
    adult: Adult, logged_in: LogIn
) -> None:
    made.HelpNumberFactory(
        municipality=adult.family.municipality, owner="Barnevernet i Vika", checked_on=date(2026, 9, 1)
    )
    assert "Sist kontrollert 1. september 2026. Eier: Barnevernet i Vika" in shown(logged_in(adult).get(PART))


def test_read_goes_on_to_the_next_part_and_from_the_last_one_to_the_module(
    adult: Adult, logged_in: LogIn
) -> None:
    client = logged_in(adult)
    assert client.post(f"{MODULE}del-1/lest/")["Location"] == f"{MODULE}del-2/"
    assert client.post(f"{MODULE}del-3/lest/")["Location"] == MODULE
    assert kinds() == ["read", "read"]


def test_the_revision_that_was_read_is_kept(adult: Adult, logged_in: LogIn) -> None:
    PartText.objects.filter(part__key="del-1", language="nb").update(revision=42)
    logged_in(adult).post(f"{PART}lest/")
    assert ReadingEvent.objects.get().revision == 42


def test_read_can_be_taken_back(adult: Adult, logged_in: LogIn) -> None:
    client = logged_in(adult)
    client.post(f"{PART}lest/")
    assert f'action="{PART}ulest/"' in shown(client.get(PART))
    assert client.post(f"{PART}ulest/")["Location"] == PART
    assert f'action="{PART}lest/"' in shown(client.get(PART))
    assert kinds() == ["read", "unread"]


def test_a_double_tap_is_stored_once(adult: Adult, logged_in: LogIn) -> None:
    client = logged_in(adult)
    client_id = re.search(r'name="client_id" value="([^"]+)"', shown(client.get(PART)))[1]
    for _ in range(2):
        assert client.post(f"{PART}lest/", {"client_id": client_id}).status_code == 302
    assert [str(event.client_id) for event in ReadingEvent.objects.all()] == [client_id]


@pytest.mark.parametrize("client_id", ["", "nonsense", "\x00"])
def test_a_tap_with_a_broken_id_is_stored(adult: Adult, logged_in: LogIn, client_id: str) -> None:
    assert logged_in(adult).post(f"{PART}lest/", {"client_id": client_id}).status_code == 302
    assert kinds() == ["read"]


def test_a_home_task_is_tried_and_untried(adult: Adult, logged_in: LogIn) -> None:
    client = logged_in(adult)
    assert client.post(f"{PART}t1/provd/")["Location"] == f"{PART}#s-t1"
    assert f'action="{PART}t1/ikke-provd/"' in shown(client.get(PART))
    client.post(f"{PART}t1/ikke-provd/")
    assert f'action="{PART}t1/provd/"' in shown(client.get(PART))


@pytest.mark.parametrize("block", ["r1", "t2", "l1"])
def test_only_a_home_task_of_the_part_can_be_tried(adult: Adult, logged_in: LogIn, block: str) -> None:
    assert logged_in(adult).post(f"{PART}{block}/provd/").status_code == 404
    assert not kinds()


@pytest.mark.parametrize("address", ["lest/", "ulest/", "t1/provd/", "t1/ikke-provd/"])
def test_what_changes_something_is_never_done_by_get(adult: Adult, logged_in: LogIn, address: str) -> None:
    assert logged_in(adult).get(PART + address).status_code == 405


def test_reading_resumes_where_it_was_left(adult: Adult, logged_in: LogIn) -> None:
    client = logged_in(adult)
    for key in ("del-1", "del-3", "del-2"):
        client.get(f"{MODULE}{key}/")
    assert Enrolment.objects.get(adult=adult).last_part.key == "del-2"
    assert f'href="{MODULE}del-2/">Les videre' in shown(client.get("/min/"))


def test_a_part_that_is_not_in_ones_edition_is_not_found(adult: Adult, logged_in: LogIn) -> None:
    newer = make_edition(programme=adult.enrolments.get().group.edition.programme, parts=5)
    client = logged_in(adult)
    assert newer.parts.filter(key="del-5").exists()
    for address in (
        f"{MODULE}del-5/",
        f"{MODULE}del-9/",
        "/kurs/en-god-start/modul-9/",
        "/kurs/x/modul-1/del-1/",
    ):
        assert client.get(address).status_code == 404
    assert client.post(f"{MODULE}del-5/lest/").status_code == 404
    assert not kinds()


def test_another_programmes_part_is_not_found(adult: Adult, logged_in: LogIn) -> None:
    made.GroupFactory(edition=make_edition(programme__slug="kurs-to"))
    client = logged_in(adult)
    assert client.get("/kurs/kurs-to/modul-1/del-1/").status_code == 404
    assert client.get("/kurs/kurs-to/modul-1/").status_code == 404
    assert client.post("/kurs/kurs-to/modul-1/apne/").status_code == 404


def test_who_has_left_still_reads(adult: Adult, logged_in: LogIn) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    adult.enrolments.update(starts_on=yesterday, ends_on=yesterday)
    client = logged_in(adult)
    assert client.get(PART).status_code == client.get(MODULE).status_code == 200
    assert client.post(f"{PART}lest/").status_code == 302


def test_who_is_not_logged_in_is_asked_to_log_in(client: Any, edition: Edition) -> None:
    page = client.get(PART)
    assert page.status_code == 302
    assert page["Location"].startswith("/logg-inn/")


def test_a_module_that_is_not_open_leads_to_its_own_page_and_opens_by_choice(
    adult: Adult, closed: Group, logged_in: LogIn
) -> None:
    client = logged_in(adult)
    assert client.get(PART)["Location"] == MODULE
    text = shown(client.get(MODULE))
    assert f'action="{MODULE}apne/"' in text
    assert f'href="{PART}"' not in text
    for _ in range(2):
        assert client.post(f"{MODULE}apne/")["Location"] == MODULE
    assert EarlyOpening.objects.count() == 1
    assert client.get(PART).status_code == 200
    assert f'href="{PART}"' in shown(client.get(MODULE))


def test_one_adult_opening_early_opens_for_her_alone(
    adult: Adult, other_adult: Adult, closed: Group, logged_in: LogIn
) -> None:
    logged_in(adult).post(f"{MODULE}apne/")
    assert logged_in(other_adult).get(PART).status_code == 302


def test_a_module_once_begun_stays_open_when_its_evening_is_moved(
    adult: Adult, group: Group, logged_in: LogIn
) -> None:
    client = logged_in(adult)
    client.post(f"{PART}lest/")
    made.EveningFactory(
        group=group,
        module=group.edition.programme.modules.get(number=1),
        starts_at=timezone.now() + timedelta(days=60),
    )
    assert client.get(PART).status_code == 200
    assert f'href="{PART}"' in shown(client.get(MODULE))


def test_nynorsk_is_read_where_it_is_written(adult: Adult, logged_in: LogIn) -> None:
    adult.user.language = "nn"
    adult.user.save(update_fields=["language"])
    page = logged_in(adult).get(PART)
    assert re.search(r'<h1 lang="nn"[^>]*>Del 1 på nn</h1>', shown(page))
    assert not page.context["fallback"]


def test_a_part_that_lacks_nynorsk_is_read_in_bokmal_and_says_so(adult: Adult, logged_in: LogIn) -> None:
    PartText.objects.filter(language="nn", part__key="del-1").delete()
    adult.user.language = "nn"
    adult.user.save(update_fields=["language"])
    text = shown(logged_in(adult).get(PART))
    assert '<html lang="nn"' in text
    assert re.search(r'<h1 lang="nb"[^>]*>Del 1 på nb</h1>', text)
    assert '<div class="flow text" lang="nb"' in text
    assert "finst ikkje på nynorsk enno" in text


def test_a_nynorsk_title_over_a_bokmal_text_is_read_aloud_as_nynorsk(adult: Adult, logged_in: LogIn) -> None:
    PartText.objects.filter(language="nn", part__key="del-1").update(segments=[], words=0)
    adult.user.language = "nn"
    adult.user.save(update_fields=["language"])
    text = shown(logged_in(adult).get(PART))
    assert re.search(r'<h1 lang="nn"[^>]*>Del 1 på nn</h1>', text)
    assert '<div class="flow text" lang="nb"' in text
    assert "finst ikkje på nynorsk enno" in text


def test_a_bokmal_reader_gets_no_notice(adult: Adult, logged_in: LogIn) -> None:
    assert "finst ikkje på nynorsk" not in shown(logged_in(adult).get(PART))


STAFF = ["contact_person", "project_leader", "leader", "editor", "researcher", "user_group"]


@pytest.mark.parametrize("role", STAFF)
def test_staff_see_what_families_see_without_anything_to_write_in(
    role: str, edition: Edition, logged_in: LogIn, request: pytest.FixtureRequest
) -> None:
    client = logged_in(request.getfixturevalue(role))
    text = shown(client.get(PART))
    assert "Hva tenker du på nå?" in text
    assert "<textarea" not in text
    assert "/notat/" not in text
    assert "/provd/" not in text
    assert "/lest/" not in text
    assert client.get(MODULE).status_code == 200


@pytest.mark.parametrize("address", ["lest/", "t1/provd/", "r1/notat/"])
def test_staff_can_leave_no_trace_in_a_part(
    contact_person: User, logged_in: LogIn, address: str, edition: Edition
) -> None:
    assert logged_in(contact_person).post(PART + address, {"text": "x"}).status_code == 404
    assert not kinds()


def test_the_module_page_says_what_is_read_and_what_is_left(adult: Adult, logged_in: LogIn) -> None:
    client = logged_in(adult)
    client.post(f"{PART}lest/")
    page = client.get(MODULE)
    assert [part["is_read"] for part in page.context["parts"]] == [True, False, False]
    assert page.context["minutes_left"] == 6
    assert "Ca. 6 minutter igjen" in shown(page)


def test_the_mark_of_the_edition_stands_on_every_part(adult: Adult, logged_in: LogIn) -> None:
    Edition.objects.update(mark="Utkast – ikke faglig godkjent")
    client = logged_in(adult)
    assert "Utkast – ikke faglig godkjent" in shown(client.get(PART))
    assert "Utkast – ikke faglig godkjent" in shown(client.get(MODULE))
