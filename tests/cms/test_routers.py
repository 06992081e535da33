"""Answers and people live in two databases; no table and no row of one is in the other."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connections, models

from cms.routers import ANSWERS_MODULE, AnswersRouter
from courses.models import Adult

router = AnswersRouter()
BOOKKEEPING = {"django_migrations"}


class StandIn:
    """A model as the router sees one: its module decides."""


class AnswerStandIn:
    pass


AnswerStandIn.__module__ = ANSWERS_MODULE


def tables(alias: str) -> set[str]:
    return set(connections[alias].introspection.table_names())


def tables_of(*, answers: bool) -> set[str]:
    found = apps.get_models(include_auto_created=True)
    return {
        model._meta.db_table
        for model in found
        if model._meta.managed and (model.__module__ == ANSWERS_MODULE) is answers
    }


@pytest.mark.django_db(databases=["default", "answers"])
def test_answers_database_holds_no_table_of_people() -> None:
    assert tables("answers") - BOOKKEEPING == tables_of(answers=True)


@pytest.mark.django_db(databases=["default", "answers"])
def test_people_database_holds_every_other_table_and_no_answers() -> None:
    there = tables("default")
    assert {"courses_adult", "courses_family", "wagtailcore_page", "django_session"} <= there
    assert tables_of(answers=False) <= there
    assert not there & tables_of(answers=True)


@pytest.mark.parametrize(
    ("model", "home"), [(Adult, "default"), (AnswerStandIn, "answers"), (StandIn, "default")]
)
def test_every_model_is_read_written_and_migrated_in_one_database(model: type, home: str) -> None:
    assert router.db_for_read(model) == router.db_for_write(model) == home
    for alias in ("default", "answers"):
        allowed = router.allow_migrate(alias, "evaluation", "anything", model=model)
        assert allowed is (alias == home)


def test_model_of_a_migration_is_known_by_its_name() -> None:
    assert router.allow_migrate("default", "courses", "adult") is True
    assert router.allow_migrate("answers", "courses", "adult") is False


def test_model_that_is_gone_never_reaches_the_answers_database() -> None:
    assert router.allow_migrate("answers", "courses", "gone") is False
    assert router.allow_migrate("default", "courses", "gone") is True


def test_operation_without_a_model_never_runs_in_the_answers_database() -> None:
    assert router.allow_migrate("answers", "cms") is False
    assert router.allow_migrate("default", "cms") is True


def test_no_row_points_across() -> None:
    person, answer = Adult(), AnswerStandIn()
    assert router.allow_relation(person, Adult()) is True
    assert router.allow_relation(person, answer) is False  # type: ignore[arg-type]
    assert router.allow_relation(answer, person) is False  # type: ignore[arg-type]


def test_no_foreign_key_points_across() -> None:
    keys = [
        (model, field.related_model)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
    ]
    assert len(keys) > 50
    assert not [pair for pair in keys if router.db_for_read(pair[0]) != router.db_for_read(pair[1])]
