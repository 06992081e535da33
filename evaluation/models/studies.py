"""Studies: what is asked of whom, and when. No person is here, and no answer.

A study has waves («før», «etter», «etter hver kveld»); a wave opened for one group, or one evening, is an
occasion. What must not change once somebody has been invited is held by ``save`` and ``update``.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.access import people_visible_to
from courses.models.people import random_nonce

if TYPE_CHECKING:
    from courses.models import User


class IdentityMode(models.TextChoices):
    """How an answer hangs together with a person: by which tables there are, not by a promise."""

    ANONYMOUS = "anonymous", _("anonymt")
    LINKED = "linked", _("uten navn, før og etter kobles")
    NAMED = "named", _("med navn")


class Audience(models.TextChoices):
    ADULT = "adult", _("voksne i familiene")
    CONTACT_PERSON = "contact-person", _("kontaktpersoner")
    LEADER = "leader", _("ledere")


PUT_BACK = "sikkerhetskopi uten forseglede svar"  # as Occasion.given_up_by: a restore lost the answers
EVENING_DAYS = 2  # how long an evening's anonymous form is open
WALL_SIGNS = "abcdefghjkmnpqrstuvwxyz"  # small letters alone: no key to change, and none like another
WALL_LENGTH = 8


def drawn_code() -> str:
    """What is typed off the wall to come to an evening's form: drawn, it says nothing of which it is."""
    return "".join(secrets.choice(WALL_SIGNS) for _ in range(WALL_LENGTH))


class InvitedAlreadyError(Exception):
    """Somebody has been invited: what she was promised cannot be changed."""


class Study(models.Model):
    """One evaluation of one programme, from the first question to the day its pairing key is destroyed."""

    key = models.SlugField(_("kortnavn"), unique=True)
    name_nb = models.CharField(_("navn, bokmål"), max_length=120)
    name_nn = models.CharField(_("navn, nynorsk"), max_length=120, blank=True)
    programme = models.ForeignKey(
        "courses.Programme", models.PROTECT, related_name="studies", verbose_name=_("program")
    )
    region = models.ForeignKey(
        "courses.Region", models.PROTECT, related_name="studies", verbose_name=_("region")
    )
    purpose_nb = models.TextField(_("formål, bokmål"))
    purpose_nn = models.TextField(_("formål, nynorsk"), blank=True)
    is_research = models.BooleanField(
        _("forskning"),
        default=False,
        help_text=_("Da blir bare de som har samtykket, spurt om svar som kan kobles."),
    )
    controller = models.CharField(_("behandlingsansvarlig"), max_length=200)
    partner = models.CharField(_("forskningspartner"), max_length=200, blank=True)
    contact_name = models.CharField(_("kontakt"), max_length=120)
    contact_email = models.EmailField(_("kontaktens e-post"))
    starts_on = models.DateField(_("fra"))
    ends_on = models.DateField(_("til"))
    sunset_on = models.DateField(_("koblingsnøkkelen slettes"))
    sunset_done_on = models.DateField(null=True, editable=False)
    taken_back_on = models.DateField(null=True, editable=False)  # somebody withdrew hers, not yet deleted
    key_fingerprint = models.CharField(
        max_length=64, blank=True, editable=False
    )  # SHA-256 of the pairing key
    primary_outcome = models.CharField(
        _("hovedutfall"), max_length=80, blank=True, help_text=_("Skjema og skala, med punktum mellom.")
    )
    criteria_locked_on = models.DateField(null=True, editable=False)
    criteria_locked_by = models.CharField(max_length=120, blank=True, editable=False)  # the name, as it was

    class Meta:
        verbose_name = _("studie")
        verbose_name_plural = _("studier")
        ordering = ["-starts_on", "key"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="study_ends_after_start"),
            models.CheckConstraint(condition=Q(sunset_on__gt=F("ends_on")), name="study_sunset_after_end"),
        ]

    def __str__(self) -> str:
        return self.name_nb


class WaveQuerySet(models.QuerySet["Wave"]):
    def update(self, **fields: object) -> int:
        """Raises InvitedAlreadyError for what a wave with an opened occasion has promised."""
        if PROMISED & set(fields) and self.filter(occasions__in=Occasion.objects.opened()).exists():
            raise InvitedAlreadyError
        return super().update(**fields)


