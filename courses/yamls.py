"""YAML with line numbers in, YAML in one fixed style out, and the check of keys and types between."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from courses.problems import Place

TYPE_NAMES = {
    str: gettext_lazy("tekst; sett anførselstegn rundt"),
    int: gettext_lazy("et helt tall"),
    float: gettext_lazy("et tall"),
    bool: gettext_lazy("true eller false"),
    list: gettext_lazy("en liste"),
    dict: gettext_lazy("et oppslag med egne linjer under"),
    date: gettext_lazy("en dato som 2027-05-01"),
}


class Key(NamedTuple):
    """What a key must hold. ``field`` is the model field whose rules the value must pass."""

    type: type
    field: Any = None
    required: bool = True


class Lined(dict[str, Any]):
    """A mapping that remembers on which line each key stands."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}
        self.line = 1

    def line_of(self, key: str) -> int:
        return self.lines.get(key, self.line)


class SaidError(yaml.constructor.ConstructorError):
    """A fault in the words of whoever wrote the file; the library's own are English."""


class _Loader(yaml.SafeLoader):
    """SafeLoader whose mappings are ``Lined``; a key that comes twice is an error, and so is a value that is
    none of its kind (the thirtieth of February, a number of 5 000 digits), where SafeLoader breaks."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep=deep)
        except (ValueError, LookupError, AttributeError, ArithmeticError) as error:
            sentence = _("Verdien kan ikke leses. Er den tekst, sett anførselstegn rundt.")
            raise SaidError(None, None, sentence, node.start_mark) from error


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Lined:
    found = Lined()
    found.line = node.start_mark.line + 1
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node, deep=True))
        if key in found:
            sentence = _("«%s» står to ganger.") % key
            raise SaidError(None, None, sentence, key_node.start_mark)
        found.lines[key] = key_node.start_mark.line + 1
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


class Inline(list[Any]):
    """A list that is written on one line: ``[a, b]``."""


class _Dumper(yaml.SafeDumper):
    """SafeDumper that knows ``Inline``."""


_Dumper.add_representer(
    Inline, lambda dumper, items: dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=True)
)


def written(data: Mapping[str, Any]) -> str:
    """The one way we write YAML: keys in the given order, one line per text, no escapes."""
    return yaml.dump(dict(data), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=float("inf"))


def text_in(path: Path, place: Place) -> str | None:
    """The file's text in NFC with plain line ends; None when it is not text, which ``place`` is told."""
    return text_of(path.read_bytes(), place)


def text_of(content: bytes, place: Place) -> str | None:
    """The same of what a file holds."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place.add(content[: error.start].count(b"\n") + 1, _("Filen er ikke lagret som UTF-8."))
        return None
    if "\0" in text:
        place.add(
            text[: text.index("\0")].count("\n") + 1, _("Filen har et tegn (NUL) som ikke hører til i tekst.")
        )
        return None
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n"))


def parsed(text: str, place: Place) -> Lined | None:
    """The mapping in ``text``; None when it cannot be read, which ``place`` is told."""
    try:
        data = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        own = isinstance(error, SaidError) and error.problem
        sentence = own or _("YAML-en kan ikke leses her. Se på innrykk, kolon og anførselstegn.")
        place.add(mark.line + 1 if mark else 1, str(sentence))
        return None
    except (yaml.YAMLError, RecursionError):
        place.add(1, _("Filen har tegn eller innrykk som ikke kan stå i YAML."))
        return None
    if not isinstance(data, Lined):
        place.add(1, _("Filen skal ha linjer som «title: …»."))
        return None
    return data


def checked(data: Any, keys: dict[str, Key], place: Place, line: int = 1) -> Lined:
    """``data`` with only known keys of the right type; what is wrong goes to ``place``.

    Missing optional keys are left out. A list's items and a mapping's keys are checked by the caller.
    """
    good = Lined()
    if not isinstance(data, Lined):
        place.add(line, _("Her skal det stå %s.") % TYPE_NAMES[dict])
        return good
    good.line, good.lines = data.line, data.lines
    for unknown in data.keys() - keys.keys():
        place.add(data.line_of(unknown), _("Nøkkelen «%s» er ukjent.") % unknown)
    for name, key in keys.items():
        if name not in data:
            if key.required:
                place.add(data.line, _("Nøkkelen «%s» mangler.") % name)
        elif sentence := _problem(data[name], key):
            place.add(data.line_of(name), f"{name}: {sentence}")
        else:
            good[name] = data[name].strip() if isinstance(data[name], str) else data[name]
    return good


def _problem(value: Any, key: Key) -> str:
    if type(value) is not key.type and not (key.type is dict and isinstance(value, Lined)):
        return _("Her skal det stå %s.") % TYPE_NAMES[key.type]
    if key.field is None:
        return ""
    try:
        key.field.clean(value, None)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def texts_of(items: Any, name: str, place: Place, line: int) -> list[str]:
    """A list of plain texts."""
    good = [item.strip() for item in items or [] if isinstance(item, str) and item.strip()]
    if len(good) != len(items or []):
        place.add(line, _("%s: Hvert punkt skal være tekst; sett anførselstegn rundt.") % name)
    return good
