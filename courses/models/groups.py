"""Groups: one run of a programme, with its adults and its contact persons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.access import in_force, people_visible_to

if TYPE_CHECKING:
    from datetime import date

    from courses.models.people import User


class GroupQuerySet(models.QuerySet["Group"]):
    def visible_to(self, user: User) -> Self:
        """Groups one takes part in or leads; for the project leader all; for a leader the municipality's."""
        return people_visible_to(
            self, user, municipality="municipalities", takers="enrolments", group="pk", leader=True
        )


class Group(models.Model):
    """One run of an edition, in the pilot or in everyday use, for one or more municipalities."""

    class Phase(models.TextChoices):
        PILOT = "pilot", _("pilot")
        IMPLEMENTATION = "implementation", _("implementering")

    name = models.CharField(_("navn"), max_length=80)
    edition = models.ForeignKey(
        "courses.Edition", models.PROTECT, related_name="groups", verbose_name=_("utgave")
    )
    phase = models.CharField(_("fase"), max_length=16, choices=Phase)
    municipalities = models.ManyToManyField(
        "courses.Municipality", related_name="groups", verbose_name=_("kommuner")
    )
    seats = models.PositiveSmallIntegerField(_("plasser for voksne"), default=12)

    objects = GroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("gruppe")
        verbose_name_plural = _("grupper")
        constraints = [
            models.CheckConstraint(
                condition=Q(phase__in=["pilot", "implementation"]), name="group_phase_known"
            ),
            models.CheckConstraint(condition=Q(seats__gte=1), name="group_has_a_seat"),
        ]

    def __str__(self) -> str:
        return self.name


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def current(self, on: date | None = None) -> Self:
        return self.filter(in_force(on))

    def visible_to(self, user: User) -> Self:
        """One's own; for contact persons those in their groups; for the project leader all."""
        return people_visible_to(
            self, user, municipality="adult__family__municipality", own="adult__user", enrolments=""
        )


class Enrolment(models.Model):
    """An adult in a group. ``last_part`` is where reading resumes; a pause stops all messages."""

    adult = models.ForeignKey("courses.Adult", models.CASCADE, related_name="enrolments")
    group = models.ForeignKey(Group, models.PROTECT, related_name="enrolments")
    starts_on = models.DateField(default=timezone.localdate)
    ends_on = models.DateField(null=True, blank=True)
    paused_on = models.DateField(null=True, blank=True)
    last_part = models.ForeignKey("courses.EditionPart", models.SET_NULL, null=True, related_name="+")

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["adult", "group"], condition=Q(ends_on=None), name="enrolment_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="enrolment_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"adult {self.adult_id} in group {self.group_id}"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def current(self, on: date | None = None) -> Self:
        return self.filter(in_force(on))

    def visible_to(self, user: User) -> Self:
        """One's own assignments, those of groups one takes part in, and for the project leader all."""
        return people_visible_to(
            self,
            user,
            municipality="group__municipalities",
            own="user",
            takers="group__enrolments",
            group="group",
        )


class Assignment(models.Model):
    """A contact person's duty in a group, with dates. A stand-in always has an end."""

    class Duty(models.TextChoices):
        LEADER = "leader", _("leder gruppa")
        CO_LEADER = "co-leader", _("medleder")
        STAND_IN = "stand-in", _("vikar")

    group = models.ForeignKey(Group, models.CASCADE, related_name="assignments")
    user = models.ForeignKey("courses.User", models.CASCADE, related_name="assignments")
    duty = models.CharField(max_length=10, choices=Duty, default=Duty.LEADER)
    starts_on = models.DateField(default=timezone.localdate)
    ends_on = models.DateField(null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(duty__in=["leader", "co-leader", "stand-in"]), name="assignment_duty_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="assignment_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(duty="stand-in") | Q(ends_on__isnull=False), name="assignment_stand_in_ends"
            ),
            models.UniqueConstraint(
                fields=["group", "user"], condition=Q(ends_on=None), name="assignment_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"user {self.user_id} in group {self.group_id}"
