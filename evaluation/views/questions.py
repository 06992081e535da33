"""Questions as fields of a form, and a posted form as answers: the same for every form there is.

The fields of an empty form are the same for everybody who is asked: they are rendered once per process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override

from evaluation.instruments.checking import WrongAnswersError, check
from evaluation.instruments.definition import NOT_YET

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.http import QueryDict

    from evaluation.instruments.definition import Answer, Definition, Item
    from evaluation.instruments.frozen import Questionnaire
    from evaluation.models import InstrumentVersion

    Values = Mapping[str, list[str]]  # field name → what was sent

CONFIRMED = "empty"  # the field of whoever was asked, and sends a form without one answer all the same
NOT_ANSWERS = ("csrfmiddlewaretoken", "mark", CONFIRMED)  # fields of a form that are no answers


def fields_of(
    asked: Sequence[Questionnaire],
    language: str,
    values: Values | None = None,
    faults: Mapping[str, str] | None = None,
) -> SafeString:
    """The fields of the form, filled with ``values`` and with ``faults`` where they stand. No query.

    Template: ``evaluation/forms/_questions.html``, for each questionnaire.
    """
    with_title = len(asked) > 1
    if not values and not faults:
        parts = [_empty(each, language, with_title) for each in asked]
    else:
        parts = [_rendered(each, language, with_title, values or {}, faults or {}) for each in asked]
    return mark_safe("".join(parts))  # noqa: S308  # each is a rendered template


_kept: dict[tuple[object, ...], str] = {}  # never emptied: there are as many as versions and languages


def _empty(asked: Questionnaire, language: str, with_title: bool) -> str:
    """The fields of an empty form; ``frozen_at`` tells a version from another that had its id before."""
    key = (asked.version.pk, asked.version.frozen_at, language, with_title)
    if key not in _kept:
        _kept[key] = _rendered(asked, language, with_title, {}, {})
    return _kept[key]


def _rendered(
    asked: Questionnaire, language: str, with_title: bool, values: Values, faults: Mapping[str, str]
) -> str:
    title = asked.definition.title.in_language(language)
    with override(language):
        return render_to_string(
            "evaluation/forms/_questions.html",
            {
                "title": title if with_title else "",
                "name": title,
                "intro": asked.definition.intro.in_language(language),
                "sections": sections_of(asked, language, values, faults),
            },
        )


def sections_of(
    asked: Questionnaire, language: str, values: Values, faults: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Sections in order, each with its items in the frozen order; without items it is left out."""
    rows = [
        {
            "title": section.title.in_language(language),
            "text": section.text.in_language(language),
            "items": [
                _item(asked, item, language, values, faults)
                for item in asked.definition.items
                if item.section == section.key
            ],
        }
        for section in asked.definition.sections
    ]
    return [row for row in rows if row["items"]]


def _item(
    asked: Questionnaire, item: Item, language: str, values: Values, faults: Mapping[str, str]
) -> dict[str, Any]:
    name = asked.name(item)
    given = values.get(name, [])
    return {
        "name": name,
        "kind": item.kind,
        "text": item.text.in_language(language),
        "help": item.help.in_language(language),
        "low_end": item.low_end.in_language(language),
        "high_end": item.high_end.in_language(language),
        "low": item.low,
        "high": item.high,
        "choices": [
            {"code": code, "label": label, "chosen": str(code) in given}
            for code, label in _labels(item, language)
        ],
        "not_yet": NOT_YET if item.not_yet else "",
        "not_yet_chosen": NOT_YET in given,
        "value": "\n".join(given),
        "fault": faults.get(name, ""),
        "condition": _condition(asked, item, language),
    }


def _labels(item: Item, language: str) -> list[tuple[int, str]]:
    if item.kind == "zero-to-ten":
        return [(code, str(code)) for code in item.codes]
    return [(choice.code, choice.label.in_language(language)) for choice in item.choices]


