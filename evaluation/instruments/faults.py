"""What keeps a questionnaire from being opened, everything at once, each said where it stands."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from evaluation.instruments.conditions import condition_faults
from evaluation.instruments.definition import LARGEST, MOST_CHOICES, WITH_CHOICES
from evaluation.instruments.places import VERSION, Fault, Where, code_faults
from evaluation.instruments.scales import scale_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.instruments.definition import Choice, Definition, Item, Words

MOST_TEXTS = 10  # every sealed answer is as long as the longest there could be: texts weigh on all


def faults(definition: Definition) -> list[Fault]:
    """Every fault, in the order of the questionnaire; none: it can be opened."""
    return [
        *_of_version(definition),
        *_of_sections(definition),
        *_of_items(definition),
        *condition_faults(definition),
        *scale_faults(definition),
        *_of_low_help(definition),
    ]


def warnings(definition: Definition) -> list[Fault]:
    """What those who answer in Nynorsk will meet in Bokmål; no hindrance."""
    sentence = _("Mangler nynorsk. De som svarer på nynorsk, får bokmål her.")
    return [
        Fault(where, sentence)
        for where, texts in texts_by_place(definition)
        if any(text.nb and not text.nn for text in texts)
    ]


def texts_by_place(definition: Definition) -> Iterator[tuple[Where, tuple[Words, ...]]]:
    """Every text that somebody who answers may read, with the place it stands in."""
    low = (definition.low_help.text,) if definition.low_help else ()
    yield VERSION, (definition.title, definition.intro, *low)
    for section in definition.sections:
        yield Where("section", section.key), (section.title, section.text)
    for item in definition.items:
        labels = tuple(choice.label for choice in item.choices)
        yield Where("item", item.key), (item.text, item.help, item.low_end, item.high_end, *labels)
    for scale in definition.scales:
        yield Where("scale", scale.key), (scale.title,)


def _of_version(definition: Definition) -> Iterator[Fault]:
    obligatory = {
        _("Tittel på bokmål mangler."): definition.title.nb,
        _("Lisens mangler. Skriv hva som gir lov til å bruke skjemaet, også når det er vårt eget."): (
            definition.licence
        ),
        _("Kilde mangler. Skriv hvor skjemaet kommer fra."): definition.source,
        _("«Oversatt av» mangler. Skriv «ikke oversatt» når skjemaet er skrevet på norsk."): (
            definition.translated_by
        ),
    }
    yield from (Fault(VERSION, sentence) for sentence, text in obligatory.items() if not text.strip())
    if not definition.items:
        yield Fault(VERSION, _("Skjemaet har ingen spørsmål."))
    if len(definition.text_items) > MOST_TEXTS:
        yield Fault(VERSION, _("Skjemaet har mer enn %(n)d tekstspørsmål.") % {"n": MOST_TEXTS})


def _of_sections(definition: Definition) -> Iterator[Fault]:
    yield from code_faults(Where("section", section.key) for section in definition.sections)
    runs = [key for key, _items in groupby(definition.items, key=lambda item: item.section)]
    for section in dict.fromkeys(section.key for section in definition.sections):
        if section not in runs:
            yield Fault(Where("section", section), _("Det står ingen spørsmål under overskriften."))
        if runs.count(section) > 1:
            yield Fault(
                Where("section", section),
                _("Spørsmålene under overskriften står ikke samlet. Flytt dem etter hverandre."),
            )
    order = [section.key for section in definition.sections if section.key in runs]
    if sorted(runs) == sorted(order) and runs != order:
        yield Fault(VERSION, _("Overskriftene står i en annen rekkefølge enn spørsmålene."))


def _of_items(definition: Definition) -> Iterator[Fault]:
    yield from code_faults(Where("item", item.key) for item in definition.items)
    sections = {section.key for section in definition.sections}
    told: set[tuple[Choice, ...]] = set()  # a list of answers that many items share is told once
    for item in definition.items:
        where = Where("item", item.key)
        if item.choices not in told:
            yield from (Fault(where, sentence) for sentence in _of_answers(item.choices))
        told.add(item.choices)
        yield from (Fault(where, sentence) for sentence in _of_item(item))
        if item.section not in sections:
            yield Fault(where, _("Overskriften «%s» finnes ikke.") % item.section)


def _of_item(item: Item) -> Iterator[str]:
    if not item.text.nb.strip():
        yield _("Teksten på bokmål mangler.")
    if item.kind in WITH_CHOICES:
        yield from _of_choices(item)
    if item.kind == "number":
        yield from _of_number(item)
    if item.kind == "text" and item.not_yet:
        yield _("En kort tekst kan stå tom. Ta bort «ikke aktuelt ennå».")


def _of_number(item: Item) -> Iterator[str]:
    if item.low >= item.high:
        yield _("Minste og største tall mangler, eller det minste er ikke minst.")
    if max(abs(item.low), abs(item.high)) > LARGEST:
        yield _("Tallene må ligge mellom −%(most)d og %(most)d.") % {"most": LARGEST}


def _of_choices(item: Item) -> Iterator[str]:
    if len(item.choices) < (1 if item.kind == "several" else 2):
        yield _("Spørsmålet mangler svar å velge mellom.")
    if item.kind == "several" and len(item.choices) > MOST_CHOICES:
        yield _("Et spørsmål med flere svar har plass til %(most)d svar, og her står %(n)d.") % {
            "most": MOST_CHOICES,
            "n": len(item.choices),
        }


def _of_answers(choices: tuple[Choice, ...]) -> Iterator[str]:
    for code, count in Counter(choice.code for choice in choices).items():
        if count > 1:
            yield _("Svarkoden %(code)d står %(n)d ganger.") % {"code": code, "n": count}
        if abs(code) > LARGEST:
            yield _("Svarkoden %(code)d er for stor.") % {"code": code}
    yield from _of_labels(choices)


def _of_labels(choices: tuple[Choice, ...]) -> Iterator[str]:
    for choice in choices:
        if not choice.label.nb.strip():
            yield _("Svaret med kode %(code)d mangler tekst på bokmål.") % {"code": choice.code}
    labels = Counter(choice.label.nb.strip().casefold() for choice in choices if choice.label.nb.strip())
    if any(count > 1 for count in labels.values()):
        yield _("To av svarene heter det samme.")


def _of_low_help(definition: Definition) -> Iterator[Fault]:
    help_ = definition.low_help
    if help_ is None:
        return
    scale = next((scale for scale in definition.scales if scale.key == help_.scale), None)
    if scale is None:
        yield Fault(VERSION, _("Hjelp ved lav skår viser til skalaen «%s», som ikke finnes.") % help_.scale)
    elif not scale.low < help_.below <= scale.high:
        yield Fault(Where("scale", scale.key), _("Grensa for hjelp ved lav skår ligger utenfor skalaen."))
    if not help_.text.nb.strip():
        yield Fault(VERSION, _("Hjelpeteksten ved lav skår mangler på bokmål."))
