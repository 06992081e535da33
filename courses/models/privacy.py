"""What privacy asks for: who looked at whom, and what somebody tells the municipality's privacy officer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from courses.models.people import User


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def visible_to(self, user: User) -> Self:
        """What others have done with what is held about oneself."""
        return self.filter(about=user.pk)


class AuditEvent(models.Model):
    """One thing somebody did with what is held about a person, or with figures. Added, never changed."""

    class Action(models.TextChoices):
        OPENED = "opened", _("åpnet siden om deg")
        PRINTED = "printed", _("skrev ut en liste du står på")
        CHANGED = "changed", _("endret noe om deg")
        SIGNED = "signed", _("hentet fram svarene med navnet ditt")
        DOWNLOADED = "downloaded", _("lastet ned det som er lagret om deg")
        EXPORTED = "exported", _("hentet ut tall uten navn")
        KEY_USED = "key-used", _("brukte en nøkkel")

    actor = models.ForeignKey("courses.User", models.SET_NULL, null=True, related_name="+")
    about = models.ForeignKey("courses.User", models.CASCADE, null=True, related_name="looked_at")
    action = models.CharField(max_length=10, choices=Action)
    detail = models.CharField(max_length=120, blank=True)  # of figures: which; never anything about a person
    on = models.DateField(default=timezone.localdate)  # the day is enough, and no linking aid

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(  # opened ten times in a day is one line
                fields=["actor", "about", "action", "on"],
                condition=Q(about__isnull=False),
                name="audit_once_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} on {self.on}"


class PrivacyReport(models.Model):
    """«Meld avvik»: waits until it has been mailed to the privacy officer, then its text is blanked."""

    municipality = models.ForeignKey(
        "courses.Municipality", models.PROTECT, related_name="+", verbose_name=_("kommune")
    )
    text = models.TextField(_("hva har skjedd"), blank=True)
    reply_to = models.EmailField(_("e-post, hvis du vil ha svar"), blank=True)
    made_on = models.DateField(default=timezone.localdate)
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"privacy report {self.pk}"
