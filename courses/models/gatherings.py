"""Meetings beside a group's six evenings: refreshers, theme evenings, staff courses, guidance."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.access import OF_AN_ADULT, active_roles, has_role, people_visible_to

if TYPE_CHECKING:
    from courses.models.people import User


class GatheringQuerySet(models.QuerySet["Gathering"]):
    def visible_to(self, user: User) -> Self:
        """For adults their group's and those for all homes of their place; for staff their places'."""
        seen = people_visible_to(
            self,
            user,
            municipality="municipalities",
            takers="group__enrolments",
            group="group",
            leader=True,
        )
        if not user.is_authenticated:
            return seen
        places = user.roles.active().values("municipality")
        invited = Q(
            kind="theme-evening",
            municipalities__families__adults__user=user.pk,
        ) | Q(kind="theme-evening", municipalities__in=places)
        if has_role(user, "contact-person", "leader"):
            invited |= Q(kind="staff-course", municipalities__in=places)
        rows = self.model._base_manager.filter(invited).values("pk")
        return self.filter(Q(pk__in=seen.values("pk")) | Q(pk__in=rows))


class Gathering(models.Model):
    """A meeting with a time and a place, not tied to a module. A refresher belongs to a group."""

    class Kind(models.TextChoices):
        REFRESHER = "refresher", _("oppfriskning")
        THEME_EVENING = "theme-evening", _("fosterhjemskveld")
        STAFF_COURSE = "staff-course", _("kurs for kontaktpersoner og veiledere")

    kind = models.CharField(_("slag"), max_length=14, choices=Kind)
    title = models.CharField(_("tittel"), max_length=120)
    about = models.TextField(_("om"), blank=True)
    group = models.ForeignKey(
        "courses.Group", models.CASCADE, null=True, blank=True, related_name="gatherings"
    )
    municipalities = models.ManyToManyField(
        "courses.Municipality", related_name="gatherings", verbose_name=_("kommuner")
    )
    starts_at = models.DateTimeField(_("begynner"))
    minutes = models.PositiveSmallIntegerField(_("varer, minutter"), default=120)
    place = models.CharField(_("sted"), max_length=120, blank=True)
    video_link = models.URLField(_("videolenke"), blank=True)
    seats = models.PositiveSmallIntegerField(_("plasser"), null=True, blank=True)  # None: no limit
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = GatheringQuerySet.as_manager()

    class Meta:
        verbose_name = _("samling")
        verbose_name_plural = _("samlinger")
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="refresher", group__isnull=False)
                | Q(kind__in=["theme-evening", "staff-course"], group__isnull=True),
                name="gathering_refresher_has_group",
            ),
            models.CheckConstraint(condition=Q(minutes__gte=1), name="gathering_lasts"),
        ]

    def __str__(self) -> str:
        return self.title


class SignUpQuerySet(models.QuerySet["SignUp"]):
    def visible_to(self, user: User) -> Self:
        """One's own; for the project leader all; for contact persons those of their groups' refreshers.

        Those to theme evenings, too, of families in the municipalities where she is a contact person today.
        """
        seen = people_visible_to(
            self, user, municipality="gathering__municipalities", own="user", group="gathering__group"
        )
        places = [role.municipality_id for role in active_roles(user) if role.kind == "contact-person"]
        if not places:
            return seen
        near = self.model._base_manager.filter(
            gathering__kind="theme-evening", user__adult__family__municipality__in=places
        )
        return self.filter(Q(pk__in=seen.values("pk")) | Q(pk__in=near.values("pk")))


class SignUp(models.Model):
    """A person who has signed up for a gathering, waits for a seat, or has withdrawn."""

    class State(models.TextChoices):
        SIGNED_UP = "signed-up", _("påmeldt")
        WAITING = "waiting", _("venteliste")
        WITHDRAWN = "withdrawn", _("meldt av")

    gathering = models.ForeignKey(Gathering, models.CASCADE, related_name="sign_ups")
    user = models.ForeignKey("courses.User", models.CASCADE, related_name="sign_ups")
    state = models.CharField(max_length=10, choices=State, default=State.SIGNED_UP)
    was_there = models.BooleanField(null=True)  # None: not marked, which is not absence
    made_at = models.DateTimeField(default=timezone.now)

    objects = SignUpQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["gathering", "user"], name="sign_up_once"),
            models.CheckConstraint(
                condition=Q(state__in=["signed-up", "waiting", "withdrawn"]), name="sign_up_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"user {self.user_id} at gathering {self.gathering_id}"


class GuidanceMeetingQuerySet(models.QuerySet["GuidanceMeeting"]):
    def visible_to(self, user: User) -> Self:
        """One's own family's; for contact persons those of their groups; for the project leader all."""
        return people_visible_to(
            self,
            user,
            municipality="family__municipality",
            own=("family__adults__user", "contact_person"),
            enrolments="family__adults__enrolments",
        )


class GuidanceMeeting(models.Model):
    """A date for guidance between evenings (veiledning). When, never what about."""

    family = models.ForeignKey("courses.Family", models.CASCADE, related_name="guidance_meetings")
    contact_person = models.ForeignKey("courses.User", models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("tidspunkt"))
    minutes = models.PositiveSmallIntegerField(_("varer, minutter"), default=45)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)

    objects = GuidanceMeetingQuerySet.as_manager()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"guidance for family {self.family_id}"


class CallRequestQuerySet(models.QuerySet["CallRequest"]):
    def visible_to(self, user: User) -> Self:
        """One's own; for contact persons those of adults in their groups; for the project leader all."""
        return people_visible_to(self, user, own="adult__user", **OF_AN_ADULT)


class CallRequest(models.Model):
    """«Ring meg»: an adult asks for a call, with a wished time. No reason is asked or stored."""

    class Time(models.TextChoices):
        MORNING = "morning", _("formiddag")
        AFTERNOON = "afternoon", _("ettermiddag")
        EVENING = "evening", _("kveld")
        ANY = "any", _("når som helst")

    adult = models.ForeignKey("courses.Adult", models.CASCADE, related_name="call_requests")
    wished_on = models.DateField(_("dag"), null=True, blank=True)
    wished_time = models.CharField(_("tid på dagen"), max_length=9, choices=Time, default=Time.ANY)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("courses.User", models.SET_NULL, null=True, related_name="+")

    objects = CallRequestQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(wished_time__in=["morning", "afternoon", "evening", "any"]),
                name="call_request_time_known",
            ),
            models.UniqueConstraint(
                fields=["adult"], condition=Q(answered_at=None), name="call_request_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"call request of adult {self.adult_id}"
