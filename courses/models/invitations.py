"""Families on their way in: who is invited to a group, and who waits for a seat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.access import people_visible_to
from courses.models.people import random_nonce

if TYPE_CHECKING:
    from courses.models.people import User


class FamilyInvitationQuerySet(models.QuerySet["FamilyInvitation"]):
    def standing(self) -> Self:
        """Not withdrawn; with a seat or on the waiting list."""
        return self.filter(withdrawn_at=None)

    def visible_to(self, user: User) -> Self:
        """For contact persons those to their groups; for the project leader all."""
        return people_visible_to(self, user, municipality="municipality", group="group")


class FamilyInvitation(models.Model):
    """A household invited to a group. Its one or two adults get seats together, or wait together."""

    group = models.ForeignKey("courses.Group", models.CASCADE, related_name="family_invitations")
    municipality = models.ForeignKey(
        "courses.Municipality", models.PROTECT, related_name="+", verbose_name=_("kommune")
    )
    shielded = models.BooleanField(_("skjermet"), default=False)
    by = models.ForeignKey("courses.User", models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)  # the order of the waiting list
    waiting = models.BooleanField(default=False)  # no link has been sent
    withdrawn_at = models.DateTimeField(null=True)
    family = models.ForeignKey("courses.Family", models.SET_NULL, null=True, related_name="+")

    objects = FamilyInvitationQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]

    def __str__(self) -> str:
        return f"family invitation {self.pk}"


class InvitedAdultQuerySet(models.QuerySet["InvitedAdult"]):
    def open(self) -> Self:
        """Whose link still lets them in: a seat is kept, and it is not used, withdrawn or expired."""
        return self.filter(
            used_at=None,
            expires_at__gt=timezone.now(),
            invitation__withdrawn_at=None,
            invitation__waiting=False,
        )

    def visible_to(self, user: User) -> Self:
        """For contact persons those invited to their groups; for the project leader all."""
        return people_visible_to(
            self, user, municipality="invitation__municipality", group="invitation__group"
        )


class InvitedAdult(models.Model):
    """One adult of an invited household. The link shows a button; a code lets her in."""

    invitation = models.ForeignKey(FamilyInvitation, models.CASCADE, related_name="adults")
    seat = models.PositiveSmallIntegerField(choices=[(1, "1"), (2, "2")])
    name = models.CharField(_("fornavn"), max_length=60)
    alias = models.CharField(_("dekknavn"), max_length=40, blank=True)
    # null, not empty: as on User
    email = models.EmailField(_("e-post"), null=True, blank=True)  # noqa: DJ001
    mobile = models.CharField(_("mobil"), max_length=16, null=True, blank=True)  # noqa: DJ001
    nonce = models.CharField(max_length=32, unique=True, default=random_nonce, editable=False)
    issue = models.PositiveSmallIntegerField(default=1)  # one more with «send på nytt»
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    adult = models.ForeignKey("courses.Adult", models.SET_NULL, null=True, related_name="invited_as")

    objects = InvitedAdultQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invitation", "seat"], name="invited_adult_seat_once"),
            models.CheckConstraint(condition=Q(seat__in=[1, 2]), name="invited_adult_seat_one_or_two"),
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(mobile__isnull=False), name="invited_adult_reachable"
            ),
            models.CheckConstraint(
                condition=~Q(email="") & ~Q(mobile=""), name="invited_adult_null_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"invited adult {self.pk}"
