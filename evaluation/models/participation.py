"""Who was asked, and whether they have answered: never what, and never when.

What is answered waits here sealed (``SealedAnswer``), as ciphertexts of one length, until its occasion
closes. The web process may put it in and can neither read nor open it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.places import Language
from evaluation.models.studies import Occasion, Study

if TYPE_CHECKING:
    from courses.models import User


class OwnQuerySet(models.QuerySet["models.Model"]):
    def visible_to(self, user: User) -> Self:
        """One's own alone: nobody sees who has answered, and who has not."""
        return self.filter(user=user.pk)


class Participation(models.Model):
    """One person at one occasion. No time: the moment of an answer would help to find it."""

    class State(models.TextChoices):
        OPEN = "open", _("ikke svart")
        DONE = "done", _("mottatt")
        DECLINED = "declined", _("vil ikke svare")
        PAPER = "paper", _("svarer på papir")
        HANDED = "handed", _("fikk skjemaet på papir")  # closed; counting tells whether her sheet came back
        MISSED = "missed", _("ikke svart da skjemaet lukket")

    occasion = models.ForeignKey(Occasion, models.CASCADE, related_name="participations")
    user = models.ForeignKey("courses.User", models.CASCADE, related_name="participations")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    # her own no to this very form, and not one that her consent took along: agreeing again leaves it
    said_no = models.BooleanField(default=False, editable=False)
    has_sheet = models.BooleanField(default=False, editable=False)  # may be in, also of whoever says no since
    draft_key = models.BinaryField(null=True, editable=False)  # locks the draft on the device; gone when sent

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["occasion", "user"], name="participation_once"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "done", "declined", "paper", "handed", "missed"]),
                name="participation_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "paper"]) | Q(draft_key=None), name="participation_draft_ends"
            ),
        ]

    def __str__(self) -> str:
        return f"user {self.user_id} at occasion {self.occasion_id}"


class PairSalt(models.Model):
    """128 random bits per person and study: half of what pairs before with after. Goes with the person."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="+")
    user = models.ForeignKey("courses.User", models.CASCADE, related_name="+")
    salt = models.BinaryField()

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "user"], name="pair_salt_once")]

    def __str__(self) -> str:
        return f"user {self.user_id} in study {self.study_id}"


class HouseholdSaltQuerySet(models.QuerySet["HouseholdSalt"]):
    def visible_to(self, user: User) -> Self:
        """One's own household's."""
        return self.filter(family__adults__user=user.pk)


class HouseholdSalt(models.Model):
    """The same for a household, so that two adults of one family are not taken for independent."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="+")
    family = models.ForeignKey("courses.Family", models.CASCADE, related_name="+")
    salt = models.BinaryField()

    objects = HouseholdSaltQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "family"], name="household_salt_once")]

    def __str__(self) -> str:
        return f"family {self.family_id} in study {self.study_id}"


class Withdrawal(models.Model):
    """That somebody took back what she answered in a study: by what it is found, and not who she is, so that
    it is found when she has left too. By her salt, which is hers no more; signed forms by her number and the
    occasion, one row for each: what she signs when she has agreed again is not among them.

    Only the closing job reads it. Nothing goes with its study by itself, for the same reason as below.
    """

    id = models.BigAutoField(primary_key=True)  # drawn
    study = models.ForeignKey(Study, models.DO_NOTHING, related_name="+")
    salt = models.BinaryField(null=True)
    named = models.BigIntegerField(null=True)
    occasion = models.ForeignKey(Occasion, models.DO_NOTHING, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(salt=None, named__isnull=False, occasion__isnull=False)
                | Q(salt__isnull=False, named=None, occasion=None),
                name="withdrawal_of_one_kind",
            )
        ]

    def __str__(self) -> str:
        return f"withdrawal in study {self.study_id}"


class Consent(models.Model):
    """What somebody has acknowledged or agreed to, in which wording; withdrawn, it stays as a trace."""

    class Purpose(models.TextChoices):
        INFORMATION = "information", _("har lest informasjonen")
        RESEARCH = "research", _("samtykke til forskning")

    user = models.ForeignKey("courses.User", models.CASCADE, related_name="consents")
    letter = models.ForeignKey("evaluation.Information", models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=12, choices=Purpose)
    language = models.CharField(max_length=2, choices=Language)
    given_on = models.DateField()
    withdrawn_on = models.DateField(null=True, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "letter", "purpose"],
                condition=Q(withdrawn_on=None),
                name="consent_once_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"user {self.user_id}: {self.purpose}"


class SealedAnswer(models.Model):
    """One sealed form. The id is drawn, never counted, and all boxes are of one length.

    ``BigAutoField`` with an id of its own: SQLite then keeps the rows by their ids, which are random.
    """

    id = models.BigAutoField(primary_key=True)
    # nothing goes with its occasion by itself: the web process may not delete here, and none is to be lost so
    occasion = models.ForeignKey(Occasion, models.DO_NOTHING, related_name="+")
    box = models.BinaryField()

    def __str__(self) -> str:
        return f"sealed answer to occasion {self.occasion_id}"


class SealedNames(models.Model):
    """Names that a text from the occasion may be about, sealed while they are known: of everybody around it,
    never of one alone. Closing takes them out of the texts (``answers/keeping_names.py``)."""

    id = models.BigAutoField(primary_key=True)  # drawn
    occasion = models.ForeignKey(Occasion, models.DO_NOTHING, related_name="+")  # as above
    box = models.BinaryField()

    def __str__(self) -> str:
        return f"sealed names around occasion {self.occasion_id}"


class PaperEnvelope(models.Model):
    """That a form on paper was printed for somebody: her and the code on it, sealed together. Only the
    closing job can tell."""

    id = models.BigAutoField(primary_key=True)  # drawn
    occasion = models.ForeignKey(Occasion, models.CASCADE, related_name="+")
    box = models.BinaryField()

    def __str__(self) -> str:
        return f"envelope at occasion {self.occasion_id}"


class KeyedSheet(models.Model):
    """The code of a form on paper that has been put in, so that it is not put in again. Of no person: no row
    knows the code before, and whose it is lies sealed."""

    id = models.BigAutoField(primary_key=True)  # drawn
    occasion = models.ForeignKey(Occasion, models.CASCADE, related_name="+")
    code = models.CharField(max_length=12)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["occasion", "code"], name="sheet_keyed_once")]

    def __str__(self) -> str:
        return f"keyed sheet at occasion {self.occasion_id}"
