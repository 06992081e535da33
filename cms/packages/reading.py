"""Files → contents. Everything is read and checked, and every problem is told, before anything is done."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from cms.packages.contents import (
    THREADS,
    InfoFile,
    ModuleFolder,
    Package,
    PartFile,
    Piece,
    ProgrammeFolder,
)
from cms.packages.evenings import read_evening
from cms.packages.facts import read_numbers, read_words
from cms.packages.files import check_files
from cms.packages.keys import INFO_KEYS, MODULE_KEYS, MODULE_TEXT_KEYS, PART_KEYS, PROGRAMME_KEYS, TEXT_KEYS
from cms.packages.markdown import read_body
from courses.problems import Report
from courses.yamls import Key, Lined, checked, parsed, text_in, texts_of

if TYPE_CHECKING:
    from pathlib import Path

    from courses.problems import Place

NUMBERED = re.compile(r"([1-9][0-9]?)-([a-z0-9]+(?:-[a-z0-9]+)*)")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def read_package(root: Path) -> Package:
    """One programme's folder, or a folder with programmes/, pages/, help.yaml and words.yaml.

    Raises PackageError with everything that is wrong.
    """
    report = Report()
    if (root / "programme.yaml").is_file():
        package = Package([_programme(root, root.parent, report)])
    else:
        package = _tree(root, report)
    report.raise_if_any()
    return package


def _tree(root: Path, report: Report) -> Package:
    folders = _visible(root / "programmes")
    if not folders and not (root / "pages").is_dir():
        report.at(str(root)).add(0, _("Mappa har verken programme.yaml, programmes eller pages."))
    for path in folders:
        if not (path / "programme.yaml").is_file():
            report.at(_name(path, root)).add(0, _("Her mangler programme.yaml."))
    package = Package(
        [_programme(path, root, report) for path in folders if (path / "programme.yaml").is_file()]
    )
    if (root / "pages").is_dir():
        package.pages = _info_pages(root / "pages", root, report)
    if (root / "help.yaml").is_file():
        package.numbers = read_numbers(root / "help.yaml", report.at("help.yaml"))
    if (root / "words.yaml").is_file():
        package.words = read_words(root / "words.yaml", report.at("words.yaml"))
    return package


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _visible(folder: Path) -> list[Path]:
    """What lies in a folder, in order, but nothing that a computer left behind."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.name[0] not in ".~")


def _yaml(path: Path, keys: dict[str, Key], place: Place) -> Lined:
    text = text_in(path, place)
    data = parsed(text, place) if text is not None else None
    return checked(data, keys, place) if data is not None else Lined()


def _slug(name: str, place: Place) -> str:
    if not SLUG.fullmatch(name) or len(name) > 50:
        place.add(0, _("«%s» kan ikke være adresse. Bruk a–z, tall og bindestrek, høyst 50 tegn.") % name)
    return name


# ── a programme and its modules ─────────────────────────────────────────────────────────────────────


def _programme(folder: Path, root: Path, report: Report) -> ProgrammeFolder:
    path = _name(folder / "programme.yaml", root)
    place = report.at(path)
    data = _yaml(folder / "programme.yaml", PROGRAMME_KEYS, place)
    texts = {"nb": {"title": data.get("title"), "ingress": data.get("ingress"), "mark": data.get("status")}}
    if "nn" in data:
        nn_keys = {key: PROGRAMME_KEYS[key] for key in ("title", "ingress")}
        own = checked(data["nn"], nn_keys, place, data.line_of("nn"))
        texts["nn"] = {**own, "mark": data.get("status")}
    row = {key: data.get(key) for key in ("audience", "evenings_required", "opens_days_before")}
    row |= {"name": data.get("title"), "name_nn": texts.get("nn", {}).get("title", "")}
    modules = []
    for own_path in _visible(folder):
        if own_path.is_dir() and own_path.name != "files" and NUMBERED.fullmatch(own_path.name):
            modules.append(_module(own_path, root, report, "nn" in texts or not data))
        elif own_path.name not in ("programme.yaml", "files"):
            report.at(_name(own_path, root)).add(0, _("Dette hører ikke til her. Moduler heter «1-navn»."))
    _check_once([(module.number, module.slug, module.path) for module in modules], report)
    slug = _slug(folder.resolve().name, place)
    return ProgrammeFolder(slug, path, row, texts, sorted(modules, key=lambda m: m.number), folder / "files")


