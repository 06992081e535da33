"""Questionnaires as the project leader writes them. They are content: no person is here.

A version is a draft until the first invitation to it goes out. Then it is frozen: ``definition`` holds the
whole of it, and what the editor's rows say no longer matters to anybody who answers.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from evaluation.instruments.definition import Definition
from evaluation.models.guards import FrozenError, Guarded, GuardedQuerySet


class InstrumentQuerySet(models.QuerySet["Instrument"]):
    def update(self, **fields: Any) -> int:
        """Raises FrozenError for the key of an instrument that has a version that was sent."""
        if "key" in fields and InstrumentVersion.objects.filter(instrument__in=self).frozen().exists():
            raise FrozenError
        return super().update(**fields)


class Instrument(models.Model):
    """A questionnaire through all its versions."""

    key = models.SlugField(_("kortnavn"), unique=True)

    objects = InstrumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("skjema")
        verbose_name_plural = _("skjemaer")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises FrozenError when the key would change after a version of it was sent."""
        sent = InstrumentVersion.objects.filter(instrument=self.pk).frozen()
        if self.pk and sent.exclude(instrument__key=self.key).exists():
            raise FrozenError
        super().save(*args, **kwargs)


class VersionQuerySet(GuardedQuerySet):
    """What has been sent is neither changed nor taken away by any of these, and nothing else is sent."""

    def update(self, **fields: Any) -> int:
        if {"definition", "frozen_at"} & fields.keys():
            raise FrozenError
        return super().update(**fields)

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        rows = list(objs)
        if any(row.definition is not None for row in rows):
            raise FrozenError
        return super().bulk_create(rows, *args, **kwargs)

    def freeze(self, definition: Definition, at: datetime) -> bool:
        """Keeps the definition of the one draft in this queryset; False when it was frozen before."""
        drafts = self.filter(frozen_at=None)
        return bool(models.QuerySet.update(drafts, definition=definition.as_data(), frozen_at=at))


