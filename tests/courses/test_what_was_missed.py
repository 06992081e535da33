"""What catching up is made of: what was done that evening, with its questions, in ten to fifteen minutes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from courses.catching_up import chosen_parts, covered
from courses.models import CoreElementTick, EditionModule, Evening, EveningLog
from tests.courses.missed import LAYER, held

if TYPE_CHECKING:
    from courses.models import Edition


__all__ = ["held"]
pytestmark = pytest.mark.django_db


def log_of(evening: Evening, edition: Edition, **ticks: str) -> None:
    EditionModule.objects.filter(edition=edition, module=evening.module).update(evening=LAYER)
    if ticks:
        log = EveningLog.objects.create(evening=evening)
        for key, done in ticks.items():
            CoreElementTick.objects.create(log=log, key=key, done=done)


def test_what_was_done_is_shown_with_its_questions_and_what_was_not_is_left_out(
    held: Evening, edition: Edition
) -> None:
    log_of(held, edition, lampa="yes", svar="partly", hjelp="no")
    found = covered(held)
    assert found.logged
    assert [(element.text, element.partly) for element in found.elements] == [
        ("Alle har funnet sin egen varsellampe.", False),
        ("Alle har øvd på et svar.", True),
    ]
    assert found.elements[0].questions == ["Hvor kjenner du det?", "Hva hjelper?"]


def test_without_a_log_the_plan_is_shown_and_said_to_be_the_plan(held: Evening, edition: Edition) -> None:
    log_of(held, edition)
    found = covered(held, "nn")
    assert not found.logged
    assert len(found.elements) == 3


def test_an_edition_without_a_facilitators_layer_gives_nothing_and_no_error(held: Evening) -> None:
    assert covered(held).elements == []
    assert covered(held).minutes == 2


def parts(*minutes: int) -> list[Any]:
    return [SimpleNamespace(key=f"del-{place}", minutes=many) for place, many in enumerate(minutes, start=1)]


@pytest.mark.parametrize(
    ("minutes", "read", "beside", "chosen"),
    [
        ((3, 3, 3, 3, 3), set(), 4, ["del-1", "del-2", "del-3"]),  # not more than fifteen
        ((3, 3, 3, 3, 3), {"del-1", "del-2"}, 4, ["del-3", "del-4", "del-5"]),  # what is not read first
        ((3, 3, 3, 3), {"del-1", "del-2", "del-3", "del-4"}, 4, ["del-1", "del-2"]),  # a second look
        ((2, 2), set(), 2, ["del-1", "del-2"]),  # a short module is all of it
        ((9, 9, 2), set(), 5, ["del-1"]),
    ],
)
def test_the_parts_make_ten_to_fifteen_minutes_with_the_rest(
    minutes: tuple[int, ...], read: set[str], beside: int, chosen: list[str]
) -> None:
    assert [part.key for part in chosen_parts(parts(*minutes), read, beside)] == chosen
