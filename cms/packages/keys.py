"""The keys of programme.yaml, module.yaml and front matter, with the fields whose rules they follow.

A title must also fit the edition that is made from it, so those fields count where they are shorter.
"""

from __future__ import annotations

from typing import Any

from cms.models import InfoPage, ModulePage, PartPage, ProgrammePage
from courses.models import EditionModule, Module, PartText, Programme
from courses.yamls import Key


def field(model: Any, name: str) -> Any:
    return model._meta.get_field(name)


PROGRAMME_KEYS = {
    "title": Key(str, field(Programme, "name")),
    "audience": Key(str, field(Programme, "audience")),
    "status": Key(str, field(ProgrammePage, "mark")),
    "ingress": Key(str, field(ProgrammePage, "ingress")),
    "evenings_required": Key(int, field(Programme, "evenings_required")),
    "opens_days_before": Key(int, field(Programme, "opens_days_before")),
    "nn": Key(dict, required=False),
}
MODULE_TEXT_KEYS = {
    "title": Key(str, field(EditionModule, "title")),
    "ingress": Key(str, field(ModulePage, "ingress")),
    "goals": Key(list),
}
MODULE_KEYS = {
    **MODULE_TEXT_KEYS,
    "illustration": Key(str, field(Module, "illustration")),
    "obligatory": Key(bool),
    "nn": Key(dict, required=False),
    "evening": Key(dict),
}
TEXT_KEYS = {"title": Key(str, field(PartText, "title")), "ingress": Key(str, field(PartPage, "ingress"))}
PART_KEYS = {
    **TEXT_KEYS,
    "minutes": Key(int, field(PartPage, "minutes")),
    "threads": Key(list),
    "nn": Key(dict, required=False),
}
INFO_KEYS = {
    "title": Key(str, field(InfoPage, "title")),
    "ingress": Key(str, field(InfoPage, "ingress")),
    "nn": Key(dict, required=False),
}
