"""On the day itself the evening comes first, for whoever takes part and for whoever leads it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.utils import timezone

from courses.days import tonight
from courses.models import Enrolment, WalkIn
from tests import evening_factories as around
from tests import factories as made
from tests.cms.test_min_side import evening, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from courses.models import Adult, Evening, Group, User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db
AT_FOUR = "2027-03-11T16:00:00+01:00"


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(AT_FOUR, tick=False) as moved:
        yield moved


@pytest.fixture
def tonights(clock: Any, group: Group) -> Evening:
    """Begins in two hours, at six."""
    row = evening(group, 1, days=0, place="Biblioteket", bring="Matpakke")
    row.starts_at = timezone.now() + timedelta(hours=2)
    row.save()
    return row


@pytest.mark.parametrize(
    ("hours", "words"), [(2, "i kveld"), (7.9, "i kveld"), (8, ""), (-1, "i dag"), (-17, ""), (24, "")]
)
def test_today_has_a_word_of_its_own_and_no_other_day_has(clock: Any, hours: float, words: str) -> None:
    assert tonight(timezone.now() + timedelta(hours=hours)) == words


def test_min_side_says_tonight_first_and_the_reading_stands_after_it(
    adult: Adult, tonights: Evening, logged_in: LogIn
) -> None:
    text = " ".join(logged_in(adult).get("/min/").content.decode().split())
    assert text.index("I kveld kl. 18.00") < text.index("Kveld 1: Modul 1 på nb") < text.index('id="neste"')
    assert "Biblioteket" in text
    assert "Matpakke" in text
    assert "9 minutter igjen før kurskvelden i kveld." in text
    assert text.count('<section class="next"') == 1
    assert "torsdag" not in text.partition("Modulene")[0]


def test_on_the_day_there_is_no_second_card_to_say_that_all_is_read(
    adult: Adult, tonights: Evening, logged_in: LogIn
) -> None:
    read(adult, 1, 1, 2, 3)
    read(adult, 2, 1, 2, 3)
    page = logged_in(adult).get("/min/")
    assert page.context["next_thing"] is None
    assert "I kveld kl. 18.00" in page.content.decode()


def test_an_evening_that_is_cancelled_is_promised_to_nobody(
    adult: Adult, contact_person: User, tonights: Evening, logged_in: LogIn, clock: Any
) -> None:
    evening(tonights.group, 2, days=7)
    tonights.cancelled_at = timezone.now()
    tonights.save()
    page = logged_in(adult).get("/min/")
    assert "i kveld" not in page.content.decode().lower()
    assert page.context["evening"]["number"] == 2
    assert "Kurskveld" not in logged_in(adult).get("/kurs/en-god-start/modul-1/").content.decode()
    clock.shift(timedelta(hours=20))
    page = logged_in(adult).get("/min/")
    assert "ikke ført" not in page.content.decode()
    assert "kan du ta igjen" not in page.context["completion_words"]
    assert logged_in(contact_person).get("/min/").context["tonight"] == []


def test_the_day_before_it_is_not_tonight(
    adult: Adult, tonights: Evening, logged_in: LogIn, clock: Any
) -> None:
    clock.shift(-timedelta(days=1))
    text = logged_in(adult).get("/min/").content.decode()
    assert "i kveld" not in text.lower()
    assert "Kurskveld 1, torsdag 18.00" in " ".join(text.split())


def test_contact_person_opens_tonight_from_the_first_card_and_afterwards_writes_its_log(
    contact_person: User, tonights: Evening, logged_in: LogIn, clock: Any
) -> None:
    evening(tonights.group, 2, days=3)
    page = logged_in(contact_person).get("/min/")
    [card] = page.context["tonight"]
    assert (card["url"], card["button"]) == (f"/kveld/{tonights.pk}/", "Åpne kvelden")
    text = page.content.decode()
    assert text.index("I kveld kl. 18.00") < text.index('<ul class="links">')
    assert f"/kveld/{tonights.pk}/" not in [url for _title, url, _text in page.context["links"]]
    assert any("Kurskveld i kveld kl. 18.00." in words for _title, _url, words in page.context["links"])
    clock.shift(timedelta(hours=7))
    [card] = logged_in(contact_person).get("/min/").context["tonight"]
    assert (card["url"], card["button"]) == (f"/kveld/{tonights.pk}/logg/", "Skriv loggen")
    around.EveningLogFactory(evening=tonights)
    assert logged_in(contact_person).get("/min/").context["tonight"] == []


def test_what_has_begun_or_is_over_is_not_told_as_if_it_were_to_come(
    adult: Adult, contact_person: User, tonights: Evening, logged_in: LogIn, clock: Any
) -> None:
    clock.shift(timedelta(hours=3))
    for person in (adult, contact_person):
        text = logged_in(person).get("/min/").content.decode()
        assert "I kveld, begynte kl. 18.00" in text
        assert "kl. 18.00." not in text
        assert "igjen før kurskvelden" not in text
    clock.shift(timedelta(hours=4))
    text = logged_in(contact_person).get("/min/").content.decode()
    ends = timezone.localtime(tonights.starts_at + timedelta(minutes=tonights.minutes))
    assert f"I kveld, ferdig kl. {ends:%H.%M}" in text
    assert "kl. 18.00" not in text


def test_an_evening_stays_on_the_first_page_until_all_are_marked_and_nobody_is_left_over(
    adult: Adult, contact_person: User, tonights: Evening, logged_in: LogIn, clock: Any
) -> None:
    clock.shift(timedelta(hours=7))
    walked_in = WalkIn.objects.create(evening=tonights, name="Grete")
    leads = logged_in(contact_person)
    [card] = leads.get("/min/").context["tonight"]
    assert card["lacking"] == "Én er ikke merket ennå. Én som kom innom, er ikke ført på lista."
    assert (card["button"], card["page"]) == ("Skriv loggen", f"/kveld/{tonights.pk}/")
    around.EveningLogFactory(evening=tonights)
    [card] = leads.get("/min/").context["tonight"]
    assert (card["url"], card["button"]) == (f"/kveld/{tonights.pk}/#oppmote", "Til oppmøtet")
    made.AttendanceFactory(adult=adult, evening=tonights, state="excused")
    [card] = leads.get("/min/").context["tonight"]
    assert card["lacking"] == "Én som kom innom, er ikke ført på lista."
    clock.shift(timedelta(days=3))
    leads = logged_in(contact_person)
    [link] = [row for row in leads.get("/min/").context["links"] if row[1].startswith("/kveld/")]
    assert link[:2] == ("Oppmøtet fra kveld 1", f"/kveld/{tonights.pk}/#oppmote")
    assert link[2].endswith("Én som kom innom, er ikke ført på lista.")
    walked_in.delete()
    assert not [row for row in leads.get("/min/").context["links"] if row[1].startswith("/kveld/")]


def test_nobody_is_asked_to_mark_whoever_has_a_pause_came_later_or_leads(
    adult: Adult, contact_person: User, tonights: Evening, logged_in: LogIn, clock: Any
) -> None:
    clock.shift(timedelta(hours=7))
    around.EveningLogFactory(evening=tonights)
    Enrolment.objects.filter(adult=adult).update(paused_on=timezone.localdate())
    late = timezone.localdate() + timedelta(days=1)
    made.EnrolmentFactory(group=tonights.group, starts_on=late)
    made.EnrolmentFactory(group=tonights.group, adult__user=contact_person)
    page = logged_in(contact_person).get("/min/")
    assert (page.context.get("tonight") or page.context["staff"]["tonight"]) == []


def test_evenings_to_come_stand_soonest_first_and_before_the_logs_that_wait(
    contact_person: User, group: Group, logged_in: LogIn, clock: Any
) -> None:
    held, near = evening(group, 1, days=-3), evening(group, 2, days=5)
    other = made.AssignmentFactory(group__edition=group.edition, user=contact_person).group
    other.municipalities.set(group.municipalities.all())
    nearer = evening(other, 1, days=2)
    urls = [url for _title, url, _text in logged_in(contact_person).get("/min/").context["links"]]
    wanted = [f"/kveld/{nearer.pk}/", f"/kveld/{near.pk}/", f"/kveld/{held.pk}/logg/"]
    assert [url for url in urls if url.startswith("/kveld/")] == wanted