class Wave(models.Model):
    """One measurement of a study: which questionnaires, whom, when, and how answers hang together."""

    class Anchor(models.TextChoices):
        FIRST_EVENING = "first-evening", _("første kveld")
        LAST_EVENING = "last-evening", _("siste kveld")
        EACH_EVENING = "each-evening", _("hver kveld")

    study = models.ForeignKey(Study, models.CASCADE, related_name="waves")
    code = models.SlugField(_("kode"), max_length=12)  # T0, T1, T2, kveld …
    name_nb = models.CharField(_("navn, bokmål"), max_length=80)
    name_nn = models.CharField(_("navn, nynorsk"), max_length=80, blank=True)
    audience = models.CharField(_("spør"), max_length=16, choices=Audience, default=Audience.ADULT)
    identity = models.CharField(_("svarene lagres"), max_length=10, choices=IdentityMode)
    anchor = models.CharField(_("regnes fra"), max_length=16, choices=Anchor)
    opens_after_days = models.SmallIntegerField(
        _("åpner, dager etter"), default=0, help_text=_("Minus betyr dager før.")
    )
    open_for_days = models.PositiveSmallIntegerField(_("åpent i dager"), default=14)
    order = models.PositiveSmallIntegerField(default=0)

    objects = WaveQuerySet.as_manager()

    class Meta:
        verbose_name = _("måling")
        verbose_name_plural = _("målinger")
        ordering = ["study", "order", "code"]
        constraints = [
            models.UniqueConstraint(fields=["study", "code"], name="wave_once_per_study"),
            models.CheckConstraint(condition=Q(open_for_days__gte=1), name="wave_is_open"),
            models.CheckConstraint(
                condition=Q(identity__in=["anonymous", "linked", "named"]), name="wave_identity_known"
            ),
            models.CheckConstraint(  # what families answer is never stored with a name
                condition=~Q(audience="adult", identity="named"), name="wave_no_named_adult"
            ),
            models.CheckConstraint(  # of each evening: families without a name, or who led it with hers
                condition=Q(identity="anonymous", anchor="each-evening")
                | Q(identity="named", audience="contact-person", anchor="each-evening")
                | ~Q(identity="anonymous") & ~Q(anchor="each-evening"),
                name="wave_of_evenings",
            ),
            models.CheckConstraint(
                condition=~Q(identity="anonymous") | Q(open_for_days=EVENING_DAYS), name="wave_of_48_hours"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.study_id}: {self.code}"

    def save(self, *args: object, **kwargs: object) -> None:
        """Raises InvitedAlreadyError when a promise would change after somebody was invited."""
        before = Wave.objects.filter(pk=self.pk).values(*PROMISED).first() if self.pk else None
        changed = before is not None and any(before[name] != getattr(self, name) for name in PROMISED)
        if changed and Occasion.objects.opened().filter(wave=self.pk).exists():
            raise InvitedAlreadyError
        super().save(*args, **kwargs)

    def name_in(self, language: str) -> str:
        return (self.name_nn or self.name_nb) if language == "nn" else self.name_nb


PROMISED = frozenset({"identity", "audience", "code"})


class WaveInstrument(models.Model):
    """A questionnaire version asked in a wave; several are asked one after another."""

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="instruments")
    version = models.ForeignKey("evaluation.InstrumentVersion", models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["wave", "version"], name="wave_asks_version_once")]

    def __str__(self) -> str:
        return f"{self.wave_id}: {self.version_id}"


class OccasionQuerySet(models.QuerySet["Occasion"]):
    def visible_to(self, user: User) -> Self:
        """Occasions of groups one takes part in or leads; for the project leader all."""
        return people_visible_to(
            self,
            user,
            municipality="group__municipalities",
            takers="group__enrolments",
            group="group",
        )

    def opened(self) -> Self:
        """Those somebody has been invited to, whatever came after."""
        return self.exclude(state=Occasion.State.PLANNED)

    def update(self, **fields: object) -> int:
        """Raises InvitedAlreadyError for the identity mode of an opened occasion."""
        if "identity" in fields and self.opened().exists():
            raise InvitedAlreadyError
        return super().update(**fields)


