"""After the evening: what was done of the plan (fidelity), and how those who missed it catch up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.access import OF_AN_ADULT, people_visible_to

if TYPE_CHECKING:
    from courses.models.people import User


class EveningLogQuerySet(models.QuerySet["EveningLog"]):
    def visible_to(self, user: User) -> Self:
        """For contact persons those of their groups; for the project leader all."""
        return people_visible_to(
            self, user, municipality="evening__group__municipalities", group="evening__group"
        )


class EveningLog(models.Model):
    """The contact person's 90 seconds after an evening. No names: about the plan, not about people."""

    evening = models.OneToOneField("courses.Evening", models.CASCADE, related_name="log")
    by = models.ForeignKey("courses.User", models.SET_NULL, null=True, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    minutes_off = models.SmallIntegerField(_("minutter fra planen"), null=True, blank=True)  # + is late
    changed = models.TextField(_("hva endret dere"), blank=True)
    why = models.TextField(_("hvorfor"), blank=True)
    wants_guidance = models.BooleanField(_("jeg trenger veiledning"), default=False)
    guidance_given_on = models.DateField(null=True, blank=True)

    objects = EveningLogQuerySet.as_manager()

    def __str__(self) -> str:
        return f"log of evening {self.evening_id}"


class CoreElementTick(models.Model):
    """Whether one core element of the module was done. Adherence = (yes + ½ · partly) / all."""

    class Done(models.TextChoices):
        YES = "yes", _("gjort")
        PARTLY = "partly", _("delvis")
        NO = "no", _("ikke gjort")

    log = models.ForeignKey(EveningLog, models.CASCADE, related_name="ticks")
    key = models.SlugField()  # of the core element in the edition's facilitator layer
    done = models.CharField(max_length=6, choices=Done)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["log", "key"], name="core_element_ticked_once"),
            models.CheckConstraint(
                condition=Q(done__in=["yes", "partly", "no"]), name="core_element_done_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.done}"


class CatchUpQuerySet(models.QuerySet["CatchUp"]):
    def visible_to(self, user: User) -> Self:
        """One's own; for contact persons those of who takes part in their groups today, also what was missed
        in a group before; for the project leader all.
        """
        return people_visible_to(self, user, own="adult__user", **OF_AN_ADULT)


class CatchUp(models.Model):
    """How an adult makes up for a missed or partly attended evening: reading and a call, or a neighbour's."""

    class State(models.TextChoices):
        OFFERED = "offered", _("tilbudt")
        UNDER_WAY = "under-way", _("i gang")
        DONE = "done", _("tatt igjen")

    adult = models.ForeignKey("courses.Adult", models.CASCADE, related_name="catch_ups")
    evening = models.ForeignKey("courses.Evening", models.CASCADE, related_name="catch_ups")
    state = models.CharField(max_length=10, choices=State, default=State.OFFERED)
    read_at = models.DateTimeField(null=True)  # the adult has gone through what the group did
    call_at = models.DateTimeField(null=True)  # the short call, when agreed
    neighbour = models.ForeignKey(
        "courses.Evening", models.SET_NULL, null=True, related_name="guests"
    )  # another group's evening with the same module
    done_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("courses.User", models.SET_NULL, null=True, related_name="+")

    objects = CatchUpQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["adult", "evening"], name="catch_up_once_per_evening"),
            models.CheckConstraint(
                condition=Q(state__in=["offered", "under-way", "done"]), name="catch_up_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"adult {self.adult_id} catches up evening {self.evening_id}"


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def visible_to(self, user: User) -> Self:
        """One's own; for contact persons their groups'; for the project leader all."""
        return people_visible_to(self, user, own="adult__user", group="group", **OF_AN_ADULT)


class Certificate(models.Model):
    """A kursbevis: per adult, with hours and edition, without a child and without grades."""

    adult = models.ForeignKey("courses.Adult", models.CASCADE, related_name="certificates")
    group = models.ForeignKey("courses.Group", models.PROTECT, related_name="+")
    code = models.CharField(max_length=14, unique=True)  # what the public page checks: XXXX-XXXX-XXXX
    issued_on = models.DateField(default=timezone.localdate)
    minutes = models.PositiveSmallIntegerField()  # of the evenings that count, made-up ones included
    evenings_there = models.PositiveSmallIntegerField()  # made-up ones included
    made_up = models.PositiveSmallIntegerField(default=0)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["adult", "group"], name="certificate_once_per_group")]

    def __str__(self) -> str:
        return f"certificate of adult {self.adult_id}"
