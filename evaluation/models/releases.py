"""Figures that have been let out: once, whole, and never changed. The web process reads these alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.access import active_roles, has_role, people_visible_to
from courses.models.places import Language
from evaluation.models.studies import Occasion, Study, Wave

if TYPE_CHECKING:
    from courses.models import User


READERS = ("project-leader", "leader", "researcher")


class ReleasedAlreadyError(Exception):
    """What has been let out cannot be changed or taken back."""


class EveningVerdictQuerySet(models.QuerySet["EveningVerdict"]):
    def visible_to(self, user: User) -> Self:
        """Those of the groups one leads; for the project leader all. Not the families'."""
        return people_visible_to(
            self, user, municipality="occasion__group__municipalities", group="occasion__group"
        )


class EveningVerdict(models.Model):
    """What an evening's anonymous form may tell its contact persons (rule R8), made when it was counted."""

    occasion = models.OneToOneField(Occasion, models.CASCADE, related_name="verdict")
    snapshot = models.JSONField()

    objects = EveningVerdictQuerySet.as_manager()

    def __str__(self) -> str:
        return f"verdict of occasion {self.occasion_id}"


class FixedQuerySet(models.QuerySet["models.Model"]):
    """Rows that are only ever added."""

    def update(self, **fields: object) -> int:
        raise ReleasedAlreadyError

    def delete(self) -> tuple[int, dict[str, int]]:
        raise ReleasedAlreadyError


class Fixed(models.Model):
    """Added once. Raises ReleasedAlreadyError for every change and deletion."""

    objects = FixedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: object, **kwargs: object) -> None:
        if not self._state.adding:
            raise ReleasedAlreadyError
        super().save(*args, **kwargs)

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        raise ReleasedAlreadyError


class ReleaseDraftQuerySet(models.QuerySet["ReleaseDraft"]):
    def visible_to(self, user: User) -> Self:
        """The project leaders': nobody else sees figures before they are out."""
        return self.all() if has_role(user, "project-leader") else self.none()

    def take_back(self, study: Study) -> None:
        """Somebody takes her answers out of the study: it is noted until they are deleted, and what is being
        worked out is not shown. What has been shown stands: beside another it would tell her answers.
        """
        Study.objects.filter(pk=study.pk).update(taken_back_on=timezone.localdate())
        why = str(_("Noen har tatt tilbake svarene sine siden. Be om forhåndsvisningen på nytt."))
        drafts = self.filter(wave__study=study, state=ReleaseDraft.State.ASKED)
        drafts.update(state=ReleaseDraft.State.FAILED, why=why)


class ReleaseDraft(models.Model):
    """A release asked for, and worked out by whoever may read the answers, for the project leader to see.

    What she has seen is what is let out, and nothing else: ``content`` is the snapshots, the numbers and the
    pictures, as evaluation/releases/working_out.py gives them. ``people`` is what people.py counted when it
    was asked for, without a name: whoever reads the answers may not read who took part. The row goes when it
    is let out.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("regnes ut")
        READY = "ready", _("klar til å sees")
        FAILED = "failed", _("kunne ikke regnes ut")

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="drafts")
    phase = models.CharField(max_length=16)
    asked_by = models.ForeignKey("courses.User", models.SET_NULL, null=True, related_name="+")
    asked_on = models.DateField(default=timezone.localdate)
    state = models.CharField(max_length=6, choices=State, default=State.ASKED)
    why = models.CharField(max_length=200, blank=True)
    people = models.JSONField(null=True)
    content = models.JSONField(null=True)

    objects = ReleaseDraftQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "phase"], name="release_draft_once")]

    def __str__(self) -> str:
        return f"draft of {self.wave_id}, {self.phase}"


class ReleaseQuerySet(FixedQuerySet):
    def visible_to(self, user: User) -> Self:
        """Figures of one's region, for project leaders, leaders and the research partner."""
        roles = [role for role in active_roles(user) if role.kind in READERS]
        if any(role.municipality_id is None for role in roles):
            return self.all()
        places = [role.municipality_id for role in roles]
        return self.filter(study__region__municipalities__in=places).distinct()


class OfReleaseQuerySet(FixedQuerySet):
    def visible_to(self, user: User) -> Self:
        """Those of the releases one may see."""
        return self.filter(release__in=Release.objects.visible_to(user))


class Release(Fixed):
    """One wave of a study in one phase, let out once. ``snapshot`` is what pages and the steering report
    tell, rounded and banded; ``technical`` has exact n and all decimals, for the research partner alone.
    """

    study = models.ForeignKey(Study, models.PROTECT, related_name="releases")
    wave = models.ForeignKey(Wave, models.PROTECT, related_name="releases")
    phase = models.CharField(max_length=16)
    made_on = models.DateField(default=timezone.localdate)
    made_by = models.ForeignKey("courses.User", models.SET_NULL, null=True, related_name="+")
    snapshot = models.JSONField()
    technical = models.JSONField()
    checksum = models.CharField(max_length=64)  # SHA-256 of both, as they are read back

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("offentliggjøring")
        verbose_name_plural = _("offentliggjøringer")
        ordering = ["-made_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["wave", "phase"], name="release_once_per_wave_and_phase"),
            models.CheckConstraint(
                condition=Q(phase__in=["pilot", "implementation"]), name="release_phase_known"
            ),
        ]

    def __str__(self) -> str:
        return f"release {self.pk}"


class ReleasedPicture(Fixed):
    """A figure, drawn when it was let out: SVG for pages, PNG for Word, words for whoever cannot see it."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="pictures")
    name = models.SlugField(max_length=80)
    language = models.CharField(max_length=2, choices=Language)
    title = models.CharField(max_length=200)
    words = models.TextField()  # the text alternative: what it shows
    table = models.JSONField()  # rows behind it, the first the headings
    svg = models.TextField()
    narrow = models.TextField()  # the same as svg, drawn for a phone
    png = models.BinaryField()

    objects = OfReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["release", "name", "language"], name="released_picture_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} of release {self.release_id}"


class ReleasedNumber(Fixed):
    """The ledger: every number that has been let out, about whom, and where it was told."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="numbers")
    key = models.CharField(max_length=160)  # «T1.pilot.trygg-i-oppdraget.trygg.change.mean»
    value = models.CharField(max_length=60)
    population = models.CharField(max_length=120)  # «pairs», «all», «site:3»
    is_technical = models.BooleanField(default=False)

    objects = OfReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["release", "key", "is_technical"], name="released_number_once")
        ]

    def __str__(self) -> str:
        return self.key