class InstrumentVersion(ClusterableModel):
    """One version of a questionnaire, in both written languages. Frozen, it is never saved again."""

    FROZEN = "frozen_at__isnull"  # as the guards look it up from here
    PARENT = ""

    instrument = models.ForeignKey(
        Instrument, models.PROTECT, related_name="versions", verbose_name=_("skjema")
    )
    number = models.PositiveSmallIntegerField(_("versjon"), default=1)
    title_nb = models.CharField(_("tittel, bokmål"), max_length=120)
    title_nn = models.CharField(_("tittel, nynorsk"), max_length=120, blank=True)
    intro_nb = models.TextField(_("innledning, bokmål"), blank=True)
    intro_nn = models.TextField(_("innledning, nynorsk"), blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutter å svare"), default=3)
    licence = models.TextField(_("lisens"), blank=True)
    source = models.TextField(_("kilde"), blank=True)
    translated_by = models.CharField(_("oversatt av"), max_length=200, blank=True)
    low_help_scale = models.SlugField(_("hjelp ved lav skår: skala"), blank=True)
    low_help_below = models.FloatField(_("hjelp når skåren er under"), null=True, blank=True)
    low_help_nb = models.TextField(_("hjelpetekst, bokmål"), blank=True)
    low_help_nn = models.TextField(_("hjelpetekst, nynorsk"), blank=True)
    definition = models.JSONField(null=True, editable=False)  # Definition.as_data(), once frozen
    frozen_at = models.DateTimeField(null=True, editable=False)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("skjemaversjon")
        verbose_name_plural = _("skjemaversjoner")
        ordering = ["instrument", "number"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "number"], name="instrument_version_once"),
            models.CheckConstraint(
                condition=Q(frozen_at=None, definition=None)
                | Q(frozen_at__isnull=False, definition__isnull=False),
                name="instrument_version_frozen_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, versjon {self.number}"

    @property
    def title(self) -> str:
        """In the reader's language."""
        return (get_language() == "nn" and self.title_nn) or self.title_nb

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises FrozenError when it has been sent, or would become a copy of what was sent as another."""
        with transaction.atomic():
            locked = InstrumentVersion.objects.select_for_update().filter(pk=self.pk)
            was = locked.values_list("frozen_at", flat=True).first() if self.pk else None
            copied = self.definition is not None and (
                bool(self.pk and locked) or not self._is_itself(self.definition)
            )
            if was is not None or copied:
                raise FrozenError
            super().save(*args, **kwargs)

    def _is_itself(self, definition: dict[str, Any]) -> bool:
        return (definition["key"], definition["version"]) == (self.instrument.key, self.number)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Raises FrozenError when it has been sent."""
        with transaction.atomic():
            if InstrumentVersion.objects.select_for_update().filter(pk=self.pk).frozen().exists():
                raise FrozenError
            return super().delete(*args, **kwargs)

    @property
    def frozen(self) -> Definition:
        """What those who answer see. Raises ValueError while it is a draft."""
        if self.definition is None:
            raise ValueError(f"{self} is not frozen")
        return Definition.from_data(self.definition)


class Section(Guarded):
    """A heading with the items below it."""

    version = ParentalKey(InstrumentVersion, on_delete=models.CASCADE, related_name="sections")
    sort_order = models.PositiveSmallIntegerField(default=0, editable=False)
    key = models.SlugField(_("kode"), max_length=40)
    title_nb = models.CharField(_("overskrift, bokmål"), max_length=120, blank=True)
    title_nn = models.CharField(_("overskrift, nynorsk"), max_length=120, blank=True)
    text_nb = models.TextField(_("tekst, bokmål"), blank=True)
    text_nn = models.TextField(_("tekst, nynorsk"), blank=True)

    class Meta:
        ordering = ["sort_order"]

    def __str__(self) -> str:
        return self.key


class ChoiceList(Guarded, ClusterableModel):
    """A list of answers that several items share."""

    version = ParentalKey(InstrumentVersion, on_delete=models.CASCADE, related_name="choice_lists")
    sort_order = models.PositiveSmallIntegerField(default=0, editable=False)
    key = models.SlugField(_("kode"), max_length=40)

    class Meta:
        ordering = ["sort_order"]

    def __str__(self) -> str:
        return self.key


class Choice(Guarded):
    """One answer: its code is what is stored, and never changes its meaning."""

    FROZEN, PARENT, PARENT_FROZEN = (
        "choice_list__version__frozen_at__isnull",
        "choice_list",
        "version__frozen_at__isnull",
    )

    choice_list = ParentalKey(ChoiceList, on_delete=models.CASCADE, related_name="choices")
    sort_order = models.PositiveSmallIntegerField(default=0, editable=False)
    code = models.SmallIntegerField(_("kode"))
    label_nb = models.CharField(_("svar, bokmål"), max_length=120)
    label_nn = models.CharField(_("svar, nynorsk"), max_length=120, blank=True)

    class Meta:
        ordering = ["sort_order"]

    def __str__(self) -> str:
        return f"{self.code} {self.label_nb}"


class Item(Guarded):
    """One question or statement."""

    class Kind(models.TextChoices):
        AGREEMENT = "agreement", _("grad av enighet")
        NUMBER = "number", _("tall")
        ONE = "one", _("ett av flere svar")
        SEVERAL = "several", _("flere svar")
        TEXT = "text", _("kort tekst, uten navn")
        ZERO_TO_TEN = "zero-to-ten", _("0–10")

    version = ParentalKey(InstrumentVersion, on_delete=models.CASCADE, related_name="items")
    sort_order = models.PositiveSmallIntegerField(default=0, editable=False)
    key = models.SlugField(_("kode"), max_length=40)
    section = models.SlugField(_("overskriftens kode"), max_length=40)
    kind = models.CharField(_("slag"), max_length=12, choices=Kind, default=Kind.AGREEMENT)
    text_nb = models.TextField(_("spørsmål, bokmål"))
    text_nn = models.TextField(_("spørsmål, nynorsk"), blank=True)
    help_nb = models.TextField(_("forklaring, bokmål"), blank=True)
    help_nn = models.TextField(_("forklaring, nynorsk"), blank=True)
    choice_list = models.SlugField(_("svarlistas kode"), max_length=40, blank=True)
    low = models.SmallIntegerField(_("minste tall"), default=0)
    high = models.SmallIntegerField(_("største tall"), default=0)
    low_end_nb = models.CharField(_("laveste ende, bokmål"), max_length=60, blank=True)
    low_end_nn = models.CharField(_("laveste ende, nynorsk"), max_length=60, blank=True)
    high_end_nb = models.CharField(_("høyeste ende, bokmål"), max_length=60, blank=True)
    high_end_nn = models.CharField(_("høyeste ende, nynorsk"), max_length=60, blank=True)
    not_yet = models.BooleanField(_("kan svare «ikke aktuelt ennå»"), default=False)
    show_if_item = models.SlugField(_("vises bare hvis spørsmålet med kode"), max_length=40, blank=True)
    show_if_codes = models.CharField(
        _("er besvart med"),
        max_length=60,
        blank=True,
        help_text=_("Koder med komma mellom, for eksempel 1, 2."),
    )

    class Meta:
        ordering = ["sort_order"]

    def __str__(self) -> str:
        return self.key


class Scale(Guarded):
    """How items become one number. The rule is data, and frozen with the version."""

    class Method(models.TextChoices):
        MEAN = "mean", _("gjennomsnitt")
        SUM = "sum", _("sum")

    class Better(models.TextChoices):
        HIGH = "high", _("høyt er bra")
        LOW = "low", _("lavt er bra")
        NEITHER = "neither", _("verken høyt eller lavt er bra")

    version = ParentalKey(InstrumentVersion, on_delete=models.CASCADE, related_name="scales")
    sort_order = models.PositiveSmallIntegerField(default=0, editable=False)
    key = models.SlugField(_("kode"), max_length=40)
    title_nb = models.CharField(_("navn, bokmål"), max_length=120)
    title_nn = models.CharField(_("navn, nynorsk"), max_length=120, blank=True)
    items = models.TextField(
        _("spørsmål"),
        help_text=_("Koder med komma mellom. Minus foran snur spørsmålet, for eksempel: t01, -t04."),
    )
    method = models.CharField(_("regnes som"), max_length=4, choices=Method, default=Method.MEAN)
    min_answered = models.PositiveSmallIntegerField(_("minst så mange besvart"))
    low = models.FloatField(_("lavest mulige skår"))
    high = models.FloatField(_("høyest mulige skår"))
    better = models.CharField(_("retning"), max_length=7, choices=Better, default=Better.HIGH)
    multiply = models.FloatField(_("ganges med"), default=1)
    cut_offs = models.CharField(_("grenser fra kilden"), max_length=120, blank=True)
    source = models.TextField(_("kilde for regelen"), blank=True)

    class Meta:
        ordering = ["sort_order"]

    def __str__(self) -> str:
        return self.key
