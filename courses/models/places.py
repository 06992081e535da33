"""Places: the municipalities that share a programme, and the written language of each."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Language(models.TextChoices):
    """The two written languages of Norwegian, by their language code."""

    NB = "nb", _("bokmål")
    NN = "nn", _("nynorsk")


class Region(models.Model):
    """The municipalities that share a programme."""

    name = models.CharField(_("navn"), max_length=100, unique=True)

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regioner")

    def __str__(self) -> str:
        return self.name


class Municipality(models.Model):
    """One municipality; its written language is the default for its families."""

    name = models.CharField(_("navn"), max_length=100, unique=True)
    slug = models.SlugField(_("kortnavn"), unique=True)
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="municipalities", verbose_name=_("region")
    )
    written_language = models.CharField(_("skriftspråk"), max_length=2, choices=Language, default=Language.NB)

    privacy_officer = models.CharField(_("personvernombud"), max_length=100, blank=True)
    privacy_officer_email = models.EmailField(_("personvernombudets e-post"), blank=True)

    class Meta:
        verbose_name = _("kommune")
        verbose_name_plural = _("kommuner")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(written_language__in=Language.values), name="municipality_language_known"
            )
        ]

    def __str__(self) -> str:
        return self.name
