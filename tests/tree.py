"""A small tree of live pages: one information page, and one programme with a module and a part."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wagtail.models import Locale, Page

from cms.models import HomePage, InfoPage, ModulePage, PartPage, ProgrammePage
from tests.factories import ModuleFactory, ProgrammeFactory

if TYPE_CHECKING:
    from courses.models import Programme

TEXT = [("text", "<p>Et barn som flytter, har mistet noe.</p>")]


class Tree(NamedTuple):
    home: HomePage
    info: InfoPage
    programme: ProgrammePage
    module: ModulePage
    part: PartPage


def make_info(home: HomePage, slug: str = "personvern", title: str = "Personvern") -> InfoPage:
    page: InfoPage = home.add_child(
        instance=InfoPage(title=title, slug=slug, ingress="Kort sagt.", body=TEXT)
    )
    page.save_revision().publish()
    return page


def make_tree(programme: Programme | None = None) -> Tree:
    """Pages under a home of their own; ``programme`` without modules, made when there is none."""
    nb = Locale.objects.get_or_create(language_code="nb")[0]
    home = Page.objects.get(depth=1).add_child(instance=HomePage(title="En god start", slug="egs", locale=nb))
    row = programme or ProgrammeFactory()
    top = home.add_child(instance=ProgrammePage(title="Kurset", slug="kurset", programme=row))
    module = top.add_child(
        instance=ModulePage(
            title="Modul en", slug="modul-1", module=ModuleFactory(programme=row, number=1), ingress="Kort."
        )
    )
    part = module.add_child(
        instance=PartPage(title="Del en", slug="del-1", ingress="Kort.", body=TEXT, minutes=3)
    )
    for page in (top, module, part):
        page.save_revision().publish()
    return Tree(home, make_info(home), top, module, part)
