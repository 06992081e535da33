"""Figures that have been let out: once, whole, and never changed. The web process reads these alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from courses.access import people_visible_to
from evaluation.models.studies import Occasion

if TYPE_CHECKING:
    from courses.models import User


class EveningVerdictQuerySet(models.QuerySet["EveningVerdict"]):
    def visible_to(self, user: User) -> Self:
        """Those of the groups one leads; for the project leader all. Not the families'."""
        return people_visible_to(
            self, user, municipality="occasion__group__municipalities", group="occasion__group"
        )


class EveningVerdict(models.Model):
    """What an evening's anonymous form may tell its contact persons (rule R8), made when it was counted."""

    occasion = models.OneToOneField(Occasion, models.CASCADE, related_name="verdict")
    snapshot = models.JSONField()

    objects = EveningVerdictQuerySet.as_manager()

    def __str__(self) -> str:
        return f"verdict of occasion {self.occasion_id}"
