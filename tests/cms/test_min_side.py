"""Min side: the one next thing, the evening, the modules in words, and what others see."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.utils import timezone

from courses.models import Adult, Attendance, Group, User
from courses.notes import write_note
from tests import factories as made

if TYPE_CHECKING:
    from courses.models import Edition, Evening
    from tests.people import LogIn

pytestmark = pytest.mark.django_db


def evening(group: Group, module: int, days: int, **more: Any) -> Evening:
    """The evening of a module, so many days from now."""
    return made.EveningFactory(
        group=group,
        module=group.edition.programme.modules.get(number=module),
        starts_at=timezone.now() + timedelta(days=days),
        **more,
    )


def read(adult: Adult, module: int, *parts: int) -> None:
    for part in adult.enrolments.get().group.edition.parts.filter(module__number=module, position__in=parts):
        made.ReadingEventFactory(adult=adult, part=part)


def attend(adult: Adult, held: Evening, state: str) -> None:
    made.AttendanceFactory(adult=adult, evening=held, state=state)


def states(page: Any) -> list[str]:
    return [module["state_words"] for module in page.context["modules"]]


def test_the_first_visit_says_where_to_begin(adult: Adult, group: Group, logged_in: LogIn) -> None:
    evening(group, 1, days=3, place="Biblioteket", bring="Matpakke")
    page = logged_in(adult).get("/min/")
    following = page.context["next_thing"]
    assert following["url"] == "/kurs/en-god-start/modul-1/del-1/"
    assert following["button"] == "Begynn å lese"
    assert following["text"].startswith("9 minutter igjen før kvelden på ")
    assert page.context["evening"]["place"] == "Biblioteket"
    assert "Hei, Berit" in page.content.decode()
    assert "Matpakke" in page.content.decode()


def test_whoever_has_read_nothing_begins_at_the_beginning_however_far_the_group_has_come(
    adult: Adult, group: Group, logged_in: LogIn
) -> None:
    evening(group, 1, days=-7)
    evening(group, 2, days=3)
    page = logged_in(adult).get("/min/")
    assert page.context["next_thing"]["url"] == "/kurs/en-god-start/modul-1/del-1/"
    assert page.context["next_thing"]["kicker"] == "Velkommen. Begynn her"
    assert "Så langt" not in page.context["completion_words"]


def test_the_next_part_comes_next_and_what_is_left_is_said_in_minutes(
    adult: Adult, group: Group, logged_in: LogIn
) -> None:
    evening(group, 1, days=3)
    read(adult, 1, 1, 2)
    following = logged_in(adult).get("/min/").context["next_thing"]
    assert following["url"].endswith("/del-3/")
    assert following["text"].startswith("3 minutter igjen")
    assert following["button"] == "Les videre"


def test_what_comes_before_the_next_evening_comes_before_what_was_begun(
    adult: Adult, group: Group, logged_in: LogIn
) -> None:
    evening(group, 1, days=-7)
    evening(group, 2, days=3)
    read(adult, 1, 1)
    assert "/modul-2/" in logged_in(adult).get("/min/").context["next_thing"]["url"]


def test_a_module_that_is_not_open_is_not_the_next_thing(
    adult: Adult, group: Group, logged_in: LogIn
) -> None:
    evening(group, 1, days=3)
    evening(group, 2, days=20)
    read(adult, 1, 1, 2, 3)
    page = logged_in(adult).get("/min/")
    assert page.context["next_thing"]["title"] == "Vi sees på kurskvelden"
    assert states(page)[1].startswith("Åpner ")
    assert states(page)[1].endswith(", eller når du vil")


def test_whoever_is_through_it_all_is_thanked(adult: Adult, group: Group, logged_in: LogIn) -> None:
    group.edition.programme.evenings_required = 2
    group.edition.programme.save()
    for module in (1, 2):
        attend(adult, evening(group, module, days=-7 * module), "present")
        read(adult, module, 1, 2, 3)
    page = logged_in(adult).get("/min/")
    assert page.context["next_thing"]["title"] == "Du er gjennom hele kurset"
    assert page.context["evening"] is None


@pytest.mark.parametrize(
    ("parts", "state", "words"),
    [
        ((), "unknown", "Åpen · ca. 9 min"),
        ((1,), "unknown", "1 av 3 deler · ca. 6 min igjen"),
        ((1,), "present", "1 av 3 deler · ca. 6 min igjen · du var der"),
        ((1, 2, 3), "unknown", "Lest"),
        ((1, 2, 3), "present", "Lest, du var der"),
        ((1, 2, 3), "made-up", "Lest, kvelden tok du igjen"),
        ((), "partly", "Du var der en del av kvelden"),
        ((1, 2, 3), "absent", "Lest"),
        ((), "absent", "Åpen · ca. 9 min"),
        ((1, 2, 3), "excused", "Lest"),
    ],
)
def test_a_modules_state_says_what_is_and_never_what_is_lacking(
    adult: Adult, group: Group, logged_in: LogIn, parts: tuple[int, ...], state: str, words: str
) -> None:
    attend(adult, evening(group, 1, days=-3), state)
    read(adult, 1, *parts)
    assert states(logged_in(adult).get("/min/"))[0] == words


def test_made_up_evenings_are_counted_and_shown_apart(adult: Adult, group: Group, logged_in: LogIn) -> None:
    attend(adult, evening(group, 1, days=-8), "present")
    attend(adult, evening(group, 2, days=-1), "made-up")
    words = logged_in(adult).get("/min/").context["completion_words"]
    assert "Så langt: 2 kvelder" in words
    assert "1 av dem tok du igjen" in words


def test_the_evening_is_shown_until_it_is_over(adult: Adult, group: Group, logged_in: LogIn) -> None:
    held = evening(group, 1, days=3, minutes=120)
    client = logged_in(adult)
    # the session was made today: only the clock of the page is moved
    with time_machine.travel(held.starts_at + timedelta(minutes=119), tick=False):
        assert logged_in(adult).get("/min/").context["evening"]["number"] == 1
    with time_machine.travel(held.starts_at + timedelta(minutes=121), tick=False):
        assert logged_in(adult).get("/min/").context["evening"] is None
    assert client.get("/min/").context["evening"]["number"] == 1


def test_the_family_is_named_and_no_other_family_is(
    adult: Adult, other_adult: Adult, neighbour: Adult, logged_in: LogIn
) -> None:
    page = logged_in(adult).get("/min/")
    assert page.context["family_names"] == ["Jan"]
    assert neighbour.user.first_name not in page.content.decode()


def test_who_leads_the_group_now_is_whom_to_ask(
    adult: Adult, group: Group, contact_person: User, logged_in: LogIn
) -> None:
    User.objects.filter(pk=contact_person.pk).update(first_name="Ingrid", mobile="+4740000001")
    yesterday = timezone.localdate() - timedelta(days=1)
    made.AssignmentFactory(group=group, user__first_name="Borte", starts_on=yesterday, ends_on=yesterday)
    made.AssignmentFactory(group=group, user__first_name="Uten rolle")
    elsewhere = made.RoleFactory(kind="contact-person", user__first_name="Annensteds").user
    made.AssignmentFactory(group=group, user=elsewhere)
    page = logged_in(adult).get("/min/").content.decode()
    assert "Ingrid" in page
    assert "Uten rolle" not in page
    assert "Annensteds" not in page
    assert "400 00 001" in page
    assert "Borte" not in page


def test_what_the_contact_person_sees_is_shown_with_todays_values(
    adult: Adult, group: Group, logged_in: LogIn
) -> None:
    attend(adult, evening(group, 1, days=-3), "present")
    read(adult, 1, 1, 2, 3)
    read(adult, 2, 1)
    seen = dict(logged_in(adult).get("/min/").context["seen_by_contact_person"])
    assert seen["Navn"] == "Berit"
    assert seen["E-post eller mobil"] == adult.user.email
    assert seen["Kvelder du var med på"] == "Modul 1 på nb"
    assert seen["Lesing, modul for modul"] == "1: lest, 2: i gang"


def test_a_shielded_adult_sees_that_only_her_alias_is_seen(adult: Adult, logged_in: LogIn) -> None:
    adult.family.shielded = True
    adult.family.save()
    Adult.objects.filter(pk=adult.pk).update(alias="Kari")
    seen = dict(logged_in(adult).get("/min/").context["seen_by_contact_person"])
    assert seen["Navn"] == "Kari"
    assert seen["E-post eller mobil"] == "vises ikke for kontaktpersonen"
    assert adult.user.email not in str(seen)
    assert "Skjerming" in seen


def test_the_passkey_is_offered_until_it_is_declined(adult: Adult, logged_in: LogIn) -> None:
    client = logged_in(adult)
    assert client.get("/min/").context["offer_passkey"]
    client.post("/min/passnokkel/nei/")
    assert not client.get("/min/").context["offer_passkey"]


def test_who_has_left_the_course_keeps_her_parts_and_her_notes_and_nothing_of_the_group(
    adult: Adult, group: Group, contact_person: User, logged_in: LogIn
) -> None:
    evening(group, 1, days=3, place="Biblioteket")
    module = group.edition.programme.modules.get(number=1)
    write_note(adult=adult, module=module, part_key="del-1", block="r1", text="Et notat.")
    User.objects.filter(pk=contact_person.pk).update(first_name="Ingrid")
    yesterday = timezone.localdate() - timedelta(days=1)
    adult.enrolments.update(starts_on=yesterday, ends_on=yesterday)
    client = logged_in(adult)
    page = client.get("/min/")
    words = page.content.decode()
    assert page.context["next_thing"]["title"] == "Du er ikke lenger med i gruppa"
    assert "Modul 1 på nb" in words
    assert page.context["evening"] is None
    assert not {word for word in ("Biblioteket", "Ingrid", group.name, "Dette ser") if word in words}
    assert client.get(page.context["next_thing"]["url"]).status_code == 200
    part = client.get("/kurs/en-god-start/modul-1/del-1/").content.decode()
    assert "Et notat." in part
    assert "Biblioteket" not in client.get("/kurs/en-god-start/modul-1/").content.decode()


def test_staff_who_take_a_course_find_their_own_pages_as_well(
    adult: Adult, project_leader: User, logged_in: LogIn
) -> None:
    page = logged_in(adult).get("/min/")
    assert page.context["staff"] is None
    trainee = made.EnrolmentFactory(
        group=adult.enrolments.get().group, adult__family=None, adult__seat=None, adult__user=project_leader
    ).adult
    words = logged_in(trainee).get("/min/").content.decode()
    assert "Rollen din: prosjektleder" in words
    assert 'href="/prosjekt/"' in words
    assert 'href="/cms/"' in words


def test_whoever_is_nothing_here_is_told_what_to_do(edition: Edition, logged_in: LogIn) -> None:
    page = logged_in(made.UserFactory()).get("/min/")
    assert page.status_code == 200
    assert "Du er ikke med i noe kurs nå." in page.content.decode()
    assert "/kurs/" not in page.content.decode()


def test_an_adult_without_a_group_is_told_what_to_do(edition: Edition, logged_in: LogIn) -> None:
    page = logged_in(made.AdultFactory()).get("/min/").content.decode()
    assert "Du er ikke med i noe kurs nå." in page
    assert "/kurs/" not in page


def test_not_marked_is_never_shown_as_absent(adult: Adult, group: Group, logged_in: LogIn) -> None:
    attend(adult, evening(group, 1, days=-3), Attendance.State.UNKNOWN)
    page = logged_in(adult).get("/min/").content.decode()
    assert "ikke til stede" not in page.lower()
    assert "ikke merket" not in page.lower()
