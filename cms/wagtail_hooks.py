"""The Wagtail admin as the project leader meets it: snippets, editions, and nothing about persons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages as admin_messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.components import Component
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from cms import instrument_admin  # noqa: F401  # registers the questionnaires
from cms.models import ModulePage, PartPage, ProgrammePage
from cms.views import editions
from cms.views.editions import may_publish
from courses.models import EditionModule, EditionPart, Evening, Fact, HelpNumber, Word

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.urls import URLPattern
    from wagtail.models import Page


class HelpNumberViewSet(SnippetViewSet):
    model = HelpNumber
    icon = "warning"
    menu_label = _("Hjelpenumre")
    list_display = ["label", "number", "municipality", "checked_on", "owner"]
    list_filter = ["municipality"]
    panels = [
        FieldRowPanel([FieldPanel("key"), FieldPanel("municipality"), FieldPanel("position")]),
        FieldRowPanel([FieldPanel("label"), FieldPanel("label_nn")]),
        FieldPanel("number"),
        FieldRowPanel([FieldPanel("who"), FieldPanel("who_nn")]),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("hours"), FieldPanel("hours_nn")]), FieldPanel("windows")],
            heading=_("Når"),
        ),
        MultiFieldPanel(
            [FieldPanel("owner"), FieldPanel("checked_on"), FieldPanel("source"), FieldPanel("is_example")],
            heading=_("Kontroll"),
        ),
    ]


class FactViewSet(SnippetViewSet):
    model = Fact
    icon = "site"
    menu_label = _("Lokale opplysninger")
    list_display = ["key", "municipality", "review_by", "owner"]
    list_filter = ["municipality"]
    panels = [
        FieldRowPanel([FieldPanel("key"), FieldPanel("municipality")]),
        FieldPanel("text"),
        FieldPanel("text_nn"),
        FieldRowPanel([FieldPanel("owner"), FieldPanel("review_by")]),
    ]


class WordViewSet(SnippetViewSet):
    model = Word
    icon = "openquote"
    menu_label = _("Ordliste")
    list_display = ["word", "text"]
    panels = [
        FieldRowPanel([FieldPanel("word"), FieldPanel("word_nn")]),
        FieldPanel("text"),
        FieldPanel("text_nn"),
    ]


@register_snippet
class FactsViewSetGroup(SnippetViewSetGroup):
    items = (HelpNumberViewSet, FactViewSet, WordViewSet)
    menu_label = _("Fakta")
    menu_icon = "list-ul"
    menu_order = 200


@hooks.register("register_admin_urls")
def edition_urls() -> list[URLPattern]:
    return [
        path("utgaver/", editions.editions, name="egs_editions"),
        path("utgaver/<slug:programme>/publiser/", editions.publish, name="egs_publish_edition"),
        path("utgaver/<int:edition_id>/rett/<int:page_id>/", editions.carry, name="egs_carry_correction"),
    ]


@hooks.register("register_admin_menu_item")
def editions_menu_item() -> MenuItem:
    return MenuItem(_("Utgaver"), reverse("egs_editions"), icon_name="history", order=110)


@hooks.register("construct_main_menu")
def only_content_in_the_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """Reports and settings hold nothing for an editor here; persons are never in this admin."""
    items[:] = [item for item in items if item.name not in ("reports", "settings", "help")]


@hooks.register("construct_homepage_summary_items")
def no_summary(request: HttpRequest, items: list[object]) -> None:
    items.clear()


class TasksPanel(Component):
    """The first thing in the admin: what an editor comes here to do, and the newest changes below it."""

    order = 10
    template_name = "cms/admin/tasks.html"

    def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Each programme's Bokmål page to write in, and what her role lets her finish. One query."""
        pages = ProgrammePage.objects.filter(locale__language_code="nb").order_by("path")
        user = parent_context["request"].user if parent_context else None
        return {"pages": pages, "may_publish": user is not None and may_publish(user)}


@hooks.register("construct_homepage_panels")
def tasks_first(request: HttpRequest, panels: list[Component]) -> None:
    panels.insert(0, TasksPanel())


@hooks.register("before_edit_page")
def nynorsk_is_older(request: HttpRequest, page: Page) -> None:
    """Says so when the Bokmål text was published after its Nynorsk twin. Two queries for such pages."""
    if page.locale.language_code != "nn" or request.method != "GET":
        return
    original = page.get_translations().filter(locale__language_code="nb").first()
    newest = original.last_published_at if original else None
    if newest and (page.last_published_at is None or page.last_published_at < newest):
        messages.warning(request, _("Nynorsk er eldre enn bokmål: se over om teksten fortsatt stemmer."))


@hooks.register("after_publish_page")
def families_still_read_the_edition(request: HttpRequest, page: Page) -> None:
    """Says so when a group that still meets reads this page in its edition. Four queries for such pages."""
    if not _is_read_now(page.specific):
        return
    words = (
        _(
            "Familiene i grupper som er i gang, leser fortsatt den gamle teksten."
            " Under «Utgaver» kan du ta inn rettelsen i utgaven deres."
        )
        if isinstance(page.specific, PartPage)
        else _(
            "Familiene i grupper som er i gang, leser fortsatt den gamle teksten."
            " Endringer i en modul kommer med neste utgave."
        )
    )
    link = admin_messages.button(reverse("egs_editions"), _("Utgaver"))
    admin_messages.warning(request, words, buttons=[link])


def _is_read_now(page: Page) -> bool:
    """Whether a page is in the edition of a group with an evening to come."""
    meets = Evening.objects.filter(starts_at__gte=timezone.now()).values("group__edition")
    if isinstance(page, ModulePage):
        return bool(EditionModule.objects.filter(module=page.module_id, edition__in=meets).exists())
    if not isinstance(page, PartPage):
        return False
    source = page if page.locale.language_code == "nb" else page.get_translations().first()
    module = page.get_parent().specific.module_id
    return source is not None and bool(
        EditionPart.objects.filter(module=module, key=source.slug, edition__in=meets).exists()
    )
