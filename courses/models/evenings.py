"""Course evenings and who was there."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.access import OF_AN_ADULT, people_visible_to

if TYPE_CHECKING:
    from courses.models.people import User


class EveningQuerySet(models.QuerySet["Evening"]):
    def visible_to(self, user: User) -> Self:
        """Evenings of the groups one takes part in or leads; for the project leader all."""
        return people_visible_to(
            self,
            user,
            municipality="group__municipalities",
            takers="group__enrolments",
            group="group",
        )


class Evening(models.Model):
    """A real meeting: one module, one group, a time and a place (shown only after login)."""

    group = models.ForeignKey("courses.Group", models.CASCADE, related_name="evenings")
    module = models.ForeignKey("courses.Module", models.PROTECT, related_name="evenings")
    starts_at = models.DateTimeField(_("begynner"))
    minutes = models.PositiveSmallIntegerField(_("varer, minutter"), default=135)
    place = models.CharField(_("sted"), max_length=120, blank=True)
    video_link = models.URLField(_("videolenke"), blank=True)  # as the place: only after login
    bring = models.CharField(_("ta med"), max_length=160, blank=True)
    head_count = models.PositiveSmallIntegerField(_("talt i rommet"), null=True, blank=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # of the calendar entry
    sequence = models.PositiveIntegerField(default=0, editable=False)  # one more with each change
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = EveningQuerySet.as_manager()

    class Meta:
        verbose_name = _("kurskveld")
        verbose_name_plural = _("kurskvelder")
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["group", "module"], name="evening_once_per_module"),
            models.CheckConstraint(condition=Q(minutes__gte=1), name="evening_lasts"),
        ]

    def __str__(self) -> str:
        return f"{self.group_id}: {self.module_id}"


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def visible_to(self, user: User) -> Self:
        """The marks of one's own family; for contact persons their groups'; for the project leader all."""
        return people_visible_to(
            self,
            user,
            own=("adult__user", "adult__family__adults__user"),
            group="evening__group",
            **OF_AN_ADULT,
        )


class Attendance(models.Model):
    """One adult at one evening. No row, or «unknown», means not marked: that is not absence."""

    class State(models.TextChoices):
        UNKNOWN = "unknown", _("ikke merket")
        PRESENT = "present", _("til stede")
        PARTLY = "partly", _("delvis til stede")
        MADE_UP = "made-up", _("tok igjen kvelden")
        EXCUSED = "excused", _("meldte forfall")
        ABSENT = "absent", _("ikke til stede")

    adult = models.ForeignKey("courses.Adult", models.CASCADE, related_name="attendances")
    evening = models.ForeignKey(Evening, models.CASCADE, related_name="attendances")
    state = models.CharField(max_length=8, choices=State, default=State.UNKNOWN)
    marked_by = models.ForeignKey("courses.User", models.SET_NULL, null=True, related_name="+")
    marked_at = models.DateTimeField(null=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["adult", "evening"], name="attendance_once_per_evening"),
            models.CheckConstraint(
                condition=Q(state__in=["unknown", "present", "partly", "made-up", "excused", "absent"]),
                name="attendance_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"adult {self.adult_id}, evening {self.evening_id}: {self.state}"


class AttendanceMarkQuerySet(models.QuerySet["AttendanceMark"]):
    def visible_to(self, user: User) -> Self:
        """As attendance, whose trace they are."""
        return people_visible_to(
            self,
            user,
            own=("adult__user", "adult__family__adults__user"),
            group="evening__group",
            **OF_AN_ADULT,
        )


class AttendanceMark(models.Model):
    """One tap on the list, never changed: two leaders may mark at once, and a correction leaves a trace.

    ``Attendance`` holds what the last mark by the devices' clocks says. ``client_id`` is made on the
    device, so that a mark sent twice is one row.
    """

    client_id = models.UUIDField(unique=True, default=uuid.uuid4)
    evening = models.ForeignKey(Evening, models.CASCADE, related_name="marks")
    adult = models.ForeignKey("courses.Adult", models.CASCADE, related_name="attendance_marks")
    state = models.CharField(max_length=8, choices=Attendance.State)
    by = models.ForeignKey("courses.User", models.SET_NULL, null=True, related_name="+")
    marked_at = models.DateTimeField()  # by the device's clock, never later than received_at
    received_at = models.DateTimeField(default=timezone.now)

    objects = AttendanceMarkQuerySet.as_manager()

    class Meta:
        ordering = ["marked_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["unknown", "present", "partly", "made-up", "excused", "absent"]),
                name="attendance_mark_state_known",
            ),
            models.CheckConstraint(
                condition=Q(marked_at__lte=models.F("received_at")), name="attendance_mark_not_in_future"
            ),
        ]

    def __str__(self) -> str:
        return f"adult {self.adult_id}, evening {self.evening_id}: {self.state}"


class WalkInQuerySet(models.QuerySet["WalkIn"]):
    def visible_to(self, user: User) -> Self:
        """For contact persons those at their groups' evenings; for the project leader all."""
        return people_visible_to(
            self, user, municipality="evening__group__municipalities", group="evening__group"
        )


class WalkIn(models.Model):
    """Somebody in the room who is not on the list: counted, and later joined with an adult or taken away."""

    client_id = models.UUIDField(unique=True, default=uuid.uuid4)
    evening = models.ForeignKey(Evening, models.CASCADE, related_name="walk_ins")
    name = models.CharField(_("fornavn"), max_length=40)
    by = models.ForeignKey("courses.User", models.SET_NULL, null=True, related_name="+")
    marked_at = models.DateTimeField(default=timezone.now)
    adult = models.ForeignKey("courses.Adult", models.CASCADE, null=True, related_name="+")

    objects = WalkInQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"walk-in at evening {self.evening_id}"