def _check_once(found: list[tuple[int, str, str]], report: Report) -> None:
    """No number and no address twice."""
    for place, (number, slug, path) in enumerate(found):
        if number in [earlier[0] for earlier in found[:place]]:
            report.at(path).add(0, _("Nummer %d er brukt to ganger.") % number)
        if slug in [earlier[1] for earlier in found[:place]]:
            report.at(path).add(0, _("Adressen «%s» er brukt to ganger.") % slug)


def _module(folder: Path, root: Path, report: Report, has_nn: bool) -> ModuleFolder:
    path = _name(folder / "module.yaml", root)
    place = report.at(path)
    number, slug = NUMBERED.fullmatch(folder.name).groups()  # type: ignore[union-attr]
    data = Lined()
    if (folder / "module.yaml").is_file():
        data = _yaml(folder / "module.yaml", MODULE_KEYS, place)
    else:
        place.add(0, _("Filen mangler."))
    texts = {"nb": _module_text(data, place)}
    texts["nb"] |= read_evening(data.get("evening"), place, data.line_of("evening"))
    if "nn" in data:
        texts["nn"] = _module_nn(data, texts["nb"], place)
        if not has_nn:
            place.add(data.line_of("nn"), _("Programmet mangler nn, så modulen kan ikke ha det."))
    parts = _parts(folder, root, report, "nn" in texts or not data)
    obligatory, illustration = data.get("obligatory", False), data.get("illustration", "")
    return ModuleFolder(_slug(slug, place), int(number), path, obligatory, illustration, texts, parts)


def _module_text(data: Lined, place: Place) -> dict[str, Any]:
    goals = texts_of(data.get("goals"), "goals", place, data.line_of("goals"))
    return {"title": data.get("title"), "ingress": data.get("ingress"), "goals": "\n".join(goals)}


def _module_nn(data: Lined, nb: dict[str, Any], place: Place) -> dict[str, Any]:
    """The Nynorsk module. Its own evening is optional; without one the Bokmål plan is used."""
    keys = {**MODULE_TEXT_KEYS, "evening": Key(dict, required=False)}
    own = checked(data["nn"], keys, place, data.line_of("nn"))
    text = _module_text(own, place)
    if "evening" not in own:
        return text | {
            "evening_minutes": nb["evening_minutes"],
            "materials": "",
            "run_sheet": [],
            "core_elements": [],
        }
    text |= read_evening(own["evening"], place, own.line_of("evening"))
    if [core["key"] for core in text["core_elements"]] != [core["key"] for core in nb["core_elements"]]:
        place.add(own.line_of("evening"), _("Kjerneelementene skal ha de samme kortnavnene som på bokmål."))
    return text


# ── parts and information pages ─────────────────────────────────────────────────────────────────────


def _parts(folder: Path, root: Path, report: Report, has_nn: bool) -> list[PartFile]:
    parts = []
    for path in _visible(folder):
        if path.name.endswith(".nn.md") and path.with_name(path.name.replace(".nn.md", ".md")).is_file():
            continue
        if path.suffix == ".md" and (found := NUMBERED.fullmatch(path.stem)):
            name, place = _name(path, root), report.at(_name(path, root))
            texts = _page_texts(path, folder.parent / "files", root, report, "part")
            if "nn" in texts and not has_nn:
                place.add(0, _("Modulen mangler nn, så delen kan ikke ha det."))
            parts.append(PartFile(_slug(found[2], place), int(found[1]), name, texts))
        elif path.name != "module.yaml":
            report.at(_name(path, root)).add(0, _("Dette hører ikke til her. Deler heter «1-navn.md»."))
    _check_once([(part.position, part.slug, part.path) for part in parts], report)
    parts.sort(key=lambda part: part.position)
    for number, part in enumerate(parts, start=1):
        if part.position > number:
            report.at(part.path).add(0, _("Nummer %d mangler foran denne.") % number)
            break
    return parts


