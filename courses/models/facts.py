"""Facts with an owner and a date: help numbers, local facts and the word list. Edited in the CMS."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def are_windows(value: Any) -> bool:
    """Whether ``value`` is a list of windows as ``is_open`` reads them."""
    return isinstance(value, list) and all(
        isinstance(window, dict)
        and window.keys() == {"days", "from", "to"}
        and isinstance(window["days"], list)
        and all(isinstance(day, str) and day in WEEKDAYS for day in window["days"])
        and all(isinstance(window[edge], str) and CLOCK.fullmatch(window[edge]) for edge in ("from", "to"))
        for window in value
    )


def validate_windows(value: Any) -> None:
    if not are_windows(value):
        raise ValidationError(
            _(
                "Åpningstidene kan ikke leses. Skriv dager som mon, tue, wed, thu, fri, sat eller sun,"
                ' og klokkeslett som "08:00".'
            )
        )


def tel_of(number: str) -> str:
    """A number as a tel: link wants it."""
    return "".join(sign for sign in number if sign.isdigit() or sign == "+")


def is_open(windows: list[dict[str, Any]], moment: datetime) -> bool:
    """Whether one of the windows covers ``moment`` (aware). No windows: always open.

    A window is ``{"days": ["mon", …], "from": "15:00", "to": "08:00"}`` in Oslo time. One that ends
    before it begins runs over midnight and belongs to the day it begins.
    """
    if not windows:
        return True
    local = timezone.localtime(moment)
    today, yesterday = WEEKDAYS[local.weekday()], WEEKDAYS[local.weekday() - 1]
    for window in windows:
        begins, ends = time.fromisoformat(window["from"]), time.fromisoformat(window["to"])
        if begins < ends:
            covers = today in window["days"] and begins <= local.time() < ends
        else:
            covers = (today in window["days"] and local.time() >= begins) or (
                yesterday in window["days"] and local.time() < ends
            )
        if covers:
            return True
    return False


class InTwoLanguages:
    """Reads ``field`` or ``field_nn`` by the active language; Bokmål where Nynorsk is missing."""

    def in_language(self, field: str) -> str:
        if get_language() == "nn" and (text := getattr(self, f"{field}_nn")):
            return str(text)
        return str(getattr(self, field))


class HelpNumber(InTwoLanguages, models.Model):
    """A number to call, national (no municipality) or local. Never without owner and date of control."""

    key = models.SlugField(_("kortnavn"), help_text=_("For eksempel barnevernvakt."))
    municipality = models.ForeignKey(
        "courses.Municipality",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="help_numbers",
        verbose_name=_("kommune"),
        help_text=_("Tomt felt betyr hele landet."),
    )
    label = models.CharField(_("navn"), max_length=80)
    label_nn = models.CharField(_("navn på nynorsk"), max_length=80, blank=True)
    number = models.CharField(_("nummer"), max_length=20)
    who = models.CharField(_("når en ringer hit"), max_length=200)
    who_nn = models.CharField(_("når en ringer hit, på nynorsk"), max_length=200, blank=True)
    hours = models.CharField(_("åpent, med ord"), max_length=120)
    hours_nn = models.CharField(_("åpent, med ord, på nynorsk"), max_length=120, blank=True)
    windows = models.JSONField(
        _("åpningstider"),
        default=list,
        blank=True,
        validators=[validate_windows],
        help_text=_(
            "Tomt betyr alltid åpent. Mandag og tirsdag fra 15 til 8 neste morgen skrives slik:"
            ' [{"days": ["mon", "tue"], "from": "15:00", "to": "08:00"}].'
            " Dagene heter mon, tue, wed, thu, fri, sat og sun."
        ),
    )
    position = models.PositiveSmallIntegerField(_("rekkefølge"), default=50)
    source = models.URLField(_("kilde"), blank=True)
    owner = models.CharField(_("hvem passer på at det stemmer"), max_length=100)
    checked_on = models.DateField(_("sist kontrollert"), default=date.today)
    is_example = models.BooleanField(_("oppdiktet eksempel"), default=False)

    class Meta:
        verbose_name = _("hjelpenummer")
        verbose_name_plural = _("hjelpenumre")
        ordering = ["municipality__name", "position", "label"]
        constraints = [
            models.UniqueConstraint(fields=["key", "municipality"], name="help_number_once_per_place"),
            models.UniqueConstraint(
                fields=["key"], condition=Q(municipality=None), name="help_number_once_nationally"
            ),
            models.CheckConstraint(condition=~Q(owner=""), name="help_number_has_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.label}, {self.number}"

    def clean(self) -> None:
        """An emptied field means «always», as an empty list does."""
        self.windows = self.windows or []

    @property
    def tel(self) -> str:
        """The number as a tel: link wants it."""
        return tel_of(self.number)


class Fact(InTwoLanguages, models.Model):
    """A local fact that texts leave a place for, such as the contact person's duty phone."""

    key = models.SlugField(_("kortnavn"))
    municipality = models.ForeignKey(
        "courses.Municipality", models.CASCADE, related_name="facts", verbose_name=_("kommune")
    )
    text = models.TextField(_("tekst"))
    text_nn = models.TextField(_("tekst på nynorsk"), blank=True)
    owner = models.CharField(_("hvem passer på at det stemmer"), max_length=100)
    review_by = models.DateField(_("se over innen"))

    class Meta:
        verbose_name = _("lokal opplysning")
        verbose_name_plural = _("lokale opplysninger")
        constraints = [
            models.UniqueConstraint(fields=["key", "municipality"], name="fact_once_per_municipality")
        ]

    def __str__(self) -> str:
        return f"{self.key}, {self.municipality}"


class Word(InTwoLanguages, models.Model):
    """A term a new foster parent meets, explained in a sentence or two."""

    word = models.CharField(_("ord"), max_length=60, unique=True)
    word_nn = models.CharField(_("ord på nynorsk"), max_length=60, blank=True)
    text = models.TextField(_("forklaring"))
    text_nn = models.TextField(_("forklaring på nynorsk"), blank=True)

    class Meta:
        verbose_name = _("begrep")
        verbose_name_plural = _("begreper")
        ordering = ["word"]

    def __str__(self) -> str:
        return self.word
