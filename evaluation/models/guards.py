"""Rows of a questionnaire that has been sent stay as they are, whichever way one comes to change them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from django.db import models, transaction
from django.utils.translation import gettext as _


class FrozenError(Exception):
    """The version has been sent to somebody: a change of it is a new version."""

    def __str__(self) -> str:
        return _("Skjemaet er sendt ut og kan ikke endres. Lag ny versjon.")


class GuardedQuerySet(models.QuerySet["models.Model"]):
    """The model says in ``FROZEN`` how to see that a row belongs to a frozen version.

    ``update``, ``delete``, ``bulk_create`` and ``bulk_update`` raise FrozenError.
    """

    def frozen(self) -> Self:
        model: Any = self.model
        return self.filter(**{model.FROZEN: False})

    def update(self, **fields: Any) -> int:
        model: Any = self.model
        with transaction.atomic(using=self.db):
            if self.order_by().frozen().exists():
                raise FrozenError
            given = [fields[name] for name in (model.PARENT, f"{model.PARENT}_id") if name in fields]
            refuse_frozen(model, given)
            return super().update(**fields)

    update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> tuple[int, dict[str, int]]:
        with transaction.atomic(using=self.db):
            if self.order_by().frozen().exists():
                raise FrozenError
            return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """New rows only: NotImplementedError for an upsert, which no guard would see."""
        if kwargs.get("update_conflicts"):
            raise NotImplementedError
        rows, model = list(objs), self.model
        refuse_frozen(model, {getattr(row, f"{model.PARENT}_id") for row in rows} if model.PARENT else ())
        return super().bulk_create(rows, *args, **kwargs)


def refuse_frozen(model: Any, parents: Iterable[Any]) -> None:
    """Raises FrozenError when one of the parents (rows or ids) is of a frozen version."""
    ids = [getattr(parent, "pk", parent) for parent in parents]
    if ids:
        kind = model._meta.get_field(model.PARENT).related_model
        if kind._base_manager.filter(pk__in=ids, **{model.PARENT_FROZEN: False}).exists():
            raise FrozenError


class Guarded(models.Model):
    """A row below a version; ``save`` and ``delete`` raise FrozenError when that is frozen."""

    FROZEN, PARENT, PARENT_FROZEN = "version__frozen_at__isnull", "version", "frozen_at__isnull"
    sort_order_field = "sort_order"  # the order the editor drags rows into is kept

    objects = GuardedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            self._refuse_frozen()
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            self._refuse_frozen()
            return super().delete(*args, **kwargs)

    def _refuse_frozen(self) -> None:
        """Where it is stored, and where it is to be stored, may be two versions. Two queries."""
        kind = type(self)
        if self.pk and kind._base_manager.filter(pk=self.pk, **{kind.FROZEN: False}).exists():
            raise FrozenError
        refuse_frozen(kind, [getattr(self, f"{kind.PARENT}_id")])
