"""ProgrammePage › ModulePage › PartPage: what the project leader edits, one tree per written language.

Families never read these pages: publishing an edition freezes them into rows (cms/publishing.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
)
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page
from wagtail.search import index

from cms.blocks import PartBody
from cms.forms import ModulePageForm, PartPageForm
from cms.rendering import lines_of, preview_of_module, preview_of_part

if TYPE_CHECKING:
    from django.http import HttpRequest


class ProgrammePage(Page):
    """The top of one programme in one language."""

    programme = models.ForeignKey(
        "courses.Programme", models.PROTECT, related_name="+", verbose_name=_("program")
    )
    ingress = models.TextField(_("ingress"), blank=True)
    mark = models.CharField(
        _("merking"),
        max_length=60,
        blank=True,
        help_text=_("Står på hver del til innholdet er faglig godkjent."),
    )

    content_panels = [*Page.content_panels, FieldPanel("ingress"), FieldPanel("mark")]
    promote_panels = [FieldPanel("slug"), FieldPanel("programme")]
    settings_panels: list[Any] = []
    search_fields = [*Page.search_fields, index.SearchField("ingress")]
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.ModulePage"]
    admin_default_ordering = "ord"  # modules in the course's order, not the newest change first
    preview_modes: list[Any] = []

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("programmer")


class ModulePage(Page):
    """One evening's theme: what families read before it, and the facilitator's layer for the evening."""

    module = models.ForeignKey(
        "courses.Module",
        models.PROTECT,
        blank=True,
        related_name="+",
        verbose_name=_("modul"),
        help_text=_("Tomt felt gir en ny modul, sist i programmet."),
    )
    ingress = models.TextField(_("ingress"), blank=True, help_text=_("To–tre setninger. Vises på Min side."))
    goals = models.TextField(_("mål"), blank=True, help_text=_("Ett mål på hver linje."))
    evening_minutes = models.PositiveSmallIntegerField(
        _("kurskvelden varer, minutter"),
        default=135,
        help_text=_("Punktene i kveldsplanen skal bli like mange."),
    )
    materials = models.TextField(
        _("materiell"), blank=True, help_text=_("Det lederen tar med. Én ting på hver linje.")
    )

    content_panels = [*Page.content_panels, FieldPanel("ingress"), FieldPanel("goals")]
    leader_panels = [
        FieldPanel("evening_minutes"),
        InlinePanel("run_sheet", heading=_("Kveldsplan"), label=_("punkt")),
        FieldPanel("materials"),
        InlinePanel("core_elements", heading=_("Kjerneelementer"), label=_("kjerneelement")),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(content_panels, heading=_("For familien")),
            ObjectList(leader_panels, heading=_("For den som leder kvelden")),
            ObjectList([FieldPanel("slug"), FieldPanel("module")], heading=_("Adresse")),
        ]
    )
    search_fields = [*Page.search_fields, index.SearchField("ingress"), index.SearchField("goals")]
    parent_page_types = ["cms.ProgrammePage"]
    subpage_types = ["cms.PartPage"]
    admin_default_ordering = "ord"
    preview_modes = [("", _("Som familien ser det"))]
    template = "courses/module.html"
    base_form_class = ModulePageForm

    class Meta:
        verbose_name = _("modul")
        verbose_name_plural = _("moduler")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new page without a module makes one: the next in its programme."""
        if self.module_id is None:
            with transaction.atomic():
                programme = self.get_parent().specific.programme
                type(programme).objects.select_for_update().get(pk=programme.pk)  # one number each
                self.module = programme.next_module(self.slug or slugify(self.title))
                self.module.save()
        super().save(*args, **kwargs)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The family's page, for preview only. Reads the module's live parts."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return context | preview_of_module(self)

    @property
    def evening(self) -> dict[str, Any]:
        """The facilitator's layer as plain data. Reads the run sheet and the core elements."""
        return {
            "minutes": self.evening_minutes,
            "plan": [item.as_data() for item in self.run_sheet.all()],
            "materials": lines_of(self.materials),
            "core_elements": [{"key": item.key, "text": item.text} for item in self.core_elements.all()],
        }


