"""A change of what was sent is a new version: the same ids, and what became of each item and answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evaluation.instruments import loading, rows
from evaluation.instruments.definition import Choice, Definition, Item, Words
from evaluation.instruments.drafts import Draft
from evaluation.instruments.freezing import Crossing, broken_ids, crosswalk, freeze, new_version
from evaluation.instruments.places import FaultsError
from evaluation.models import InstrumentVersion
from evaluation.models import Item as ItemRow
from tests.evaluation.sent_forms import sent, stored
from tests.study_factories import AGREE, definition, statement, text_item

__all__ = ["sent"]
pytestmark = pytest.mark.django_db


# --- new versions
def test_a_new_version_has_the_same_ids_and_texts(sent: InstrumentVersion) -> None:
    made = new_version(sent)
    assert made.number == 2
    assert rows.read(made).definition == replace(sent.frozen, version=2)
    assert rows.read(made).lists == rows.read(sent).lists
    assert made.frozen_at is None
    freeze(made)


def test_a_new_version_twice_is_one_draft(sent: InstrumentVersion) -> None:
    assert new_version(sent).pk == new_version(sent).pk


def test_a_new_version_of_an_old_one_comes_after_the_newest(sent: InstrumentVersion) -> None:
    freeze(new_version(sent))
    assert new_version(sent).number == 3


def test_importing_as_the_next_version_leaves_what_was_sent(sent: InstrumentVersion) -> None:
    file = Draft(replace(sent.frozen, items=sent.frozen.items[:-1]))
    made, change = loading.store(file, as_next=True)
    assert (made.number, change) == (2, "created")
    assert loading.store(file, as_next=True)[1] == "unchanged"


def test_an_older_version_is_not_opened_after_a_newer(sent: InstrumentVersion) -> None:
    third = stored(replace(sent.frozen, version=3))
    second = stored(replace(sent.frozen, version=2))
    freeze(third)
    with pytest.raises(FaultsError, match="Versjon 3 er sendt ut allerede"):
        freeze(second)


# --- ids
def versions(*asked: list[Item]) -> list[Definition]:
    return [definition(items, key="trygg", version=number) for number, items in enumerate(asked, start=1)]


def told(*asked: list[Item]) -> str:
    *old, new = versions(*asked)
    return " ".join(str(fault) for fault in broken_ids(new, old))


T1, T2, T3 = statement("t1"), statement("t2"), statement("t3")


def test_ids_that_are_kept_or_new_are_no_fault() -> None:
    assert told([T1, T2], [T2, T3]) == ""
    assert told([T1], [replace(T1, text=Words("Omskrevet"))]) == ""


def test_an_id_that_comes_back_is_refused() -> None:
    assert "«t1»: Koden ble tatt ut etter versjon 1" in told([T1, T2], [T2], [T1, T2])


def test_an_id_with_another_kind_of_question_is_refused() -> None:
    other = replace(T1, kind="zero-to-ten", choices=())
    assert "«t1»: I versjon 1 hadde koden et annet slag" in told([T1], [other])


def test_the_same_question_under_another_id_is_refused() -> None:
    assert "«t9»: Det samme spørsmålet hadde koden «t1»" in told([T1], [replace(T1, key="t9")])


def test_the_same_words_may_be_asked_twice_while_the_first_of_them_stays() -> None:
    more, again = replace(text_item("k1"), text=Words("Vil du si mer?")), text_item("k2")
    again = replace(again, text=more.text)
    assert told([T1, more], [T1, more, T2, again]) == ""
    assert told([more, again], [replace(again, key="k3"), more]).count("hadde koden «k2»") == 1


def test_a_question_that_was_taken_out_may_be_asked_again_under_a_new_id() -> None:
    assert told([T1, T2], [T2], [T2, replace(T1, key="t9")]) == ""
    reworded = replace(T1, text=Words("Omskrevet"))
    assert "hadde koden «t1» i versjon 1" in told([T1], [reworded], [replace(T1, key="t9")])


def test_answers_that_change_codes_are_refused() -> None:
    turned = tuple(Choice(6 - choice.code, choice.label) for choice in AGREE)
    assert "Svaret «Helt enig» hadde koden 5 i versjon 1, og har 1 nå" in told(
        [T1], [replace(T1, choices=turned)]
    )


def test_an_answer_that_comes_back_is_refused() -> None:
    fewer = replace(T1, choices=AGREE[:4])
    assert told([T1], [fewer]) == ""
    other = replace(T1, choices=(*AGREE[:4], Choice(5, Words("Svært enig"))))
    assert "Svarkoden 5 ble tatt ut" in told([T1], [fewer], [other])


def test_ids_are_looked_at_when_it_is_frozen(sent: InstrumentVersion) -> None:
    made = new_version(sent)
    ItemRow.objects.filter(version=made, key="t01").update(kind="zero-to-ten", choice_list="")
    with pytest.raises(FaultsError, match="et annet slag"):
        freeze(made)


# --- crosswalk
def test_the_crosswalk_tells_what_became_of_each_item_and_answer() -> None:
    old = definition([T1, T2, T3, text_item()], version=1)
    label = Choice(4, Words("Nokså enig"))
    new = definition(
        [
            T1,
            replace(T2, text=Words("Omskrevet"), choices=(*AGREE[:3], label)),
            replace(text_item("nytt")),
            replace(T3, not_yet=True),
        ],
        version=2,
    )
    found = crosswalk(old, new)
    items = {row.key: row.state for row in found if row.code is None}
    assert items == {"t1": "kept", "t2": "reworded", "nytt": "new", "t3": "changed", "ord": "gone"}
    answers = {row.code: row.state for row in found if row.key == "t2" and row.code is not None}
    assert answers == {1: "kept", 2: "kept", 3: "kept", 4: "reworded", 5: "gone"}
    assert Crossing("t2", 4, "reworded", "Enig", "Nokså enig") in found
    assert Crossing("ord", None, "gone", "Noe mer? Uten navn.", "") in found