def _info_pages(folder: Path, root: Path, report: Report) -> list[InfoFile]:
    pages = []
    for path in _visible(folder):
        if path.name.endswith(".nn.md") and path.with_name(path.name.replace(".nn.md", ".md")).is_file():
            continue
        place = report.at(_name(path, root))
        if path.suffix == ".md":
            texts = _page_texts(path, folder / "files", root, report, "info")
            pages.append(InfoFile(_slug(path.stem, place), place.path, texts, folder / "files"))
        elif path.name != "files":
            place.add(0, _("Dette hører ikke til her. Sider heter «navn.md» og «navn.nn.md»."))
    return pages


def _page_texts(path: Path, files: Path, root: Path, report: Report, kind: str) -> dict[str, dict[str, Any]]:
    """The texts of a page in each language it has, from ``path`` and the .nn.md beside it."""
    place, keys = report.at(_name(path, root)), {"part": PART_KEYS, "info": INFO_KEYS}[kind]
    if (text := text_in(path, place)) is None or not (
        found := re.match(r"---\n(.*?\n)---\n", text, flags=re.S)
    ):
        if text is not None:
            place.add(1, _("Filen begynner med ---, så title: … og resten, og så --- igjen."))
        return {"nb": {}}
    front = parsed(found[1], place.after(1))
    data = checked(front, keys, place.after(1)) if front is not None else Lined()
    body = read_body(text[found.end() :], kind, place.after(text[: found.end()].count("\n")))
    check_files(body, files, place.after(text[: found.end()].count("\n")))
    if not body:
        place.add(0, _("Siden er tom."))
    neutral = _neutral(data, place) if kind == "part" else {}
    texts = {"nb": {"title": data.get("title"), "ingress": data.get("ingress"), **neutral, "body": body}}
    if "nn" in data:
        own = checked(data["nn"], {key: keys[key] for key in TEXT_KEYS}, place.after(1), data.line_of("nn"))
        texts["nn"] = {**own, **neutral, "body": []}
    nn_path = path.with_name(path.stem + ".nn.md")
    if nn_path.is_file():
        _read_nn_body(nn_path, texts, kind, report.at(_name(nn_path, root)))
        check_files(texts.get("nn", {}).get("body", []), files, report.at(_name(nn_path, root)))
    return texts


def _neutral(data: Lined, place: Place) -> dict[str, Any]:
    """What is the same in both languages: reading time and threads."""
    named = texts_of(data.get("threads"), "threads", place.after(1), data.line_of("threads"))
    for thread in named:
        if thread not in THREADS:
            known = ", ".join(THREADS)
            sentence = _("Tråden «%(name)s» er ukjent. Velg blant %(known)s.") % {
                "name": thread,
                "known": known,
            }
            place.after(1).add(data.line_of("threads"), sentence)
    return {"minutes": data.get("minutes"), **{name: thread in named for thread, name in THREADS.items()}}


def _read_nn_body(path: Path, texts: dict[str, dict[str, Any]], kind: str, place: Place) -> None:
    if (text := text_in(path, place)) is None:
        return
    body = read_body(text, kind, place)
    if "nn" not in texts:
        place.add(0, _("Bokmålsfilen mangler nn med tittel og ingress."))
    elif _slots(body) != _slots(texts["nb"]["body"]):
        place.add(0, _("Refleksjoner og hjemmeoppgaver skal ha samme id og rekkefølge som på bokmål."))
    else:
        texts["nn"]["body"] = body


def _slots(body: list[Piece]) -> list[tuple[str, str]]:
    return [(piece.kind, piece.id) for piece in body if piece.id]
