"""Which rows live in which database: answers apart from people (design §4.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps

if TYPE_CHECKING:
    from django.db.models import Model

ANSWERS_MODULE = "evaluation.models.answers"


class AnswersRouter:
    """Models of ``evaluation.models.answers`` live in the answers database alone; all others never do."""

    def _database_of(self, model: type[Model]) -> str:
        return "answers" if model.__module__ == ANSWERS_MODULE else "default"

    def db_for_read(self, model: type[Model], **hints: object) -> str:
        return self._database_of(model)

    def db_for_write(self, model: type[Model], **hints: object) -> str:
        return self._database_of(model)

    def allow_relation(self, one: Model, other: Model, **hints: object) -> bool:
        return self._database_of(type(one)) == self._database_of(type(other))

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: object) -> bool:
        """The answers database holds tables of answers only: operations without a model never run there."""
        if model_name is None:
            return db == "default"
        try:
            model = apps.get_model(app_label, model_name)  # a migration's own model does not know its module
        except LookupError:
            model = hints.get("model")
            if model is None:
                return db == "default"
        return db == self._database_of(model)
