"""The answers database has no place where a person, a time or an order could stand."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from django.apps import apps
from django.db import connections, models

from evaluation.answers import closing
from evaluation.models import ClosingBatch, Participation, Response, SealedAnswer, TextAnswer
from tests.crowds import adults, answer, answers, asked
from tests.factories import GroupFactory
from tests.study_factories import wave

if TYPE_CHECKING:
    from courses.models import Adult

pytestmark = pytest.mark.django_db(databases=["default", "answers"])
OF_ANSWERS = (ClosingBatch, Response, TextAnswer)
# what stands in both on purpose, of a whole wave or a municipality and never of a person
SHARED = {
    "response.study", "response.wave", "response.phase", "response.edition", "response.role",
    "response.version", "response.bucket", "response.module", "response.vector", "closingbatch.id",
    "closingbatch.sealed", "closingbatch.taken", "closingbatch.left_out", "textanswer.study",
    "textanswer.wave", "textanswer.phase", "textanswer.version", "textanswer.item", "textanswer.text",
}  # fmt: skip


def counted() -> list[Adult]:
    group = GroupFactory()
    people = adults(group, 12, families=7)
    at = asked(people, wave=wave(), group=group)
    for number, adult in enumerate(people):
        answer(adult, at, answers(random.Random(number), f"kanarifugl {number}"))
    closing.close(at)
    return people


def test_no_column_of_the_answers_holds_a_time_or_points_to_another_table() -> None:
    connection = connections["answers"]
    ours = {model._meta.db_table for model in OF_ANSWERS}
    with connection.cursor() as cursor:
        tables = {table.name for table in connection.introspection.get_table_list(cursor)}
        assert tables - {"django_migrations", "sqlite_sequence"} == ours
        for table in ours:
            kinds = {
                connection.introspection.get_field_type(column.type_code, column)
                for column in connection.introspection.get_table_description(cursor, table)
            }
            assert not kinds & {"DateField", "DateTimeField", "TimeField", "DurationField", "UUIDField"}
            assert not connection.introspection.get_relations(cursor, table)


def test_whether_somebody_answered_and_what_waits_have_no_time_either() -> None:
    for model in (Participation, SealedAnswer):
        assert not [f.name for f in model._meta.fields if isinstance(f, models.DateField | models.TimeField)]


def test_nothing_is_equal_in_both_databases_but_what_is_of_a_whole_wave() -> None:
    """Every column of the answers against every column of the people, by their values."""
    counted()
    people = {
        value: f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model not in OF_ANSWERS
        for field in model._meta.concrete_fields
        for value in map(_plain, model._base_manager.values_list(field.attname, flat=True))
        if value is not None
    }
    equal = {}
    for model in OF_ANSWERS:
        for field in model._meta.concrete_fields:
            name = f"{model._meta.model_name}.{field.name}"
            for value in map(_plain, model._base_manager.values_list(field.attname, flat=True)):
                if name not in SHARED and value in people:
                    equal[name] = people[value]
    assert equal == {}


def _plain(value: object) -> object:
    if isinstance(value, memoryview | bytes):
        return bytes(value).hex()
    return str(value) if value not in (None, "", True, False) else None


def test_ids_are_spread_evenly_over_all_there_are() -> None:
    """The largest gap to an even spread (Kolmogorov–Smirnov); 1 % of honest runs exceed 1.63/√n."""
    from evaluation.answers.sealing import LARGEST_ID, drawn_id

    drawn = sorted(drawn_id() / LARGEST_ID for _ in range(4_000))
    gap = max(max(abs(x - n / 4_000), abs(x - (n + 1) / 4_000)) for n, x in enumerate(drawn))
    assert gap < 2.2 / 4_000**0.5  # one in ten thousand
    assert drawn[0] > 0
    assert drawn[-1] <= 1


def test_rows_lie_in_the_order_of_their_ids_and_texts_in_another() -> None:
    counted()
    for model in (Response, TextAnswer):
        table = model._meta.db_table
        with connections["answers"].cursor() as cursor:
            cursor.execute(f'SELECT id FROM "{table}"')  # noqa: S608 - as they lie
            lying = [row[0] for row in cursor.fetchall()]
        assert lying == sorted(lying)
        assert len(lying) == 12
    assert not {f.name for f in TextAnswer._meta.fields} & {"response", "pair_id", "household_id", "bucket"}


def test_a_night_shows_no_new_answer_or_a_whole_batch() -> None:
    group = GroupFactory()
    people = adults(group, 6, families=5)
    at = asked(people, wave=wave(), group=group)
    nights = []
    for number, adult in enumerate(people):
        answer(adult, at, answers(random.Random(number)))
        nights.append(Response.objects.count())
    closing.close(at)
    nights.append(Response.objects.count())
    assert nights == [0, 0, 0, 0, 0, 0, 6]


def test_no_two_rows_of_a_person_or_a_home_have_anything_alike_that_others_have_not() -> None:
    """Who answered once, or shares a home, is known by name in the people database."""
    counted()
    rows = Response.objects.all()
    for veils in (rows.values_list(name, flat=True) for name in ("pair_id", "household_id")):
        assert len(set(map(bytes, veils))) == rows.count() == 12
