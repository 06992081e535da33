"""Families and the adults in them. No child has a record, and no home address is stored (design §4.8)."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.access import people_visible_to
from courses.models.people import User, random_name
from courses.models.places import Municipality


class FamilyQuerySet(models.QuerySet["Family"]):
    def visible_to(self, user: User) -> Self:
        """One's own family; for contact persons the families in their groups; for the project leader all."""
        return people_visible_to(
            self, user, municipality="municipality", own="adults__user", enrolments="adults__enrolments"
        )


class Family(models.Model):
    """A household with one or two adults. It has a random code, no name and no address."""

    code = models.CharField(_("kode"), max_length=16, unique=True, default=random_name, editable=False)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="families", verbose_name=_("kommune")
    )
    shielded = models.BooleanField(
        _("skjermet"),
        default=False,
        help_text=_("Familien vises ikke i noen liste som andre familier eller en utskrift kan vise."),
    )

    objects = FamilyQuerySet.as_manager()

    class Meta:
        verbose_name = _("familie")
        verbose_name_plural = _("familier")

    def __str__(self) -> str:
        return self.code


class AdultQuerySet(models.QuerySet["Adult"]):
    def visible_to(self, user: User) -> Self:
        """One's own family; for contact persons the adults in their groups; for the project leader all."""
        return people_visible_to(
            self,
            user,
            municipality="family__municipality",
            own=("user", "family__adults__user"),
            enrolments="enrolments",
        )


class Adult(models.Model):
    """A grown-up who takes a programme. A contact person in training is an adult without a family."""

    user = models.OneToOneField(User, models.CASCADE, related_name="adult")
    family = models.ForeignKey(
        Family, models.CASCADE, null=True, blank=True, related_name="adults", verbose_name=_("familie")
    )
    seat = models.PositiveSmallIntegerField(
        _("plass i familien"), null=True, blank=True, choices=[(1, "1"), (2, "2")]
    )
    alias = models.CharField(
        _("dekknavn"),
        max_length=40,
        blank=True,
        help_text=_("Navnet kontaktpersonen ser når familien er skjermet."),
    )
    asked_erasure_on = models.DateField(null=True, editable=False)  # courses/erasure_requests.py

    objects = AdultQuerySet.as_manager()

    class Meta:
        verbose_name = _("voksen")
        verbose_name_plural = _("voksne")
        constraints = [
            models.UniqueConstraint(fields=["family", "seat"], name="adult_at_most_two_in_family"),
            models.CheckConstraint(
                condition=Q(family__isnull=True, seat__isnull=True)
                | Q(family__isnull=False, seat__isnull=False, seat__in=[1, 2]),  # NULL in a list is not «no»
                name="adult_seat_one_or_two",
            ),
        ]

    def __str__(self) -> str:
        return f"adult {self.pk}"

    @property
    def name(self) -> str:
        """What the adult is called, by herself and her family. Reads user unless fetched with it."""
        return self.user.first_name

    @property
    def shown_name(self) -> str:
        """What a contact person sees: an alias when the family is shielded. Reads user and family."""
        if self.family and self.family.shielded:
            return self.alias or str(_("Deltaker"))
        return self.name
