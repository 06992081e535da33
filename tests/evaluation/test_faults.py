"""What keeps a questionnaire from being opened: each fault by itself, said where it stands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from evaluation.instruments.definition import Choice, Condition, Definition, Item, LowHelp, Section, Words
from evaluation.instruments.faults import faults, warnings
from evaluation.instruments.places import Where
from tests.study_factories import AGREE, definition, statement, text_item

ITEM, SCALE, VERSION = Where("item", "t02"), Where("scale", "trygg"), Where("version")


def whole() -> Definition:
    number = Item("antall", "number", Words("Hvor mange?", "Kor mange?"), "del", low=0, high=9)
    several = Item("flere", "several", Words("Hvilke?", "Kva for?"), "del", choices=AGREE)
    items = [statement("t01"), statement("t02"), statement("t03"), number, several, text_item()]
    return definition(items)


def with_item(**fields: Any) -> Definition:
    """The second statement otherwise."""
    base = whole()
    return replace(base, items=tuple(replace(i, **fields) if i.key == "t02" else i for i in base.items))


def with_scale(**fields: Any) -> Definition:
    base = whole()
    return replace(base, scales=(replace(base.scales[0], **fields),))


def shown_if(item: str, *codes: int) -> Condition:
    return Condition(item, codes)


def test_a_questionnaire_without_fault_has_none() -> None:
    assert faults(whole()) == []
    assert warnings(whole()) == []


@pytest.mark.parametrize(
    ("wrong", "where", "said"),
    [
        (replace(whole(), licence=" "), VERSION, "Lisens mangler"),
        (replace(whole(), source=""), VERSION, "Kilde mangler"),
        (replace(whole(), translated_by=""), VERSION, "«Oversatt av» mangler"),
        (replace(whole(), title=Words("", "Tittel")), VERSION, "Tittel"),
        (replace(whole(), items=(), scales=(), sections=()), VERSION, "ingen spørsmål"),
        (replace(whole(), sections=whole().sections * 2), Where("section", "del"), "står 2 ganger"),
        (
            replace(whole(), sections=(*whole().sections, Section("tom", Words("Tom")))),
            Where("section", "tom"),
            "ingen spørsmål under",
        ),
        (with_item(key="t01"), Where("item", "t01"), "står 2 ganger"),
        (with_item(key="Æ 1"), Where("item", "Æ 1"), "små bokstaver"),
        (with_item(section="borte"), ITEM, "Overskriften «borte» finnes ikke"),
        (with_item(text=Words("", "Utsegn")), ITEM, "Teksten på bokmål mangler"),
        (with_item(choices=()), ITEM, "mangler svar"),
        (with_item(choices=AGREE[:1]), ITEM, "mangler svar"),
        (with_item(choices=(*AGREE, Choice(5, Words("Svært enig")))), ITEM, "Svarkoden 5 står 2 ganger"),
        (with_item(choices=(*AGREE, Choice(6, Words("helt enig")))), ITEM, "heter det samme"),
        (with_item(choices=(*AGREE, Choice(6, Words("", "Svært")))), ITEM, "mangler tekst"),
        (with_item(choices=(*AGREE, Choice(30_001, Words("Stor")))), ITEM, "30001 er for stor"),
        (
            with_item(kind="several", choices=tuple(Choice(n, Words(f"Svar {n}")) for n in range(16))),
            ITEM,
            "plass til 15 svar, og her står 16",
        ),
        (with_item(kind="number", choices=()), ITEM, "Minste og største tall"),
        (with_item(kind="number", choices=(), low=0, high=40_000), ITEM, "30000"),
        (with_item(kind="text", choices=(), not_yet=True), ITEM, "Ta bort «ikke aktuelt ennå»"),
        (with_item(show_if=shown_if("borte", 1)), ITEM, "viser til «borte», som ikke finnes"),
        (with_item(show_if=shown_if("t03", 1)), ITEM, "ikke kommer før"),
        (with_item(show_if=shown_if("t02", 1)), ITEM, "ikke kommer før"),
        (with_item(show_if=shown_if("t01")), ITEM, "mangler hvilke svar"),
        (with_item(show_if=shown_if("t01", 9)), ITEM, "Vises aldri: «t01» kan ikke besvares med 9"),
        (with_item(show_if=shown_if("t01", 1, 9)), ITEM, "svar «t01» ikke har: 9"),
        (with_scale(items=()), SCALE, "ingen spørsmål"),
        (with_scale(items=("t01", "borte")), SCALE, "«borte» finnes ikke"),
        (with_scale(items=("t01", "ord")), SCALE, "«ord» gir ikke et tall"),
        (with_scale(items=("t01", "flere")), SCALE, "«flere» gir ikke et tall"),
        (with_scale(items=("t01", "t01")), SCALE, "flere ganger"),
        (with_scale(reversed=("ord",)), SCALE, "«ord» er snudd, men er ikke blant"),
        (with_scale(min_answered=4), SCALE, "fra 1 til 3"),
        (with_scale(min_answered=0), SCALE, "fra 1 til 3"),
        (with_scale(low=0), SCALE, "men spørsmålene gir 1 til 5"),
        (with_scale(method="sum"), SCALE, "men spørsmålene gir 3 til 15"),
        (
            with_scale(items=("t01", "antall"), method="sum", low=1, high=14, min_answered=1),
            SCALE,
            "Sett «Minst så mange besvart» til 2",
        ),
        (with_scale(multiply=0), SCALE, "større enn null"),
        (with_scale(low=5), SCALE, "lavere enn høyest"),
        (with_scale(cut_offs=(9.0,)), SCALE, "utenfor skalaen"),
        (with_scale(cut_offs=(4.0, 2.0)), SCALE, "stigende"),
        (with_scale(title=Words()), SCALE, "Navnet på bokmål"),
        (replace(whole(), scales=whole().scales * 2), SCALE, "står 2 ganger"),
        (
            replace(whole(), low_help=LowHelp("borte", 2, Words("Ring oss"))),
            VERSION,
            "skalaen «borte», som ikke finnes",
        ),
        (replace(whole(), low_help=LowHelp("trygg", 9, Words("Ring oss"))), SCALE, "utenfor skalaen"),
        (replace(whole(), low_help=LowHelp("trygg", 2, Words())), VERSION, "Hjelpeteksten"),
    ],
)
def test_each_fault_is_told_where_it_stands(wrong: Definition, where: Where, said: str) -> None:
    found = [fault for fault in faults(wrong) if fault.where == where and said in fault.sentence]
    assert found, faults(wrong)


@pytest.mark.parametrize(
    "sound",
    [
        with_scale(items=("t01", "antall"), method="sum", low=1, high=14, min_answered=2),
        with_scale(method="sum", low=3, high=15, min_answered=1),
    ],
)
def test_a_sum_is_sound_of_all_answers_or_of_answers_that_count_alike(sound: Definition) -> None:
    assert faults(sound) == []


def test_several_faults_are_told_at_once() -> None:
    wrong = replace(with_item(text=Words(), show_if=shown_if("borte", 1)), licence="")
    assert len({fault.where for fault in faults(wrong)}) == 2
    assert len(faults(wrong)) == 3


def test_a_path_behind_a_dead_one_is_dead_too() -> None:
    base = with_item(show_if=shown_if("t01", 9))
    items = tuple(replace(i, show_if=shown_if("t02", 1)) if i.key == "t03" else i for i in base.items)
    found = {fault.where.key: fault.sentence for fault in faults(replace(base, items=items))}
    assert found["t03"] == "Vises aldri, fordi spørsmålet «t02» aldri vises."


def test_a_path_behind_a_half_right_condition_is_alive() -> None:
    base = with_item(show_if=shown_if("t01", 1, 9))
    items = tuple(replace(i, show_if=shown_if("t02", 1)) if i.key == "t03" else i for i in base.items)
    assert [fault.where.key for fault in faults(replace(base, items=items))] == ["t02"]


@pytest.mark.parametrize(("code", "reached"), [(0, True), (9, True), (10, False), (-1, False)])
def test_a_number_is_a_way_within_its_range(code: int, reached: bool) -> None:
    base = whole()
    words = replace(base.items[-1], show_if=shown_if("antall", code))
    assert (faults(replace(base, items=(*base.items[:-1], words))) == []) is reached


def test_a_text_is_no_way_to_another_item() -> None:
    base = whole()
    last = statement("sist", show_if=shown_if("ord", 1))
    assert "som er en tekst" in str(faults(replace(base, items=(*base.items, last)))[0])


def test_items_of_a_section_stand_together() -> None:
    sections = (Section("a", Words("A")), Section("b", Words("B")))
    items = [statement("t1", section="a"), statement("t2", section="b"), statement("t3", section="a")]
    assert "ikke samlet" in str(faults(definition(items, sections=sections))[0])
    items = [statement("t1", section="b"), statement("t2", section="a")]
    assert "annen rekkefølge" in str(faults(definition(items, sections=sections))[0])


def test_missing_nynorsk_is_a_warning_and_no_fault() -> None:
    one = with_item(text=Words("Bare bokmål"))
    assert faults(one) == []
    assert [fault.where for fault in warnings(one)] == [ITEM]