class RunSheetItem(Orderable):
    """One line of the minute plan for a course evening."""

    page = ParentalKey(ModulePage, on_delete=models.CASCADE, related_name="run_sheet")
    minutes = models.PositiveSmallIntegerField(_("minutter"), validators=[MinValueValidator(1)])
    title = models.CharField(_("hva"), max_length=120)
    do = models.TextField(_("slik gjør du"), blank=True, help_text=_("Hva lederen sier og gjør."))
    ask = models.TextField(_("spørsmål å stille"), blank=True, help_text=_("Ett på hver linje."))
    material = models.CharField(_("materiell"), max_length=200, blank=True)
    core = models.SlugField(
        _("kjerneelement"), blank=True, help_text=_("Kortnavnet på kjerneelementet punktet dekker.")
    )
    cut_first = models.BooleanField(_("kutt dette først"), default=False)
    if_hard = models.TextField(_("hvis det tar av"), blank=True)

    panels = [
        FieldRowPanel([FieldPanel("minutes"), FieldPanel("title")]),
        FieldPanel("do"),
        FieldPanel("ask"),
        FieldPanel("if_hard"),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("material"), FieldPanel("core"), FieldPanel("cut_first")])]
        ),
    ]

    class Meta(Orderable.Meta):
        constraints = [models.CheckConstraint(condition=Q(minutes__gte=1), name="run_sheet_item_lasts")]

    def __str__(self) -> str:
        return f"{self.minutes} {self.title}"

    def as_data(self) -> dict[str, Any]:
        return {
            "minutes": self.minutes,
            "title": self.title,
            "do": self.do,
            "ask": lines_of(self.ask),
            "material": self.material,
            "core": self.core,
            "cut_first": self.cut_first,
            "if_hard": self.if_hard,
        }


class CoreElement(Orderable):
    """What must happen for the evening to be this evening. The key never changes: adherence hangs on it."""

    page = ParentalKey(ModulePage, on_delete=models.CASCADE, related_name="core_elements")
    key = models.SlugField(_("kortnavn"), help_text=_("Endres aldri når en kveld er holdt."))
    text = models.CharField(_("kjerneelement"), max_length=200)

    panels = [FieldRowPanel([FieldPanel("key"), FieldPanel("text")])]

    def __str__(self) -> str:
        return self.text


class PartPage(Page):
    """One screen-read of two to four minutes."""

    ingress = models.TextField(_("ingress"), blank=True, help_text=_("Én eller to setninger."))
    minutes = models.PositiveSmallIntegerField(
        _("lesetid, minutter"), default=3, validators=[MinValueValidator(1)]
    )
    body = StreamField(
        PartBody(),
        verbose_name=_("innhold"),
        blank=True,
        help_text=_("250–500 ord, med en øvelse, fortelling eller refleksjon der det hjelper."),
    )
    hears_child = models.BooleanField(
        _("barnet blir spurt og hørt"), default=False, help_text=_("Barnekonvensjonen artikkel 12.")
    )
    about_school = models.BooleanField(_("handler om skole"), default=False)
    about_mental_health = models.BooleanField(_("handler om psykisk helse"), default=False)
    for_kinship = models.BooleanField(_("for slekt og nettverk"), default=False)

    content_panels = [
        *Page.content_panels,
        FieldPanel("ingress"),
        FieldPanel("body"),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(content_panels, heading=_("Innhold")),
            ObjectList(
                [
                    FieldPanel("minutes"),
                    MultiFieldPanel(
                        [
                            FieldPanel("hears_child"),
                            FieldPanel("about_school"),
                            FieldPanel("about_mental_health"),
                            FieldPanel("for_kinship"),
                        ],
                        heading=_("Tråder gjennom programmet"),
                    ),
                    FieldPanel("slug"),
                ],
                heading=_("Om delen"),
            ),
        ]
    )
    search_fields = [*Page.search_fields, index.SearchField("ingress"), index.SearchField("body")]
    parent_page_types = ["cms.ModulePage"]
    subpage_types: list[str] = []
    preview_modes = [("", _("Som familien ser det"))]
    template = "courses/part.html"
    base_form_class = PartPageForm

    class Meta:
        verbose_name = _("del")
        verbose_name_plural = _("deler")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The family's page, for preview only."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return context | preview_of_part(self)


class PinnedRevision(models.Model):
    """Keeps the revision an edition was made from, for as long as the edition exists."""

    edition = models.ForeignKey("courses.Edition", models.CASCADE, related_name="+")
    revision = models.ForeignKey("wagtailcore.Revision", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "revision"], name="pinned_revision_once")]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.revision_id}"


class PinnedFile(models.Model):
    """Keeps a picture, recording or document an edition shows. Exactly one of the three is set."""

    edition = models.ForeignKey("courses.Edition", models.CASCADE, related_name="+")
    picture = models.ForeignKey("cms.Picture", models.PROTECT, null=True, related_name="+")
    recording = models.ForeignKey("cms.Recording", models.PROTECT, null=True, related_name="+")
    document = models.ForeignKey("wagtaildocs.Document", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(picture__isnull=False, recording=None, document=None)
                | Q(picture=None, recording__isnull=False, document=None)
                | Q(picture=None, recording=None, document__isnull=False),
                name="pinned_file_is_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.picture_id or self.recording_id or self.document_id}"
