"""Every sentence of ours that must exist in Nynorsk: collected from templates and code, not from memory.

``python -m tests.messages`` prints what cms/locale/nn lacks, as entries to fill in. Bokmål is the source, so
a sentence's msgid is the sentence. What only the Wagtail admin and commands say stays Bokmål: ADMIN_ONLY.
"""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages.catalog import Catalog
    from django.template.base import Node, NodeList, Template

Message = tuple[str, ...]  # the msgid, and the plural where there is one

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "cms" / "locale"
NYNORSK = LOCALE / "nn" / "LC_MESSAGES" / "django.po"
CODE = ("cms", "courses", "evaluation")
# What families, contact persons and leaders never see. A path ends in / for everything below it.
ADMIN_ONLY = (
    "cms/blocks.py",
    "cms/checks.py",
    "cms/file_blocks.py",
    "cms/file_forms.py",
    "cms/forms.py",
    "cms/instrument_admin.py",
    "cms/instrument_panels.py",
    "cms/keeping.py",
    "cms/management/",
    "cms/models/",
    "cms/packages/",
    "cms/publishing.py",
    "cms/readiness.py",
    "cms/views/editions.py",
    "cms/views/instruments.py",
    "cms/wagtail_hooks.py",
    "courses/management/",
    "courses/models/facts.py",
    "courses/models/programmes.py",
    "courses/problems.py",
    "courses/yamls.py",
    "evaluation/instruments/conditions.py",
    "evaluation/instruments/faults.py",
    "evaluation/instruments/freezing.py",
    "evaluation/instruments/loading.py",
    "evaluation/instruments/places.py",
    "evaluation/instruments/rows.py",
    "evaluation/instruments/scales.py",
    "evaluation/instruments/xlsform_reading.py",
    "evaluation/instruments/xlsform_sheets.py",
    "evaluation/instruments/xlsform_survey.py",
    "evaluation/instruments/yaml_files.py",
    "evaluation/models/guards.py",
    "evaluation/models/instruments.py",
    "templates/cms/admin/",
    "templates/wagtailadmin/",
)
# Django's and allauth's own sentences that a form on our pages can answer with, in their English. Where their
# Norwegian is missing or poor, ours stands in cms/locale/.
BORROWED: tuple[Message, ...] = (
    ("This field is required.",),
    ("Enter a valid email address.",),
    ("Enter a valid value.",),
    ("Null characters are not allowed.",),
    ("Select a valid choice. That choice is not one of the available choices.",),
    ("Select a valid choice. %(value)s is not one of the available choices.",),
    (
        "Ensure this value has at least %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at least %(limit_value)d characters (it has %(show_value)d).",
    ),
    (
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
    ),
    ("This password is too common.",),
    (
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
    ("You must type the same password each time.",),
)
ONE, MANY = {"gettext", "gettext_lazy", "gettext_noop"}, {"ngettext", "ngettext_lazy"}


def _outside_admin(pattern: str, *folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob(pattern)):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith(ADMIN_ONLY) and "/migrations/" not in name:
                yield path


def templates() -> Iterator[tuple[str, Template]]:
    """Every page, piece and mail outside the admin, by its name, as Django reads it."""
    from django.template import engines

    for path in (*_outside_admin("*.html", "templates"), *_outside_admin("*.txt", "templates")):
        yield (
            path.relative_to(ROOT / "templates").as_posix(),
            engines["django"].engine.from_string(path.read_text(encoding="utf-8")),
        )


def nodes_in_order(nodelist: NodeList) -> Iterator[Node]:
    """All nodes below a node list, as they stand on the page."""
    for node in nodelist:
        yield node
        for name in node.child_nodelists:
            yield from nodes_in_order(getattr(node, name, None) or ())


def _in_template(template: Template) -> Iterator[Message]:
    from django.templatetags.i18n import BlockTranslateNode, TranslateNode

    for node in nodes_in_order(template.nodelist):
        if isinstance(node, TranslateNode) and isinstance(node.filter_expression.var.literal, str):
            yield (node.filter_expression.var.literal,)
        elif isinstance(node, BlockTranslateNode):
            singular = node.render_token_list(node.singular)[0]
            yield (singular, node.render_token_list(node.plural)[0]) if node.plural else (singular,)


def names_of_gettext(tree: ast.Module) -> dict[str, str]:
    """What a module calls Django's functions: ``{"_": "gettext_lazy"}``."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in ONE | MANY
    }


def _in_code(path: Path) -> Iterator[Message]:
    """Raises ValueError for a sentence put together while it is translated: no catalogue can know it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = names_of_gettext(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            said = node.args[: 2 if names[node.func.id] in MANY else 1]
            if not all(isinstance(part, ast.Constant) for part in said):
                raise ValueError(f"{path}, line {node.lineno}: only whole sentences can be translated")
            yield tuple(str(part.value) for part in said)  # type: ignore[attr-defined]


def _in_data() -> Iterator[Message]:
    """The mark on every part of a programme: templates/components/draft_mark.html looks it up."""
    for path in _outside_admin("programme.yaml", "fixtures/programmes"):
        if mark := yaml.safe_load(path.read_text(encoding="utf-8")).get("status"):
            yield (mark,)


def ours() -> set[Message]:
    """Every sentence of ours outside the admin."""
    found = {message for _name, template in templates() for message in _in_template(template)}
    found.update(message for path in _outside_admin("*.py", *CODE) for message in _in_code(path))
    return found | set(_in_data())


def catalogue(path: Path = NYNORSK) -> dict[str, Message]:
    """msgid → its translations, as many as there are plural forms."""
    with path.open("rb") as file:
        read: Catalog = read_po(file)
    return {
        message.id if isinstance(message.id, str) else message.id[0]: (
            (message.string,) if isinstance(message.string, str) else tuple(message.string)
        )
        for message in read
        if message.id
    }


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def main() -> int:
    """Prints the missing entries; 1 when there are any."""
    import django

    os.environ |= {"DJANGO_SETTINGS_MODULE": "cms.settings", "DEMO": "1"}
    django.setup()
    known = catalogue()
    missing = sorted(message for message in {*ours(), *BORROWED} if not all(known.get(message[0], ("",))))
    for message in missing:
        print(f"msgid {quoted(message[0])}")
        if len(message) > 1:
            print(f'msgid_plural {quoted(message[1])}\nmsgstr[0] ""\nmsgstr[1] ""\n')
        else:
            print('msgstr ""\n')
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
