"""A draft → a YAML file that people read and correct; yaml_files.py reads it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from courses.yamls import Inline, written
from evaluation.instruments.definition import Scale, Words

if TYPE_CHECKING:
    from evaluation.instruments.definition import Choice, Item
    from evaluation.instruments.drafts import Choices, Draft


def text_of(draft: Draft) -> str:
    """The file. What is empty, or as it is when nothing is said, is left out."""
    definition, names = draft.definition, draft.list_names()
    lists = draft.all_lists()
    help_ = definition.low_help
    return written(
        _full(
            {
                "key": definition.key,
                "version": definition.version,
                "title": _plain(definition.title),
                "intro": _plain(definition.intro),
                "minutes": definition.minutes,
                "licence": definition.licence,
                "source": definition.source,
                "translated_by": definition.translated_by,
                "lists": {name: [_choice(each) for each in choices] for name, choices in lists.items()},
            }
        )
        | {
            "sections": [
                _full({"key": each.key, "title": _plain(each.title), "text": _plain(each.text)})
                for each in definition.sections
            ],
            "items": [_item_data(item, names) for item in definition.items],
        }
        | _full({"scales": [_scale_data(scale) for scale in definition.scales]})
        | (
            {
                "low_help": {
                    "scale": help_.scale,
                    "below": _short(help_.below),
                    "text": _plain(help_.text),
                }
            }
            if help_
            else {}
        )
    )


def _full(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value not in ("", {}, [], None)}


def _plain(text: Words) -> dict[str, str]:
    return _full({"nb": text.nb, "nn": text.nn})


def _choice(choice: Choice) -> dict[str, Any]:
    return {"code": choice.code, **_plain(choice.label)}


def _short(number: float) -> float:
    """5 and not 5.0."""
    return int(number) if float(number).is_integer() else number


def _item_data(item: Item, names: dict[Choices, str]) -> dict[str, Any]:
    condition = item.show_if
    shown = condition and {"item": condition.item, "any_of": Inline(condition.any_of)}
    return _full(
        {
            "key": item.key,
            "section": item.section,
            "kind": item.kind,
            "text": _plain(item.text),
            "help": _plain(item.help),
            "choices": names.get(item.choices, ""),
            "low": item.low if item.kind == "number" else None,
            "high": item.high if item.kind == "number" else None,
            "low_end": _plain(item.low_end),
            "high_end": _plain(item.high_end),
            "not_yet": item.not_yet or None,
            "show_if": shown,
        }
    )


def _scale_data(scale: Scale) -> dict[str, Any]:
    usual = Scale("", Words(), (), 0, 0, 0)
    return _full(
        {
            "key": scale.key,
            "title": _plain(scale.title),
            "items": Inline(scale.items),
            "reversed": Inline(scale.reversed) if scale.reversed else None,
            "method": scale.method,
            "min_answered": scale.min_answered,
            "low": _short(scale.low),
            "high": _short(scale.high),
            "better": None if scale.better == usual.better else scale.better,
            "multiply": None if scale.multiply == usual.multiply else _short(scale.multiply),
            "cut_offs": Inline(map(_short, scale.cut_offs)) if scale.cut_offs else None,
            "source": scale.source,
        }
    )
