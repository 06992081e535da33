"""Pages and rows → files, the same tree that ``load`` reads. All is made before any is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from cms.models import InfoPage, ModulePage, PartPage, ProgrammePage
from cms.packages import facts
from cms.packages.contents import THREADS
from cms.packages.evenings import written_evening
from cms.packages.files import file_of
from cms.packages.markdown import write_body
from cms.packages.pages import content_of
from cms.packages.reading import read_package
from cms.packages.richtext import UnwritableError
from cms.rendering import lines_of
from courses.models import Programme
from courses.problems import PackageError, Problem
from courses.yamls import Inline, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cms.packages.contents import Piece


@dataclass
class Tree:
    """The files to be: path → content. ``left_out`` names pages that are not live."""

    files: dict[str, bytes] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)  # lay in the folder already, and are not from here
    unloadable: list[Problem] = field(default_factory=list)  # what ``load`` would refuse, as it now stands

    def text(self, path: str, content: str) -> None:
        self.files[path] = content.encode()

    def content(self, page: Any) -> dict[str, Any] | None:
        """The page's content; None when files cannot hold it, which becomes a problem."""
        try:
            return content_of(page)
        except UnwritableError as error:
            where = f"{page._meta.verbose_name} «{page.title}» ({page.locale.language_code})"
            self.problems.append(Problem(where, 0, _("Siden har %s. Endre det og prøv igjen.") % error))
            return None

    def body(self, pieces: list[Piece], folder: str) -> str:
        """The Markdown of a body; its pictures and documents go to ``folder``/files."""

        def name_of(piece: Piece) -> str:
            name, file = file_of(piece)
            with file.open("rb") as opened:
                self.files[f"{folder}/files/{name}"] = opened.read()
            return name

        return write_body(pieces, name_of)


def export(root: Path) -> Tree:
    """Write all live content to ``root``. Raises PackageError before anything is written.

    Files that lie there already and come from no page are left and named. What an editor may save but
    ``load`` would refuse is written all the same, and named.
    """
    tree = Tree()
    for programme in Programme.objects.order_by("pk"):
        _write_programme(programme, tree)
    for page in _live(InfoPage.objects.filter(locale__language_code="nb").order_by("slug"), tree):
        _write_page(page, f"pages/{page.slug}", "pages", tree)
    tree.text("help.yaml", facts.written_numbers())
    tree.text("words.yaml", facts.written_words())
    if tree.problems:
        raise PackageError(tree.problems)
    _put(tree, root)
    try:
        read_package(root)
    except PackageError as error:
        tree.unloadable = error.problems
    return tree


def _put(tree: Tree, root: Path) -> None:
    for path, content in tree.files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    lying = [path for room in ("programmes", "pages") for path in (root / room).rglob("*") if path.is_file()]
    tree.strangers = sorted({path.relative_to(root).as_posix() for path in lying} - tree.files.keys())


def _live(pages: Any, tree: Tree) -> Iterator[Any]:
    """The live ones; the others are named in ``left_out``."""
    for page in pages.select_related("locale"):
        if page.live:
            yield page
        else:
            tree.left_out.append(f"{page._meta.verbose_name} «{page.title}»")


def _in_nynorsk(page: Any, tree: Tree) -> dict[str, Any] | None:
    """The content of the live Nynorsk translation, when there is one."""
    translated = type(page).objects.filter(
        translation_key=page.translation_key, locale__language_code="nn", live=True
    )
    return tree.content(translated[0]) if translated else None


def _write_programme(programme: Programme, tree: Tree) -> None:
    pages = ProgrammePage.objects.filter(programme=programme, locale__language_code="nb")
    for page in _live(pages, tree):
        nb, nn = content_of(page), _in_nynorsk(page, tree)
        data = {
            "title": nb["title"],
            "audience": programme.audience,
            "status": nb["mark"],
            "ingress": nb["ingress"],
            "evenings_required": programme.evenings_required,
            "opens_days_before": programme.opens_days_before,
        }
        if nn:
            data["nn"] = {"title": nn["title"], "ingress": nn["ingress"]}
        folder = f"programmes/{programme.slug}"
        tree.text(f"{folder}/programme.yaml", written(data))
        modules = ModulePage.objects.child_of(page).select_related("module").order_by("path")
        for module_page in _live(modules, tree):
            _write_module(module_page, folder, tree)


def _write_module(page: ModulePage, folder: str, tree: Tree) -> None:
    nb, nn = content_of(page), _in_nynorsk(page, tree)
    data: dict[str, Any] = {
        "title": nb["title"],
        "illustration": page.module.illustration,
        "obligatory": page.module.obligatory,
        "ingress": nb["ingress"],
        "goals": lines_of(nb["goals"]),
    }
    if nn:
        data["nn"] = {"title": nn["title"], "ingress": nn["ingress"], "goals": lines_of(nn["goals"])}
        if nn["run_sheet"]:
            data["nn"]["evening"] = written_evening(nn)
    data["evening"] = written_evening(nb)
    own = f"{folder}/{page.module.number}-{page.module.slug}"
    tree.text(f"{own}/module.yaml", written(data))
    parts = PartPage.objects.child_of(page).order_by("path")
    for position, part in enumerate(_live(parts, tree), start=1):
        _write_page(part, f"{own}/{position}-{part.slug}", folder, tree)


def _write_page(page: Any, path: str, folder: str, tree: Tree) -> None:
    """A part or an information page: ``path``.md, and ``path``.nn.md when it has Nynorsk text."""
    nb, nn = tree.content(page), _in_nynorsk(page, tree)
    if nb is None:
        return
    data: dict[str, Any] = {"title": nb["title"], "ingress": nb["ingress"]}
    if isinstance(page, PartPage):
        data["minutes"] = nb["minutes"]
        data["threads"] = Inline(thread for thread, name in THREADS.items() if nb[name])
    if nn:
        data["nn"] = {"title": nn["title"], "ingress": nn["ingress"]}
        if nn["body"]:
            tree.text(f"{path}.nn.md", tree.body(nn["body"], folder))
    tree.text(f"{path}.md", f"---\n{written(data)}---\n\n{tree.body(nb['body'], folder)}")