class Occasion(models.Model):
    """A wave opened for one group, or for one of its evenings; of staff waves without a group the region.

    PLANNED → OPEN → CLOSED (sealed answers wait) → COUNTED (in the answers database). Where there are too
    few it stays CLOSED until the region's pool has enough, and is DROPPED at the study's end if it never has;
    or when its key is lost, and two people have given it up (``answers/giving_up.py``).
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planlagt")
        OPEN = "open", _("åpent")
        CLOSED = "closed", _("lukket")
        COUNTED = "counted", _("talt opp")
        DROPPED = "dropped", _("for få svar, slettet")

    wave = models.ForeignKey(Wave, models.PROTECT, related_name="occasions")
    group = models.ForeignKey("courses.Group", models.PROTECT, null=True, related_name="occasions")
    evening = models.ForeignKey("courses.Evening", models.PROTECT, null=True, related_name="occasions")
    identity = models.CharField(max_length=10, choices=IdentityMode)  # the wave's, as it was promised
    opens_at = models.DateTimeField(_("åpner"))
    closes_at = models.DateTimeField(_("lukker"))
    state = models.CharField(max_length=8, choices=State, default=State.PLANNED)
    public_key = models.BinaryField(null=True, editable=False)  # 32 bytes; the private half is elsewhere
    batch = models.BigIntegerField(null=True, unique=True, editable=False)  # drawn when closing begins
    nonce = models.CharField(max_length=32, unique=True, default=random_nonce, editable=False)  # of the QR
    wall_code = models.CharField(max_length=8, unique=True, default=drawn_code, editable=False)  # to be typed
    # drawn anew when a restore may have lost what hung on it: whose the sheets of paper are, where forms are
    # linked, and what devices remember to have sent, where they are anonymous (answers/lost_boxes.py)
    series = models.CharField(max_length=32, default=random_nonce, editable=False)
    series_before = models.JSONField(default=list, editable=False)  # what a sheet from before is known by
    received = models.PositiveIntegerField(default=0, editable=False)  # anonymous forms only: how many came
    seats = models.PositiveIntegerField(default=0, editable=False)  # the most that could when one came
    asked = models.PositiveIntegerField(default=0, editable=False)  # by name, counted when it closes: stays
    asked_families = models.PositiveIntegerField(default=0, editable=False)  # when somebody is erased since
    given_up_on = models.DateField(null=True, editable=False)
    given_up_by = models.CharField(max_length=200, blank=True, editable=False)  # both names, and who ran it
    lost_answers = models.PositiveIntegerField(default=0, editable=False)  # that nobody can open any more

    objects = OccasionQuerySet.as_manager()

    class Meta:
        verbose_name = _("måletidspunkt")
        verbose_name_plural = _("måletidspunkter")
        ordering = ["opens_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["wave", "group", "evening"], name="occasion_once"),
            models.UniqueConstraint(
                fields=["wave", "group"], condition=Q(evening=None), name="occasion_once_per_group"
            ),
            models.UniqueConstraint(  # no group is unlike any other, to a database
                fields=["wave"], condition=Q(group=None, evening=None), name="occasion_once_in_region"
            ),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="occasion_closes_after"),
            models.CheckConstraint(
                condition=Q(state="planned") | Q(public_key__isnull=False), name="occasion_open_has_a_key"
            ),
            models.CheckConstraint(
                condition=~Q(identity="anonymous") | Q(evening__isnull=False),
                name="occasion_anonymous_has_evening",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "open", "closed", "counted", "dropped"]),
                name="occasion_state_known",
            ),
            models.CheckConstraint(
                condition=Q(given_up_on=None, given_up_by="", lost_answers=0)
                | Q(given_up_on__isnull=False, state="dropped") & ~Q(given_up_by=""),
                name="occasion_given_up_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"occasion {self.pk}"

    def save(self, *args: object, **kwargs: object) -> None:
        """Raises InvitedAlreadyError when the identity mode would change after the opening."""
        if self.pk and Occasion.objects.opened().filter(pk=self.pk).exclude(identity=self.identity).exists():
            raise InvitedAlreadyError
        super().save(*args, **kwargs)
