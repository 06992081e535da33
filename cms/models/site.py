"""The root of the tree and the plain pages around the programme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from cms.blocks import InfoBody
from cms.rendering import preview_of_info

if TYPE_CHECKING:
    from django.http import HttpRequest


class HomePage(Page):
    """The top of one language's tree. It has no text of its own: the front page is a template."""

    max_count_per_parent = 2
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["cms.ProgrammePage", "cms.InfoPage"]
    content_panels = Page.content_panels
    promote_panels: list[Any] = []
    settings_panels: list[Any] = []
    preview_modes: list[Any] = []

    class Meta:
        verbose_name = _("forside")


class InfoPage(Page):
    """A public page such as «Praktisk og rettigheter». ``html`` is rendered when it is published."""

    ingress = models.TextField(
        _("ingress"), blank=True, help_text=_("Én eller to setninger som sier hva siden gir.")
    )
    body = StreamField(InfoBody(), verbose_name=_("innhold"), blank=True)
    html = models.TextField(blank=True, editable=False)

    content_panels = [*Page.content_panels, FieldPanel("ingress"), FieldPanel("body")]
    promote_panels = [FieldPanel("slug")]
    search_fields = [*Page.search_fields, index.SearchField("ingress"), index.SearchField("body")]
    parent_page_types = ["cms.HomePage"]
    subpage_types: list[str] = []
    template = "cms/info.html"

    class Meta:
        verbose_name = _("informasjonsside")
        verbose_name_plural = _("informasjonssider")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The public page, for preview only: its address is a view of its own."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return context | preview_of_info(self)
