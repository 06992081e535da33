"""The editor's rows ⇄ a draft. Six queries to read, a dozen to write, however many items there are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from evaluation.instruments.definition import Choice as ChoiceValue
from evaluation.instruments.definition import Condition, Definition, LowHelp, Words
from evaluation.instruments.definition import Item as ItemValue
from evaluation.instruments.definition import Scale as ScaleValue
from evaluation.instruments.definition import Section as SectionValue
from evaluation.instruments.drafts import Draft, fitting, tidy, words
from evaluation.instruments.places import VERSION, Fault, Where
from evaluation.models.instruments import Choice, ChoiceList, InstrumentVersion, Item, Scale, Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from evaluation.instruments.drafts import Choices


# --- reading
def read(version: InstrumentVersion) -> Draft:
    """The draft in the rows, or in a form that has not been saved (the preview's). Six queries."""
    faults: list[Fault] = []
    lists = _lists(version, faults)
    items = tuple(_item(row, lists, faults) for row in version.items.all())
    definition = Definition(
        key=version.instrument.key if version.instrument_id else "",
        version=version.number,
        title=words(version.title_nb, version.title_nn),
        intro=words(version.intro_nb, version.intro_nn),
        minutes=version.minutes,
        licence=tidy(version.licence),
        source=tidy(version.source),
        translated_by=tidy(version.translated_by),
        sections=tuple(
            SectionValue(row.key, words(row.title_nb, row.title_nn), words(row.text_nb, row.text_nn))
            for row in version.sections.all()
        ),
        items=items,
        scales=tuple(_scale(row, faults) for row in version.scales.all()),
        low_help=_low_help(version, faults),
    )
    return Draft(definition, lists, tuple(faults))


def _lists(version: InstrumentVersion, faults: list[Fault]) -> dict[str, Choices]:
    rows = list(version.choice_lists.all())
    choices: dict[int | None, list[Choice]] = {}
    if rows and not any(hasattr(row, "_cluster_related_objects") for row in rows):
        for choice in Choice.objects.filter(choice_list__version=version).order_by("sort_order"):
            choices.setdefault(choice.choice_list_id, []).append(choice)
    found: dict[str, Choices] = {}
    for row in rows:
        live = hasattr(row, "_cluster_related_objects")
        own: Iterable[Choice] = row.choices.all() if live else choices.get(row.pk, [])
        if row.key in found:
            faults.append(Fault(Where("list", row.key), _("Koden brukes på to svarlister.")))
            continue
        found[row.key] = tuple(ChoiceValue(each.code, words(each.label_nb, each.label_nn)) for each in own)
    return found


def _item(row: Item, lists: dict[str, Choices], faults: list[Fault]) -> ItemValue:
    where = Where("item", row.key)
    if row.choice_list and row.choice_list not in lists:
        faults.append(Fault(where, _("Svarlista «%s» finnes ikke.") % row.choice_list))
    return fitting(
        ItemValue(
            key=row.key,
            kind=row.kind,
            section=row.section,
            text=words(row.text_nb, row.text_nn),
            help=words(row.help_nb, row.help_nn),
            choices=lists.get(row.choice_list, ()),
            low=row.low or 0,
            high=row.high or 0,
            low_end=words(row.low_end_nb, row.low_end_nn),
            high_end=words(row.high_end_nb, row.high_end_nn),
            not_yet=row.not_yet,
            show_if=_condition(row, faults),
        )
    )


def _condition(row: Item, faults: list[Fault]) -> Condition | None:
    if not row.show_if_item:
        if row.show_if_codes.strip():
            sentence = _("«Vis hvis» har svar, men ikke hvilket spørsmål de hører til.")
            faults.append(Fault(Where("item", row.key), sentence))
        return None
    parts = _parts(row.show_if_codes)
    numbers = [part for part in parts if re.fullmatch(r"-?\d{1,6}", part)]
    if len(numbers) < len(parts):
        sentence = _("«Er besvart med» skal være koder med komma mellom, for eksempel 1, 2.")
        faults.append(Fault(Where("item", row.key), sentence))
    return Condition(row.show_if_item, tuple(int(number) for number in numbers))


def _scale(row: Scale, faults: list[Fault]) -> ScaleValue:
    parts = _parts(row.items)
    cuts = _parts(row.cut_offs.replace(";", " "), decimal=True)
    numbers = [cut for cut in cuts if re.fullmatch(r"-?\d+(\.\d+)?", cut)]
    if len(numbers) < len(cuts):
        sentence = _("Grensene skal være tall med mellomrom mellom, for eksempel 28 50.")
        faults.append(Fault(Where("scale", row.key), sentence))
    return ScaleValue(
        key=row.key,
        title=words(row.title_nb, row.title_nn),
        items=tuple(part.removeprefix("-") for part in parts),
        reversed=tuple(part.removeprefix("-") for part in parts if part.startswith("-")),
        method=row.method,
        min_answered=row.min_answered or 0,
        low=row.low or 0.0,
        high=row.high or 0.0,
        better=row.better,
        multiply=1.0 if row.multiply is None else row.multiply,
        cut_offs=tuple(float(number) for number in numbers),
        source=tidy(row.source),
    )


def _low_help(version: InstrumentVersion, faults: list[Fault]) -> LowHelp | None:
    text = words(version.low_help_nb, version.low_help_nn)
    if version.low_help_scale and version.low_help_below is not None:
        return LowHelp(version.low_help_scale, version.low_help_below, text)
    if version.low_help_scale or version.low_help_below is not None or text != Words():
        sentence = _("Hjelp ved lav skår trenger både skala, grense og tekst, eller ingen av dem.")
        faults.append(Fault(VERSION, sentence))
    return None


def _parts(text: str, *, decimal: bool = False) -> list[str]:
    """Words with commas or spaces between; in decimals a comma belongs to the number."""
    text = text.replace("−", "-")
    return text.replace(",", ".").split() if decimal else text.replace(",", " ").split()


# --- what the columns have room for
def misfits(draft: Draft) -> list[Fault]:
    """Texts that are too long and words that are none of ours: what ``write`` could not store."""
    version = InstrumentVersion(number=draft.definition.version, **_fields(draft.definition))
    parts = draft.definition
    names = draft.list_names()
    found = [*_misfits(VERSION, version)]
    for section in _sections(version, parts.sections):
        found += _misfits(Where("section", section.key), section)
    for item in parts.items:
        found += _misfits(Where("item", item.key), _item_row(version, 0, item, names.get(item.choices, "")))
    for name, choices in draft.all_lists().items():
        found += _misfits(Where("list", name), ChoiceList(key=name))
        for choice in choices:
            row = Choice(code=choice.code, **_both("label", choice.label))
            found += _misfits(Where("list", name), row)
    for scale in parts.scales:
        found += _misfits(Where("scale", scale.key), _scale_row(version, 0, scale))
    return list(dict.fromkeys(found))


def _misfits(where: Where, row: Any) -> Iterator[Fault]:
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if field.is_relation or field.primary_key or value in (None, ""):
            continue
        try:
            field.run_validators(value)
        except ValidationError as error:
            yield Fault(where, f"{field.verbose_name}: {' '.join(error.messages)}")
        if field.choices and value not in {code for code, _label in field.flatchoices}:
            yield Fault(
                where, _("%(name)s: «%(value)s» er ukjent.") % {"name": field.verbose_name, "value": value}
            )


# --- writing
@transaction.atomic
def write(version: InstrumentVersion, draft: Draft) -> None:
    """Makes the version's rows say what the draft says. Raises FrozenError when it has been sent."""
    for name, value in _fields(draft.definition).items():
        setattr(version, name, value)
    version.save()
    version.__dict__.pop("_cluster_related_objects", None)
    for model in (Section, ChoiceList, Item, Scale):
        model.objects.filter(version=version).delete()
    names = draft.list_names()
    _write_lists(version, draft.all_lists())
    Section.objects.bulk_create(_sections(version, draft.definition.sections))
    Item.objects.bulk_create(
        _item_row(version, place, item, names.get(item.choices, ""))
        for place, item in enumerate(draft.definition.items)
    )
    Scale.objects.bulk_create(
        _scale_row(version, place, scale) for place, scale in enumerate(draft.definition.scales)
    )


def _fields(definition: Definition) -> dict[str, Any]:
    help_ = definition.low_help
    low = {"low_help_scale": help_.scale if help_ else "", "low_help_below": help_.below if help_ else None}
    return {
        **_both("title", definition.title),
        **_both("intro", definition.intro),
        **_both("low_help", help_.text if help_ else Words()),
        **low,
        "minutes": definition.minutes,
        "licence": definition.licence,
        "source": definition.source,
        "translated_by": definition.translated_by,
    }


def _both(name: str, text: Words) -> dict[str, str]:
    return {f"{name}_nb": text.nb, f"{name}_nn": text.nn}


def _write_lists(version: InstrumentVersion, lists: dict[str, Choices]) -> None:
    rows = ChoiceList.objects.bulk_create(
        ChoiceList(version=version, sort_order=place, key=key) for place, key in enumerate(lists)
    )
    Choice.objects.bulk_create(
        Choice(choice_list=row, sort_order=place, code=each.code, **_both("label", each.label))
        for row, choices in zip(rows, lists.values(), strict=True)
        for place, each in enumerate(choices)
    )


def _sections(version: InstrumentVersion, sections: Sequence[SectionValue]) -> list[Section]:
    return [
        Section(
            version=version,
            sort_order=place,
            key=each.key,
            **_both("title", each.title),
            **_both("text", each.text),
        )
        for place, each in enumerate(sections)
    ]


def _item_row(version: InstrumentVersion, place: int, item: ItemValue, list_name: str) -> Item:
    condition = item.show_if
    return Item(
        version=version,
        sort_order=place,
        key=item.key,
        section=item.section,
        kind=item.kind,
        choice_list=list_name,
        low=item.low,
        high=item.high,
        not_yet=item.not_yet,
        show_if_item=condition.item if condition else "",
        show_if_codes=", ".join(map(str, condition.any_of)) if condition else "",
        **_both("text", item.text),
        **_both("help", item.help),
        **_both("low_end", item.low_end),
        **_both("high_end", item.high_end),
    )


def _scale_row(version: InstrumentVersion, place: int, scale: ScaleValue) -> Scale:
    signs = [f"-{key}" if key in scale.reversed else key for key in scale.items]
    return Scale(
        version=version,
        sort_order=place,
        key=scale.key,
        items=", ".join(signs),
        method=scale.method,
        min_answered=scale.min_answered,
        low=scale.low,
        high=scale.high,
        better=scale.better,
        multiply=scale.multiply,
        cut_offs=" ".join(f"{cut!r}".removesuffix(".0") for cut in scale.cut_offs),
        source=scale.source,
        **_both("title", scale.title),
    )
