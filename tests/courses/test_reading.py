"""Who reads which edition, which words they get, and what a tap leaves behind."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.utils import timezone, translation

from courses import reading
from courses.course import course_of
from courses.editions import words_of
from courses.local import local_facts
from courses.models import Adult, Edition, Enrolment, Group, PartText, ReadingEvent
from tests import factories as made
from tests.editions import SEGMENTS, make_edition

if TYPE_CHECKING:
    from collections.abc import Callable

    from courses.models import EditionPart, Municipality, User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db


def part_of(edition: Edition, number: int = 1, module: int = 1) -> EditionPart:
    return edition.parts.get(position=number, module__number=module)


def tap(adult: Adult, part: EditionPart, kind: str = "read", block: str = "") -> bool:
    return reading.record(
        adult=adult, part=part.pk, kind=kind, revision=1, client_id=uuid.uuid4(), block=block
    )


def move(adult: Adult, to: Group) -> Enrolment:
    """The adult goes over to another group today."""
    adult.enrolments.update(
        starts_on=timezone.localdate() - timedelta(days=30), ends_on=timezone.localdate() - timedelta(days=1)
    )
    return made.EnrolmentFactory(adult=adult, group=to)


def progress_of(adult: Adult, language: str = "nb") -> dict[int, frozenset[str]]:
    reader = reading.reader_of(adult.user, "en-god-start")
    return {view.progress.number: view.progress.read for view in course_of(reader, language)[0]}


def test_an_adult_reads_the_edition_of_her_group(adult: Adult, edition: Edition) -> None:
    make_edition(programme=edition.programme, version="1.1")
    assert reading.reader_of(adult.user, "en-god-start").edition == edition


def test_staff_read_the_newest_edition_or_the_one_they_ask_for(
    contact_person: object, edition: Edition
) -> None:
    newer = make_edition(programme=edition.programme, version="1.1")
    assert reading.reader_of(contact_person, "en-god-start").edition == newer
    assert reading.reader_of(contact_person, "en-god-start", version="1.0").edition == edition
    assert reading.reader_of(contact_person, "en-god-start").adult is None


@pytest.mark.parametrize("version", ["\x00", "9.9", "1.0\n", "x" * 300, "١.٠"])
def test_an_edition_that_is_not_there_is_a_404(
    contact_person: User, edition: Edition, logged_in: LogIn, version: str
) -> None:
    address = f"/kurs/{edition.programme.slug}/modul-1/"
    assert logged_in(contact_person).get(address, {"utgave": version}).status_code == 404


def test_an_adult_cannot_ask_for_another_edition(adult: Adult, edition: Edition) -> None:
    make_edition(programme=edition.programme, version="1.1")
    assert reading.reader_of(adult.user, "en-god-start", version="1.1").edition == edition


def test_whoever_has_no_enrolment_and_no_role_reads_nothing(edition: Edition) -> None:
    for user in (made.AdultFactory().user, made.UserFactory(), AnonymousUser()):
        with pytest.raises(Http404):
            reading.reader_of(user, "en-god-start")


def left(adult: Adult, days: int = 1) -> None:
    """Her part in the group ended so many days ago."""
    day = timezone.localdate() - timedelta(days=days)
    adult.enrolments.update(starts_on=day, ends_on=day)


def test_who_has_left_still_reads_her_parts_but_meets_no_evening(adult: Adult, group: Group) -> None:
    assert not reading.reader_of(adult.user, "en-god-start").has_left
    evening = made.EveningFactory(group=group, module=group.edition.programme.modules.get(number=1))
    made.AttendanceFactory(adult=adult, evening=evening, state="present")
    left(adult)
    reader = reading.reader_of(adult.user, "en-god-start")
    views, _course = course_of(reader, "nb")
    assert reader.has_left
    assert [view.evening for view in views] == [None, None]
    assert views[0].progress.attendance == "present"
    assert reading.evening_of(reader, views[0].words) is None


def test_a_group_one_is_in_comes_before_newer_ones_one_has_left(adult: Adult, edition: Edition) -> None:
    today = timezone.localdate()
    adult.enrolments.update(starts_on=today - timedelta(days=30))
    newer = make_edition(programme=edition.programme, version="1.1")
    yesterday = today - timedelta(days=1)
    made.EnrolmentFactory(adult=adult, group__edition=newer, starts_on=yesterday, ends_on=yesterday)
    assert reading.reader_of(adult.user).edition == edition
    adult.enrolments.filter(ends_on=None).update(ends_on=today - timedelta(days=10))
    assert reading.reader_of(adult.user).edition == newer


def test_an_enrolment_that_begins_tomorrow_reads_nothing(adult: Adult) -> None:
    adult.enrolments.update(starts_on=timezone.localdate() + timedelta(days=1))
    with pytest.raises(Http404):
        reading.reader_of(adult.user, "en-god-start")


def test_staff_who_took_the_course_once_may_ask_for_another_edition(adult: Adult, edition: Edition) -> None:
    left(adult)
    newer = make_edition(programme=edition.programme, version="1.1")
    assert reading.reader_of(adult.user, "en-god-start", version="1.1").edition == edition
    made.RoleFactory(user=adult.user, kind="project-leader", municipality=None)
    user = type(adult.user).objects.get(pk=adult.user_id)
    assert reading.reader_of(user, "en-god-start").edition == edition
    assert reading.reader_of(user, "en-god-start", version="1.1").edition == newer


def test_the_newest_of_two_groups_is_the_one_that_is_read(adult: Adult, edition: Edition) -> None:
    newer = make_edition(programme=edition.programme, version="1.1")
    made.EnrolmentFactory(adult=adult, group__edition=newer)
    assert reading.reader_of(adult.user, "en-god-start").edition == newer


def test_a_module_opened_early_in_one_programme_is_not_open_in_another(
    adult: Adult, group: Group, logged_in: LogIn
) -> None:
    other = make_edition(programme__slug="kurs-to")
    made.EarlyOpeningFactory(adult=adult, module=other.programme.modules.get(number=1))
    far_ahead = timezone.now() + timedelta(days=30)
    module = group.edition.programme.modules.get(number=1)
    made.EveningFactory(group=group, module=module, starts_at=far_ahead)
    assert logged_in(adult).get("/kurs/en-god-start/modul-1/del-1/").status_code == 302


def test_a_text_without_words_in_nynorsk_is_read_in_bokmal(edition: Edition) -> None:
    PartText.objects.filter(language="nn", part__position=1).update(segments=[], words=0, title="Del ein")
    PartText.objects.filter(language="nn", part__position=2).delete()
    first, second, third = words_of(edition, "nn")["modul-1"].parts
    assert (first.title, first.title_language, first.language) == ("Del ein", "nn", "nb")
    assert first.segments == SEGMENTS
    assert (second.title, second.language) == ("Del 2 på nb", "nb")
    assert (third.title, third.language) == ("Del 3 på nn", "nn")


def test_the_words_of_an_edition_are_fetched_once(
    edition: Edition, django_assert_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_num_queries(2):
        first = words_of(edition, "nb")
    with django_assert_num_queries(0):
        assert words_of(edition, "nb") is first
    with django_assert_num_queries(2):
        assert words_of(edition, "nn") is not first


def test_a_corrected_wording_is_fetched_anew(edition: Edition) -> None:
    words_of(edition, "nb")
    PartText.objects.update(title="Rettet")
    Edition.objects.update(wording=1)
    edition.refresh_from_db()
    assert words_of(edition, "nb")["modul-1"].parts[0].title == "Rettet"


def test_a_tap_sent_twice_is_stored_once(adult: Adult, edition: Edition) -> None:
    client_id, part = uuid.uuid4(), part_of(edition).pk
    tapped = [
        reading.record(adult=adult, part=part, kind="read", revision=1, client_id=client_id) for _ in range(2)
    ]
    assert tapped == [True, False]
    assert ReadingEvent.objects.count() == 1


def test_two_different_taps_from_one_page_are_both_stored(adult: Adult, edition: Edition) -> None:
    """Back in the browser shows the old page with its old id."""
    client_id, part = uuid.uuid4(), part_of(edition).pk
    for kind, block in (("tried", "t1"), ("read", "")):
        reading.record(adult=adult, part=part, kind=kind, revision=1, client_id=client_id, block=block)
    assert reading.standing_events(adult)["read"]
    assert reading.standing_events(adult)["tried"]


def test_a_tap_with_somebody_elses_id_is_stored_all_the_same(
    adult: Adult, other_adult: Adult, edition: Edition
) -> None:
    client_id, part = uuid.uuid4(), part_of(edition).pk
    for person in (adult, other_adult):
        reading.record(adult=person, part=part, kind="read", revision=1, client_id=client_id)
    assert progress_of(other_adult)[1] == progress_of(adult)[1] == {"del-1"}


def test_an_undone_reading_is_kept_as_two_events(adult: Adult, edition: Edition) -> None:
    tap(adult, part_of(edition))
    tap(adult, part_of(edition), "unread")
    assert progress_of(adult)[1] == frozenset()
    assert ReadingEvent.objects.count() == 2


def test_a_change_of_group_and_edition_keeps_what_was_read(adult: Adult, edition: Edition) -> None:
    tap(adult, part_of(edition, 1))
    tap(adult, part_of(edition, 3))
    newer = make_edition(programme=edition.programme, version="1.1", parts=2)
    move(adult, made.GroupFactory(edition=newer))
    assert progress_of(adult)[1] == {"del-1"}  # the third part is not in 1.1
    tap(adult, newer.parts.get(key="del-2", module__number=1))
    assert progress_of(adult)[1] == {"del-1", "del-2"}


@pytest.mark.parametrize("old_first", [True, False])
def test_a_change_of_group_keeps_the_evenings_she_was_at(adult: Adult, group: Group, old_first: bool) -> None:
    module = group.edition.programme.modules.get(number=1)
    new = made.GroupFactory(edition=group.edition)
    marks = [(group, "present"), (new, "unknown")]
    for there, state in marks if old_first else reversed(marks):
        evening = made.EveningFactory(group=there, module=module)
        made.AttendanceFactory(adult=adult, evening=evening, state=state)
    move(adult, new)
    course = course_of(reading.reader_of(adult.user, "en-god-start"), "nb")[1]
    assert course.modules[0].attendance == "present"


def test_what_one_adult_has_read_is_not_read_by_the_other(
    adult: Adult, other_adult: Adult, edition: Edition
) -> None:
    tap(adult, part_of(edition))
    assert progress_of(other_adult)[1] == frozenset()


def test_the_day_a_module_opens_is_a_day_in_oslo(adult: Adult, group: Group, logged_in: LogIn) -> None:
    opens = timezone.localdate() + timedelta(days=1)
    just_after_midnight = timezone.localtime().replace(hour=0, minute=30) + timedelta(days=8)
    module = group.edition.programme.modules.get(number=1)
    made.EveningFactory(group=group, module=module, starts_at=just_after_midnight)
    assert logged_in(adult).get("/kurs/en-god-start/modul-1/").context["opens_on"] == opens
    views = course_of(reading.reader_of(adult.user, "en-god-start"), "nb")[0]
    assert views[0].progress.opens_on(7) == opens


def test_a_local_fact_is_the_readers_own_municipalitys(adult: Adult, other_municipality: object) -> None:
    own = adult.family.municipality
    made.HelpNumberFactory(municipality=own, number="+47 400 00 001", label_nn="Barnevernsvakta")
    made.HelpNumberFactory(municipality=other_municipality, number="400 00 002")
    made.FactFactory(key="kontaktperson", municipality=own, text="Ring rådhuset.")
    found = local_facts(["barnevernvakt", "kontaktperson", "vakttelefon"], own.pk)
    assert [(fact["label"], fact["tel"]) for fact in found["barnevernvakt"]] == [
        ("Barnevernvakta", "+4740000001")
    ]
    assert [fact["label"] for fact in found["kontaktperson"]] == ["Ring rådhuset."]
    assert "vakttelefon" not in found
    assert local_facts(["barnevernvakt"], None) == local_facts([], own.pk) == {}
    with translation.override("nn"):
        assert local_facts(["barnevernvakt"], own.pk)["barnevernvakt"][0]["label"] == "Barnevernsvakta"


def test_a_number_is_preferred_to_a_note(municipality: Municipality) -> None:
    made.FactFactory(key="barnevernvakt", municipality=municipality)
    number = made.HelpNumberFactory(municipality=municipality)
    assert [fact["number"] for fact in local_facts(["barnevernvakt"], municipality.pk)["barnevernvakt"]] == [
        number.number
    ]


@pytest.mark.parametrize("example", [True, False])
def test_an_invented_number_in_a_text_is_marked_as_an_example(
    municipality: Municipality, example: bool
) -> None:
    made.HelpNumberFactory(municipality=municipality, is_example=example)
    [fact] = local_facts(["barnevernvakt"], municipality.pk)["barnevernvakt"]
    assert fact["example"] is example
