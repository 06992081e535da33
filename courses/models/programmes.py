"""Programmes, their modules, and editions: frozen versions that groups are pinned to.

Reading never touches the pages these rows were made from (design §4.1): the text of every part is
stored here, rendered once per language when the edition was published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.places import Language

if TYPE_CHECKING:
    from courses.models.people import User

DRAWING = "house"  # of a module that an editor makes; the files of a programme choose another
SLUG_LENGTH = 46  # leaves place for a number in Module.slug


class Programme(models.Model):
    """A course with modules in order, such as «En god start». Its numbers are the completion rule."""

    class Audience(models.TextChoices):
        FAMILIES = "families", _("familier")
        CONTACT_PERSONS = "contact-persons", _("kontaktpersoner")

    slug = models.SlugField(_("kortnavn"), unique=True)
    name = models.CharField(_("navn"), max_length=100)
    name_nn = models.CharField(_("navn på nynorsk"), max_length=100, blank=True)
    audience = models.CharField(_("for"), max_length=16, choices=Audience, default=Audience.FAMILIES)
    evenings_required = models.PositiveSmallIntegerField(_("kurskvelder som må til"), default=5)
    opens_days_before = models.PositiveSmallIntegerField(_("åpner så mange dager før kvelden"), default=7)

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("programmer")
        constraints = [
            models.CheckConstraint(
                condition=Q(audience__in=["families", "contact-persons"]), name="programme_audience_known"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def next_module(self, slug: str) -> Module:
        """A module after the last one, not stored; a name that is taken gets its number too. One query."""
        rows = list(self.modules.values_list("number", "slug"))
        number = max((number for number, _slug in rows), default=0) + 1
        name = slug[:SLUG_LENGTH].strip("-") or "modul"
        if name in {slug for _number, slug in rows}:
            name = f"{name}-{number}"
        return Module(programme=self, slug=name, number=number, illustration=DRAWING)


class Module(models.Model):
    """One evening's theme. ``number`` is its place in the programme, from 1."""

    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="modules", verbose_name=_("program")
    )
    slug = models.SlugField(_("kortnavn"))
    number = models.PositiveSmallIntegerField(_("nummer"))
    obligatory = models.BooleanField(
        _("må være med"), default=False, help_text=_("Kurset er ikke fullført uten denne modulen.")
    )
    illustration = models.SlugField(_("tegning"), max_length=20)

    class Meta:
        verbose_name = _("modul")
        verbose_name_plural = _("moduler")
        ordering = ["programme", "number"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "slug"], name="module_slug_once"),
            models.UniqueConstraint(fields=["programme", "number"], name="module_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="module_number_from_one"),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def hue(self) -> str:
        """The class that gives the module its colour: m1–m6 for families, k1–k3 for contact persons."""
        return ("k" if self.programme.audience == Programme.Audience.CONTACT_PERSONS else "m") + str(
            self.number
        )


class EditionQuerySet(models.QuerySet["Edition"]):
    def newest_first(self) -> Self:
        return self.order_by("-published_at", "-pk")


class Edition(models.Model):
    """A whole programme as it was published at one moment: which parts, in which order and wording."""

    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="editions", verbose_name=_("program")
    )
    version = models.CharField(_("utgave"), max_length=10, help_text=_("For eksempel 1.0 eller 1.1."))
    reason = models.TextField(_("hva er nytt, og hvorfor"), blank=True)
    mark = models.CharField(
        _("merking"),
        max_length=60,
        blank=True,
        help_text=_("Står på hver del, for eksempel «Utkast – ikke faglig godkjent»."),
    )
    wording = models.PositiveIntegerField(default=0, editable=False)  # one more with each correction
    published_at = models.DateTimeField(_("publisert"))
    published_by = models.ForeignKey(
        "courses.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("publisert av")
    )

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("utgave")
        verbose_name_plural = _("utgaver")
        constraints = [
            models.UniqueConstraint(fields=["programme", "version"], name="edition_version_once"),
            models.CheckConstraint(condition=~Q(version=""), name="edition_has_version"),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.version}"


class EditionModule(models.Model):
    """A module's own text in one edition and language: what families see, and the facilitator's layer."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="modules")
    module = models.ForeignKey(Module, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()  # the module's number, as it was then
    obligatory = models.BooleanField(default=False)
    illustration = models.SlugField(max_length=20, blank=True)
    language = models.CharField(max_length=2, choices=Language)
    title = models.CharField(max_length=255)  # as long as a page's
    ingress = models.TextField(blank=True)
    goals = models.JSONField(default=list)  # list of sentences
    evening = models.JSONField(default=dict)  # minutes, plan, materials, core_elements (cms/publishing.py)
    revision = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "module", "language"], name="edition_module_once_per_language"
            ),
            models.CheckConstraint(
                condition=Q(language__in=Language.values), name="edition_module_language_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def frozen_module(self) -> Module:
        """The module as this edition has it, never to be saved: renumbering changes no edition."""
        self.module.number = self.position
        self.module.obligatory = self.obligatory
        self.module.illustration = self.illustration
        return self.module


class EditionPart(models.Model):
    """A part in an edition: its place and length. Its words are in ``PartText``."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="parts")
    module = models.ForeignKey(Module, models.PROTECT, related_name="+")
    key = models.SlugField(max_length=255)  # as long as a page's slug
    position = models.PositiveSmallIntegerField()  # from 1, within the module
    minutes = models.PositiveSmallIntegerField()  # reading time

    class Meta:
        ordering = ["module_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "module", "key"], name="edition_part_key_once"),
            models.UniqueConstraint(
                fields=["edition", "module", "position"], name="edition_part_position_once"
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1, minutes__gte=1), name="edition_part_counts_from_one"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class PartText(models.Model):
    """A part's words in one language, rendered once at publishing.

    ``segments`` is a list in reading order. ``{"kind": "html", "html": …}`` is safe HTML;
    «reflection», «home_task» and «local» are slots the view fills for the reader.
    """

    part = models.ForeignKey(EditionPart, models.CASCADE, related_name="texts")
    language = models.CharField(max_length=2, choices=Language)
    title = models.CharField(max_length=255)  # as long as a page's
    ingress = models.TextField(blank=True)
    segments = models.JSONField(default=list)  # empty: not written in this language yet
    tasks = models.JSONField(default=list)  # the home tasks among them: [{"id": …, "title": …}]
    words = models.PositiveIntegerField(default=0)
    revision = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part", "language"], name="part_text_once_per_language"),
            models.CheckConstraint(
                condition=Q(language__in=Language.values), name="part_text_language_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Correction(models.Model):
    """A wording carried into a published edition: who, when, why, and from which revision to which."""

    text = models.ForeignKey(PartText, models.CASCADE, related_name="corrections")
    by: models.ForeignKey[User | None] = models.ForeignKey(
        "courses.User", models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField()
    reason = models.TextField(_("hvorfor"))
    from_revision = models.PositiveBigIntegerField()
    to_revision = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["-made_at"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="correction_has_reason")]

    def __str__(self) -> str:
        return f"{self.text_id}: {self.from_revision} → {self.to_revision}"
