"""Closing turns sealed boxes into rows without a person: all of them, once, wherever it is interrupted."""

from __future__ import annotations

import random
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from courses.models import AuditEvent
from evaluation.answers import closing, kept_keys, sealing
from evaluation.answers.vectors import decode
from evaluation.models import (
    EveningVerdict,
    Occasion,
    PaperEnvelope,
    Participation,
    Response,
    SealedAnswer,
    TextAnswer,
)
from tests.crowds import adults, all_answer, answer, answers, asked, version_of
from tests.evaluation.eight_asked import at, group, people
from tests.factories import MunicipalityFactory, UserFactory
from tests.paired import homes_of, pairs_of
from tests.study_factories import (
    evening_wave,
    frozen_version,
    occasion,
    participation,
    statement,
    study,
    wave,
)

if TYPE_CHECKING:
    from courses.models import Adult, Group

__all__ = ["at", "group", "people"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


def test_all_that_was_sealed_comes_out_without_a_person(people: list[Adult], at: Occasion) -> None:
    chance = random.Random(3)
    given = [answers(chance) for _ in people]
    for adult, theirs in zip(people, given, strict=True):
        answer(adult, at, theirs)
    result = closing.close(at)
    assert (result.state, result.sealed, result.taken, result.left_out) == ("counted", 8, 8, 0)
    definition = version_of(at.wave).frozen
    out = [decode(definition, bytes(row.vector)) for row in Response.objects.all()]
    assert sorted(map(str, map(sorted, (o.items() for o in out)))) == sorted(
        map(str, map(sorted, (g.items() for g in given)))
    )
    row = Response.objects.all()[0]
    assert (row.study, row.wave, row.role, row.named) == (at.wave.study_id, "T0", "adult", None)
    assert row.edition == at.group.edition.version
    at.refresh_from_db()
    assert at.state == "counted"
    assert not SealedAnswer.objects.exists()
    at.refresh_from_db()
    assert kept_keys.is_let_go(at)


def test_rows_lie_by_drawn_ids_of_which_none_is_small(people: list[Adult], at: Occasion) -> None:
    all_answer(people, at)
    closing.close(at)
    ids = list(Response.objects.order_by().values_list("pk", flat=True))
    assert ids == sorted(ids)
    assert min(ids) > 2**40


def test_a_household_is_told_from_two_adults_and_a_group_from_another(
    people: list[Adult], at: Occasion
) -> None:
    all_answer(people, at)
    closing.close(at)
    rows = list(Response.objects.all())
    assert len(set(pairs_of(rows))) == 8
    assert len(set(homes_of(rows))) == 5
    assert len({row.cluster_id for row in rows}) == 1
    assert rows[0].cluster_id is not None


def test_who_has_not_answered_when_it_closes_has_missed_it(people: list[Adult], at: Occasion) -> None:
    all_answer(people[:6], at)
    Participation.objects.filter(user=people[6].user).update(state="declined")
    Participation.objects.filter(user=people[7].user).update(draft_key=b"k" * 32)
    closing.close(at)
    states = list(Participation.objects.order_by("state").values_list("state", flat=True))
    assert states == ["declined", *["done"] * 6, "missed"]
    assert not Participation.objects.exclude(draft_key=None).exists()


def test_closing_again_and_closing_what_is_counted_changes_nothing(people: list[Adult], at: Occasion) -> None:
    all_answer(people, at)
    first = closing.close(at)
    again = closing.close(at)
    assert again == first
    assert Response.objects.count() == 8


def test_an_occasion_nobody_was_asked_at_cannot_be_closed() -> None:
    with pytest.raises(closing.NotOpenedError):
        closing.close(occasion(wave=wave(), state="planned"))


def test_an_occasion_without_an_answer_is_counted_as_nobody(people: list[Adult], at: Occasion) -> None:
    result = closing.close(at)
    assert (result.state, result.sealed) == ("counted", 0)
    at.refresh_from_db()
    assert kept_keys.is_let_go(at)


def put(at: Occasion, content: dict[str, object]) -> None:
    sealing.put_box(at.pk, sealing.sealed_box(at, content))


def test_what_does_not_fit_the_questionnaire_is_left_out_and_counted(
    people: list[Adult], at: Occasion
) -> None:
    all_answer(people, at)
    version = version_of(at.wave).pk
    salt = "0" * 32
    for answers_sent, of in (({"t01": 9}, version), ({"t99": 1}, version), ({"t01": 1}, version + 1)):
        put(at, {"kind": "answers", "pair_salt": salt, "forms": [{"version": of, "answers": answers_sent}]})
    put(at, {"kind": "answers", "pair_salt": "zz", "forms": [{"version": version, "answers": {"t01": 1}}]})
    put(at, {"kind": "answers", "pair_salt": salt, "forms": []})
    put(at, {"kind": "answers", "forms": [{"version": version, "answers": {"t01": 1}}]})
    put(at, {"kind": "something"})
    put(at, {"forms": 3})
    put(at, {"kind": "paper", "envelope": 17, "forms": [{"version": version, "answers": {"t01": 1}}]})
    sealing.put_box(at.pk, b"not a box")
    result = closing.close(at)
    assert (result.sealed, result.taken, result.left_out) == (18, 8, 10)
    assert Response.objects.count() == 8


def test_whoever_withdrew_before_close_is_not_counted(people: list[Adult], at: Occasion) -> None:
    all_answer(people, at)
    sealing.withdraw(people[0].user, at.wave.study)
    result = closing.close(at)
    assert (result.sealed, result.taken, result.left_out) == (9, 7, 2)


def test_of_paper_and_digital_by_one_person_the_digital_is_kept(people: list[Adult], at: Occasion) -> None:
    code = sealing.make_envelope(user=people[0].user, occasion_id=at.pk)
    all_answer(people, at, random.Random(1))
    form = [(version_of(at.wave), {"t01": 1, "t02": 1, "t03": 1, "tall": 0})]
    sealing.submit_paper(occasion_id=at.pk, code=code, forms=form)
    result = closing.close(at)
    assert (result.sealed, result.taken, result.left_out) == (9, 8, 1)
    definition = version_of(at.wave).frozen
    out = [decode(definition, bytes(row.vector)) for row in Response.objects.all()]
    assert form[0][1] not in out


def test_paper_is_counted_with_its_person_who_then_has_answered(people: list[Adult], at: Occasion) -> None:
    code = sealing.make_envelope(user=people[0].user, occasion_id=at.pk)
    all_answer(people[1:], at)
    form = [(version_of(at.wave), {"t01": 1})]
    sealing.submit_paper(occasion_id=at.pk, code=code, forms=form)
    result = closing.close(at)
    assert (result.taken, result.left_out) == (8, 0)
    assert Participation.objects.get(user=people[0].user).state == "done"
    assert not PaperEnvelope.objects.exists()
    assert len(set(homes_of(Response.objects.all()))) == 5


def test_texts_stand_apart_and_without_names(people: list[Adult], at: Occasion) -> None:
    name = people[0].user.first_name
    for adult in people:
        answer(adult, at, {"t01": 3, "ord": f"{name.lower()}s mann var god mot {name}"})
    closing.close(at)
    texts = list(TextAnswer.objects.values_list("text", flat=True))
    assert texts == ["[navn] mann var god mot [navn]"] * 8
    assert {f.name for f in TextAnswer._meta.fields} == {
        "id",
        "study",
        "wave",
        "phase",
        "version",
        "item",
        "text",
    }


def test_a_municipality_is_told_only_when_the_rest_is_large_enough_too(group: Group) -> None:
    big, small = MunicipalityFactory(), MunicipalityFactory()
    people = adults(group, 6, families=4, municipality=big) + adults(group, 3, municipality=small)
    at = asked(people, wave=wave(), group=group)
    all_answer(people, at)
    closing.close(at)
    assert {row.bucket for row in Response.objects.all()} == {None}


def test_two_large_municipalities_are_both_told(group: Group) -> None:
    places = [MunicipalityFactory(), MunicipalityFactory()]
    people = [a for place in places for a in adults(group, 6, families=4, municipality=place)]
    at = asked(people, wave=wave(), group=group)
    all_answer(people, at)
    closing.close(at)
    assert {row.bucket for row in Response.objects.all()} == {place.pk for place in places}


def test_several_questionnaires_of_one_person_keep_one_pair(people: list[Adult], group: Group) -> None:
    versions = [frozen_version([statement("a1")]), frozen_version([statement("b1")])]
    at = asked(people, wave=wave(versions=versions), group=group)
    for adult in people:
        forms = [(versions[0], {"a1": 2}), (versions[1], {"b1": 4})]
        sealing.submit(user=adult.user, occasion_id=at.pk, forms=forms)
    result = closing.close(at)
    assert (result.taken, Response.objects.count()) == (8, 16)
    assert len(set(pairs_of(Response.objects.all()))) == 8


def test_signed_forms_of_staff_keep_their_name_and_have_no_limit() -> None:
    user = UserFactory()
    at = occasion(wave=wave(audience="contact-person", identity="named"))
    participation(at, user)
    sealing.submit(user=user, occasion_id=at.pk, forms=[(version_of(at.wave), {"t01": 2})])
    result = closing.close(at)
    row = Response.objects.get()
    assert (result.state, row.named, row.pair_id, row.cluster_id) == ("counted", user.pk, None, None)


def test_an_evening_form_is_counted_with_its_module_and_no_pair() -> None:
    at = occasion(wave=evening_wave())
    for _ in range(8):
        sealing.submit_anonymous(occasion=at, forms=[(version_of(at.wave), {"t01": 5})], limit=30)
    assert closing.close(at).state == "counted"
    row = Response.objects.all()[0]
    assert (row.module, row.pair_id, row.household_id) == (at.evening.module.slug, None, None)
    assert EveningVerdict.objects.get(occasion=at).snapshot["n"] == "8–11"


def test_four_hundred_answers_to_sixty_items_are_counted_without_a_query_each(
    group: Group, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    long = frozen_version([statement(f"t{n:02}") for n in range(60)])
    at = occasion(wave=wave(versions=[long]), group=group)
    chance = random.Random(4)
    for _ in range(400):
        given = {f"t{n:02}": chance.randint(1, 5) for n in range(60)}
        who = {"pair_salt": chance.randbytes(16).hex(), "household_salt": chance.randbytes(16).hex()}
        put(at, {"kind": "answers", "forms": [{"version": long.pk, "answers": given}]} | who)
    batch = [at]
    closing.shut(at)
    with django_assert_max_num_queries(40):
        result = closing._count(batch)
    assert result is not None
    assert Response.objects.count() == 400


def test_each_use_of_a_key_is_one_line_a_day_about_nobody(people: list[Adult], at: Occasion) -> None:
    all_answer(people, at)
    closing.close(at)
    used = AuditEvent.objects.filter(action="key-used")
    assert {(each.about, each.actor) for each in used} == {(None, None)}
    assert used.filter(detail__contains=f"måletidspunkt {at.pk}").count() == 1


def test_the_command_tells_what_came_of_it(people: list[Adult], at: Occasion) -> None:
    all_answer(people, at)
    said = StringIO()
    call_command("close", at.pk, stdout=said)
    assert "8 forseglet, 8 talt med, 0 holdt utenfor" in said.getvalue()


@pytest.mark.parametrize("arguments", [[], ["--due", "3"], ["999999"]])
def test_the_command_refuses_what_is_not_an_occasion(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("close", *arguments)


def test_another_study_of_the_same_people_is_not_mixed_in(
    people: list[Adult], at: Occasion, group: Group
) -> None:
    other = asked(people, wave=wave(study(), code="T0"), group=group)
    all_answer(people, at)
    all_answer(people, other)
    closing.close(at)
    assert {row.study for row in Response.objects.all()} == {at.wave.study_id}
    assert SealedAnswer.objects.filter(occasion=other).count() == 8
