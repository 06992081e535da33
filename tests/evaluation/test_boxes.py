"""A sealed box: equally long for all, long enough for the longest form, and shut to every other key."""

from __future__ import annotations

import pytest

from evaluation.answers import boxes
from tests.study_factories import definition, statement, text_item

pytestmark = pytest.mark.django_db(databases=["default", "answers"])


def test_without_texts_a_box_is_eight_kibibytes() -> None:
    items = [statement(f"t{n:02}") for n in range(60)]
    assert boxes.size([definition(items)]) == 8_192


@pytest.mark.parametrize("texts", [1, 5, 20])
def test_the_longest_form_there_can_be_fits_its_box(texts: int) -> None:
    items = [statement("t" * 40 + str(n)) for n in range(60)] + [text_item(f"o{n}") for n in range(texts)]
    asked_for = definition(items)
    given = {item.key: "🦊" * 2_000 if item.kind == "text" else 5 for item in items}
    length = boxes.size([asked_for])
    who = {"kind": "answers", "pair_salt": "f" * 32, "household_salt": "f" * 32, "municipality": 10**12}
    private = boxes.new_private_key()
    box = boxes.seal(
        boxes.public_half(private), who | {"forms": [{"version": 10**12, "answers": given}]}, length
    )
    assert len(box) == length
    assert boxes.open_box(private, box)["forms"][0]["answers"] == given


def test_what_does_not_fit_is_refused_rather_than_sealed_in_a_longer_box() -> None:
    public = boxes.public_half(boxes.new_private_key())
    with pytest.raises(ValueError, match="do not fit"):
        boxes.seal(public, {"text": "a" * 9_000}, boxes.STEP)


def test_another_key_and_a_torn_box_open_nothing() -> None:
    private = boxes.new_private_key()
    box = boxes.seal(boxes.public_half(private), {"kind": "answers"}, boxes.STEP)
    for key, torn in (
        (boxes.new_private_key(), box),
        (private, box[:-1]),
        (private, b""),
        (private, box[::-1]),
    ):
        with pytest.raises(boxes.UnopenableError):
            boxes.open_box(key, torn)
