"""The outbox: every message that is to be sent, was sent, or will not be. Login codes do not pass here.

A row holds no text and no address: both are found when it is sent (courses/messaging.py), so that what
has happened since it was planned is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.access import people_visible_to
from courses.models.invitations import InvitedAdult

if TYPE_CHECKING:
    from courses.models.people import User


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: User) -> Self:
        """One's own; for contact persons those to adults of their groups and to who is invited to them;

        for the project leader all.
        """
        to_people = people_visible_to(
            self,
            user,
            municipality="user__adult__family__municipality",
            own="user",
            enrolments="user__adult__enrolments",
        )
        to_invited = Q(invited__in=InvitedAdult.objects.visible_to(user))
        return self.filter(Q(pk__in=to_people.values("pk")) | to_invited)


class Message(models.Model):
    """One message to one person about one thing. ``thing`` is «evening:12», ``step`` «reminder»."""

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("invitasjon")  # the waiting list included
        EVENING = "evening", _("før kvelden")  # catch-up and refresher included
        CHANGE = "change", _("endring")
        FORM = "form", _("skjema")
        GUIDANCE = "guidance", _("veiledning")

    class State(models.TextChoices):
        PLANNED = "planned", _("planlagt")
        SENDING = "sending", _("sendes")
        SENT = "sent", _("sendt")
        SKIPPED = "skipped", _("ikke nødvendig")
        DEAD = "dead", _("kom ikke fram")

    user = models.ForeignKey("courses.User", models.CASCADE, null=True, related_name="messages")
    invited = models.ForeignKey("courses.InvitedAdult", models.CASCADE, null=True, related_name="messages")
    kind = models.CharField(max_length=10, choices=Kind)
    thing = models.CharField(max_length=60)
    step = models.CharField(max_length=40)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.PLANNED)
    channel = models.CharField(max_length=4, blank=True)  # mail or sms, once sent
    why = models.CharField(max_length=40, blank=True)  # why skipped or dead, a code: courses/messaging.py
    tries = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)  # of the worker that is sending it
    message_id = models.CharField(max_length=120, unique=True)  # made before the first try, kept on a retry
    sent_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "thing", "step"], name="message_once_per_user"),
            models.UniqueConstraint(fields=["invited", "thing", "step"], name="message_once_per_invited"),
            models.CheckConstraint(
                condition=Q(user__isnull=False, invited__isnull=True)
                | Q(user__isnull=True, invited__isnull=False),
                name="message_has_one_recipient",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "sending", "sent", "skipped", "dead"]),
                name="message_state_known",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["invitation", "evening", "change", "form", "guidance"]),
                name="message_kind_known",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="message_by_state_and_due")]

    def __str__(self) -> str:
        return f"message {self.pk}: {self.thing} {self.step}"
