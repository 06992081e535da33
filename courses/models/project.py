"""The project around the groups: phases per municipality, yearly counts, and the bodies' meetings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.access import has_role

if TYPE_CHECKING:
    from courses.models.people import User


class SchoolHoliday(models.Model):
    """Days when a municipality's schools are closed: no evening is suggested on them."""

    municipality = models.ForeignKey("courses.Municipality", models.CASCADE, related_name="school_holidays")
    name = models.CharField(_("navn"), max_length=60)
    first_day = models.DateField(_("første dag"))
    last_day = models.DateField(_("siste dag"))

    class Meta:
        verbose_name = _("skoleferie")
        verbose_name_plural = _("skoleferier")
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="school_holiday_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["municipality", "first_day"], name="school_holiday_once_per_first_day"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MunicipalPhase(models.Model):
    """When a municipality is in one of the project's five phases, and who is responsible there."""

    NAMES = (
        _("Forankring"),
        _("Planlegging"),
        _("Pilot"),
        _("Evaluering og justering"),
        _("Implementering"),
    )

    municipality = models.ForeignKey("courses.Municipality", models.CASCADE, related_name="phases")
    number = models.PositiveSmallIntegerField(_("fase"))  # 1–5
    starts_on = models.DateField(_("fra"), null=True, blank=True)
    ends_on = models.DateField(_("til"), null=True, blank=True)
    responsible = models.CharField(_("ansvarlig"), max_length=80, blank=True)

    class Meta:
        ordering = ["municipality", "number"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "number"], name="municipal_phase_once"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=5), name="municipal_phase_1_to_5"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                name="municipal_phase_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id}: {self.number}"


class YearCount(models.Model):
    """A municipality's numbers for a year, typed in as numbers and never as cases: the denominators."""

    municipality = models.ForeignKey("courses.Municipality", models.CASCADE, related_name="year_counts")
    year = models.PositiveSmallIntegerField(_("år"))
    foster_homes = models.PositiveIntegerField(_("fosterhjem"))
    new_foster_homes = models.PositiveIntegerField(_("nye fosterhjem"))
    unplanned_moves = models.PositiveIntegerField(_("utilsiktede flyttinger"))
    by = models.ForeignKey("courses.User", models.SET_NULL, null=True, related_name="+")
    typed_on = models.DateField(default=timezone.localdate)

    class Meta:
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "year"], name="year_count_once"),
            models.CheckConstraint(
                condition=Q(new_foster_homes__lte=F("foster_homes")), name="year_count_new_among_all"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.year}"


class BodyMeetingQuerySet(models.QuerySet["BodyMeeting"]):
    def visible_to(self, user: User) -> Self:
        """For the project leader all; for the others those of the bodies their role sits in."""
        if has_role(user, "project-leader"):
            return self.all()
        bodies = []
        if has_role(user, "leader"):
            bodies += [BodyMeeting.Body.STEERING, BodyMeeting.Body.WORKING]
        if has_role(user, "contact-person"):
            bodies += [BodyMeeting.Body.WORKING]
        if has_role(user, "user-group"):
            bodies += [BodyMeeting.Body.USERS]
        return self.filter(body__in=bodies)


class BodyMeeting(models.Model):
    """A meeting of the steering group, the working group or the user group."""

    class Body(models.TextChoices):
        STEERING = "steering", _("styringsgruppa")
        WORKING = "working", _("arbeidsgruppa")
        USERS = "users", _("brukergruppa")

    body = models.CharField(_("gruppe"), max_length=8, choices=Body)
    held_on = models.DateField(_("dato"))
    title = models.CharField(_("tittel"), max_length=120, blank=True)

    objects = BodyMeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(body__in=["steering", "working", "users"]), name="body_meeting_body_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.body} {self.held_on}"


class MeetingPaper(models.Model):
    """A paper of a meeting («uten navn»): pdf, docx or odt, stripped of metadata, served as attachment."""

    meeting = models.ForeignKey(BodyMeeting, models.CASCADE, related_name="papers")
    title = models.CharField(_("tittel"), max_length=120)
    file = models.FileField(upload_to="papers/")  # the default storage is served by views alone
    kind = models.CharField(max_length=4)  # pdf, docx or odt
    by = models.ForeignKey("courses.User", models.SET_NULL, null=True, related_name="+")
    added_on = models.DateField(default=timezone.localdate)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["pdf", "docx", "odt"]), name="meeting_paper_kind_known"
            )
        ]

    def __str__(self) -> str:
        return self.title
