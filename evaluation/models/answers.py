"""Answers without a person, in a database of their own. Written by the closing job alone, in one batch.

No time, no user, no foreign key: what is here says what was answered, by which kind of respondent, and
nothing that is stored beside a name. The ids are drawn and the rows put in by rising id.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ClosingBatch(models.Model):
    """That a batch has been written. Its id was drawn in the people database: no batch is written twice."""

    id = models.BigAutoField(primary_key=True)
    sealed = models.PositiveIntegerField()  # boxes that went in
    taken = models.PositiveIntegerField()  # forms that came out
    left_out = models.PositiveIntegerField()  # withdrawn, doubled on paper, or not to be opened

    def __str__(self) -> str:
        return f"batch {self.pk}"


class Response(models.Model):
    """One person's answers to one questionnaire; ``vector`` as in ``evaluation/answers/vectors.py``."""

    id = models.BigAutoField(primary_key=True)
    study = models.BigIntegerField()
    wave = models.CharField(max_length=12)
    phase = models.CharField(max_length=16)
    edition = models.CharField(max_length=20, blank=True)  # «1.0»
    role = models.CharField(max_length=16)
    version = models.BigIntegerField()  # of the questionnaire
    bucket = models.BigIntegerField(null=True)  # municipality, where it has enough; else the region
    pair_id = models.BinaryField(null=True)  # 16 bytes, veiled (answers/veils.py); linked answers only
    household_id = models.BinaryField(null=True)  # the same: no two rows look alike
    cluster_id = models.BigIntegerField(null=True)  # drawn for the group at closing; none below the limit
    named = models.BigIntegerField(null=True)  # a contact person's own, named form; never a family's
    occasion = models.BigIntegerField(null=True)  # of a named form alone: what she takes back is found by it
    module = models.CharField(max_length=50, blank=True)  # of an evening form
    vector = models.BinaryField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["study", "wave", "phase", "version"], name="response_by_wave")]
        constraints = [
            models.CheckConstraint(
                condition=Q(named=None) | Q(pair_id=None, household_id=None), name="response_named_or_paired"
            ),
            models.CheckConstraint(condition=Q(named=None) | ~Q(role="adult"), name="response_adult_unnamed"),
            models.CheckConstraint(
                condition=Q(occasion=None) | Q(named__isnull=False), name="response_occasion_of_named"
            ),
        ]

    def __str__(self) -> str:
        return f"response {self.pk}"


class TextAnswer(models.Model):
    """A text somebody wrote, apart from the rest of her answers: nothing says which they are."""

    id = models.BigAutoField(primary_key=True)
    study = models.BigIntegerField()
    wave = models.CharField(max_length=12)
    phase = models.CharField(max_length=16)
    version = models.BigIntegerField()
    item = models.CharField(max_length=40)
    text = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"text {self.pk}"