def _condition(asked: Questionnaire, item: Item, language: str) -> dict[str, str] | None:
    """«Vis hvis», as script reads it and as a sentence for whoever has none."""
    if item.show_if is None:
        return None
    earlier = asked.definition.item(item.show_if.item)
    if earlier is None:
        return None
    labels = [label for code, label in _labels(earlier, language) if code in item.show_if.any_of]
    return {
        "name": asked.name(earlier),
        "codes": " ".join(str(code) for code in item.show_if.any_of),
        "words": _("Gjelder hvis du svarte %(answers)s på «%(question)s».")
        % {
            "answers": _(" eller ").join(f"«{label}»" for label in labels),
            "question": earlier.text.in_language(language),
        },
    }


def taken(
    asked: Sequence[Questionnaire], posted: QueryDict
) -> list[tuple[InstrumentVersion, dict[str, Answer]]]:
    """The answers of a posted form, questionnaire by questionnaire, as the sealing takes them.

    Raises WrongAnswersError whose faults are by field name; "" for what the form does not have.
    """
    sent = {name: values for name, values in posted.lists() if name not in NOT_ANSWERS}
    faults: dict[str, str] = {}
    forms = []
    for each in asked:
        prefix = each.name("")
        own = {name.removeprefix(prefix): sent.pop(name) for name in list(sent) if name.startswith(prefix)}
        try:
            forms.append((each.version, check(each.definition, own)))
        except WrongAnswersError as error:
            faults |= {each.name(key) if key else "": words for key, words in error.faults.items()}
    if sent:
        unknown = _("Skjemaet har spørsmål vi ikke kjenner (%(n)d). Last siden på nytt.")
        faults[""] = unknown % {"n": len(sent)}
    if faults:
        raise WrongAnswersError(faults)
    return forms


def asks_first(forms: Iterable[tuple[object, Mapping[str, Answer]]], posted: QueryDict) -> bool:
    """Whether not one answer is given and nobody has been asked if that is meant: it may be a slip."""
    return CONFIRMED not in posted and not any(answers for _version, answers in forms)


def first_field(asked: Sequence[Questionnaire], language: str) -> str:
    """The name of the first question, as the page has them; "" where there is none."""
    rows = (row for each in asked for row in sections_of(each, language, {}, {}))
    return next((str(row["items"][0]["name"]) for row in rows), "")


def sent_values(posted: QueryDict) -> dict[str, list[str]]:
    """What was sent, by field name, to fill the form again."""
    return {name: values for name, values in posted.lists() if name not in NOT_ANSWERS}


def named_faults(
    asked: Sequence[Questionnaire], faults: Mapping[str, str], language: str
) -> list[dict[str, str]]:
    """For the list above the form: each fault with its question, in the form's order."""
    texts = {
        each.name(item): item.text.in_language(language) for each in asked for item in each.definition.items
    }
    listed = [{"name": name, "text": texts[name], "fault": faults[name]} for name in texts if name in faults]
    return ([{"name": "", "text": "", "fault": faults[""]}] if "" in faults else []) + listed


def low_help_of(asked: Iterable[Questionnaire], language: str) -> list[dict[str, Any]]:
    """Help for a low score, with the rule: the device alone works it out, and tells nobody."""
    rules = [_low_help(each, each.definition, language) for each in asked if each.definition.low_help]
    return [rule for rule in rules if rule]


def _low_help(asked: Questionnaire, definition: Definition, language: str) -> dict[str, Any] | None:
    low_help = definition.low_help
    scale = next((one for one in definition.scales if low_help and one.key == low_help.scale), None)
    if low_help is None or scale is None:
        return None
    items = [item for key in scale.items if (item := definition.item(key))]
    return {
        "text": low_help.text.in_language(language),
        "below": low_help.below,
        "least": scale.min_answered,
        "times": scale.multiply * (len(items) if scale.method == "sum" else 1),
        # lowest and highest answer together: what an answer is taken from when it counts the other way
        "items": {
            asked.name(item): sum(_ends(item)) if item.key in scale.reversed else None for item in items
        },
    }


def _ends(item: Item) -> tuple[int, int]:
    return (min(item.codes), max(item.codes)) if item.codes else (item.low, item.high)
