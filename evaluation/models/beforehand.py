"""What a study has said before anybody answered: what it is measured against, and its information letters."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from evaluation.models.studies import Study


class Criterion(models.Model):
    """Green at or above one limit, red below another (programme §2.2); turned where low is good."""

    class Measure(models.TextChoices):
        ATTENDANCE = (
            "attendance",
            _("voksne med så mange kvelder som kurset krever, medregnet dem de tok igjen, prosent"),
        )
        PAIRS = "pairs", _("svar både før og etter, prosent")
        ADHERENCE = "adherence", _("kjerneelementer gjennomført, prosent")
        OUTCOME = "outcome", _("gjennomsnitt på en skala")

    study = models.ForeignKey(Study, models.CASCADE, related_name="criteria")
    measure = models.CharField(_("mål"), max_length=12, choices=Measure)
    scale = models.CharField(_("skjema og skala"), max_length=80, blank=True)
    green = models.FloatField(_("grønt fra og med"))
    red = models.FloatField(_("rødt under"))

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(green__gte=F("red")) | Q(measure="outcome"), name="criterion_green_above_red"
            ),
            models.UniqueConstraint(fields=["study", "measure", "scale"], name="criterion_once"),
        ]

    def __str__(self) -> str:
        return f"{self.study_id}: {self.measure}"


class Information(models.Model):
    """The information letter as it was, in both languages: what somebody acknowledged or agreed to."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="letters")
    number = models.PositiveSmallIntegerField()
    body_nb = models.TextField()
    body_nn = models.TextField()
    checksum = models.CharField(max_length=64)  # SHA-256 of both
    made_on = models.DateField()

    class Meta:
        ordering = ["study", "number"]
        constraints = [models.UniqueConstraint(fields=["study", "number"], name="information_once")]

    def __str__(self) -> str:
        return f"{self.study_id}: {self.number}"
