"""What an adult has read, tried and noted. Events are only added, never changed (design §4.3)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

if TYPE_CHECKING:
    from courses.models.people import User


class OwnQuerySet(models.QuerySet["models.Model"]):
    """Rows that belong to one adult alone. Not even the other adult of the family sees them."""

    def visible_to(self, user: User) -> Self:
        return self.filter(adult__user=user.pk)


class ReadingEvent(models.Model):
    """«Lest» or «prøvd», or one of them taken back. The last event for a part or task counts.

    ``client_id`` is made before sending, so that a tap sent twice is stored once.
    """

    class Kind(models.TextChoices):
        READ = "read"
        UNREAD = "unread"
        TRIED = "tried"
        UNTRIED = "untried"

    adult = models.ForeignKey("courses.Adult", models.CASCADE, related_name="reading_events")
    part = models.ForeignKey("courses.EditionPart", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    block = models.SlugField(blank=True)  # the home task, for tried and untried
    client_id = models.UUIDField(unique=True, default=uuid.uuid4)
    revision = models.PositiveBigIntegerField()  # of the text that was read
    happened_at = models.DateTimeField(default=timezone.now)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["read", "unread"], block="")
                | (Q(kind__in=["tried", "untried"]) & ~Q(block="")),
                name="reading_event_block_for_tasks_only",
            )
        ]
        indexes = [models.Index(fields=["adult", "id"], name="reading_event_by_adult")]

    def __str__(self) -> str:
        return f"adult {self.adult_id}: {self.kind} part {self.part_id}"


class EarlyOpening(models.Model):
    """An adult chose to open a module before its time (the order is soft)."""

    adult = models.ForeignKey("courses.Adult", models.CASCADE, related_name="early_openings")
    module = models.ForeignKey("courses.Module", models.PROTECT, related_name="+")

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["adult", "module"], name="early_opening_once")]

    def __str__(self) -> str:
        return f"adult {self.adult_id}: module {self.module_id}"


class NoteKey(models.Model):
    """The key to one adult's notes, wrapped by a key outside the databases. Deleting it ends the notes."""

    adult = models.OneToOneField("courses.Adult", models.CASCADE, related_name="note_key")
    wrapped = models.BinaryField()  # 12-byte nonce + AES-256-GCM of the 32-byte key (courses/notes.py)

    objects = OwnQuerySet.as_manager()

    def __str__(self) -> str:
        return f"note key of adult {self.adult_id}"


class Note(models.Model):
    """A private reflection, readable by nobody but its writer. ``block`` never changes between editions."""

    adult = models.ForeignKey("courses.Adult", models.CASCADE, related_name="notes")
    module = models.ForeignKey("courses.Module", models.PROTECT, related_name="+")
    part_key = models.SlugField(max_length=255)
    block = models.SlugField()
    sealed = models.BinaryField()  # 12-byte nonce + AES-256-GCM of the text, padded to whole KiB

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["adult", "module", "part_key", "block"], name="note_once_per_reflection"
            )
        ]

    def __str__(self) -> str:
        return f"note of adult {self.adult_id}"


class Erasure(models.Model):
    """The ledger of erased people: an HMAC of the id and a day. A copy lies outside: courses/erasing.py."""

    mark = models.CharField(max_length=64, unique=True)
    erased_on = models.DateField(default=timezone.localdate)

    def __str__(self) -> str:
        return f"erased {self.erased_on}"
