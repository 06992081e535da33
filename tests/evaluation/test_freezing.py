"""What has been sent stays as it was, whichever way one comes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, models, transaction
from django.utils import timezone

from courses.problems import PackageError
from evaluation.instruments import loading, rows, xlsforms, yaml_writing
from evaluation.instruments.definition import Definition, Words
from evaluation.instruments.drafts import Draft
from evaluation.instruments.freezing import freeze
from evaluation.instruments.places import FaultsError
from evaluation.models import Choice as ChoiceRow
from evaluation.models import ChoiceList, FrozenError, Instrument, InstrumentVersion, Scale, Section
from evaluation.models import Item as ItemRow
from tests.evaluation.sent_forms import sent, stored
from tests.study_factories import definition, statement

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["sent"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(sent: InstrumentVersion) -> InstrumentVersion:
    """Of another instrument."""
    return stored(definition(key="kladd"))


# --- freezing
def test_what_is_frozen_is_what_the_rows_said(sent: InstrumentVersion) -> None:
    kept = InstrumentVersion.objects.get(pk=sent.pk)
    assert kept.frozen == rows.read(kept).definition
    assert kept.frozen_at is not None
    assert kept.definition == json.loads(json.dumps(kept.frozen.as_data()))


def test_freezing_twice_changes_nothing(sent: InstrumentVersion) -> None:
    before = sent.frozen_at
    assert freeze(InstrumentVersion.objects.get(pk=sent.pk)) == sent.frozen
    sent.refresh_from_db()
    assert sent.frozen_at == before


def test_a_draft_with_faults_is_not_frozen_and_says_where() -> None:
    version = stored(replace(definition(), licence="", source=""))
    with pytest.raises(FaultsError) as told:
        freeze(version)
    assert len(told.value.faults) == 2
    version.refresh_from_db()
    assert (version.definition, version.frozen_at) == (None, None)
    with pytest.raises(ValueError, match="not frozen"):
        _ = version.frozen


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_freeze_it_once() -> None:
    version = stored(definition())
    start, found, wrong = Barrier(8), list[Definition](), list[Exception]()

    def go() -> None:
        start.wait()
        try:
            found.append(freeze(InstrumentVersion.objects.get(pk=version.pk)))
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [Thread(target=go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(set(map(str, found))) == 1
    version.refresh_from_db()
    assert version.frozen == found[0]


# --- every way to change what was sent
def a(model: Any, version: InstrumentVersion) -> Any:
    way = "choice_list__version" if model is ChoiceRow else "version"
    return model.objects.filter(**{way: version}).first()


BELOW = (Section, ChoiceList, ChoiceRow, ItemRow, Scale)


def _move_in(sent: InstrumentVersion, draft: InstrumentVersion) -> None:
    item = a(ItemRow, draft)
    item.version = sent
    item.save()


def _move_out(sent: InstrumentVersion, draft: InstrumentVersion) -> None:
    item = a(ItemRow, sent)
    item.version = draft
    item.save()


def _stale(sent: InstrumentVersion, draft: InstrumentVersion) -> None:
    """Fetched while it was a draft, saved afterwards."""
    old = InstrumentVersion.objects.get(pk=draft.pk)
    freeze(draft)
    old.title_nb = "Et annet"
    old.save()


def _copy(sent: InstrumentVersion, draft: InstrumentVersion) -> None:
    sent.pk, sent.number = None, 7
    sent.save(force_insert=True)


def _rename(sent: InstrumentVersion, draft: InstrumentVersion) -> None:
    sent.instrument.key = "et-annet"
    sent.instrument.save()


def _by_hand(sent: InstrumentVersion, draft: InstrumentVersion) -> None:
    InstrumentVersion.objects.filter(pk=draft.pk).update(definition={}, frozen_at=timezone.now())


WAYS: dict[str, Callable[[InstrumentVersion, InstrumentVersion], object]] = {
    "save": lambda sent, _draft: sent.save(),
    "save some fields": lambda sent, _draft: sent.save(update_fields=["title_nb"]),
    "save what was fetched before": _stale,
    "update": lambda sent, _draft: InstrumentVersion.objects.filter(pk=sent.pk).update(title_nb="x"),
    "update all": lambda _sent, _draft: InstrumentVersion.objects.update(minutes=9),
    "thaw": lambda sent, _draft: InstrumentVersion.objects.filter(pk=sent.pk).update(frozen_at=None),
    "freeze by hand": _by_hand,
    "bulk update": lambda sent, _draft: InstrumentVersion.objects.bulk_update([sent], ["title_nb"]),
    "bulk create": lambda sent, _draft: InstrumentVersion.objects.bulk_create([sent]),
    "update or create": lambda sent, _draft: InstrumentVersion.objects.update_or_create(
        pk=sent.pk, defaults={"title_nb": "x"}
    ),
    "delete": lambda sent, _draft: sent.delete(),
    "delete many": lambda _sent, _draft: InstrumentVersion.objects.all().delete(),
    "delete the instrument": lambda sent, _draft: sent.instrument.delete(),
    "copy": _copy,
    "write rows": lambda sent, _draft: rows.write(sent, Draft(definition(key="trygg"))),
    "import": lambda _sent, _draft: loading.store(Draft(definition([statement("ny")], key="trygg"))),
    "rename": _rename,
    "rename many": lambda _sent, _draft: Instrument.objects.filter(key="trygg").update(key="et-annet"),
    "move an item in": _move_in,
    "move an item out": _move_out,
    "move many in": lambda sent, draft: ItemRow.objects.filter(version=draft).update(version=sent),
    "add an item": lambda sent, _draft: ItemRow.objects.create(version=sent, key="ny", section="del"),
    "add a choice": lambda sent, _draft: ChoiceRow.objects.create(choice_list=a(ChoiceList, sent), code=9),
    "add many items": lambda sent, _draft: ItemRow.objects.bulk_create([ItemRow(version=sent, key="ny")]),
    "through the version": lambda sent, _draft: sent.items.all().delete(),
} | {
    f"{verb} {model.__name__.lower()}": way
    for model in BELOW
    for verb, way in {
        "save": lambda sent, _draft, model=model: a(model, sent).save(),
        "update": lambda sent, _draft, model=model: model.objects.update(sort_order=9),
        "delete": lambda sent, _draft, model=model: a(model, sent).delete(),
        "delete all": lambda sent, _draft, model=model: model.objects.all().delete(),
    }.items()
}


def everything() -> list[Any]:
    """All that stands in the tables about what was sent."""
    sent = InstrumentVersion.objects.filter(instrument__key="trygg", number=1)
    found: list[Any] = list(sent.values())
    for model in BELOW:
        way = "choice_list__version__in" if model is ChoiceRow else "version__in"
        found += list(model.objects.filter(**{way: sent.values("pk")}).order_by("pk").values())
    return found


@pytest.mark.parametrize("way", WAYS)
def test_no_way_changes_what_was_sent(way: str, sent: InstrumentVersion, draft: InstrumentVersion) -> None:
    before = everything()
    assert len(before) > 10
    with pytest.raises((FrozenError, models.ProtectedError)), transaction.atomic():
        WAYS[way](sent, draft)
    assert everything() == before
    assert InstrumentVersion.objects.filter(frozen_at__isnull=False, instrument__key="trygg").count() == 1


def test_the_refusal_says_what_to_do(sent: InstrumentVersion) -> None:
    with pytest.raises(FrozenError) as told:
        sent.save()
    assert str(told.value) == "Skjemaet er sendt ut og kan ikke endres. Lag ny versjon."


@pytest.mark.parametrize("kind", ["yaml", "xlsx"])
def test_a_file_with_a_changed_item_is_refused_and_one_without_is_not(
    kind: str, sent: InstrumentVersion, tmp_path: Path
) -> None:
    asked = sent.frozen
    first = replace(asked.items[0], text=Words("Noe annet"))
    for items, refused in ((asked.items, False), ((first, *asked.items[1:]), True)):
        changed = Draft(replace(asked, items=items), rows.read(sent).lists)
        path = tmp_path / f"trygg.{kind}"
        written = xlsforms.workbook(changed) if kind == "xlsx" else yaml_writing.text_of(changed).encode()
        path.write_bytes(written)
        if refused:
            with pytest.raises(
                PackageError, match=r"Versjon 1 av «trygg»: Skjemaet er sendt ut.* Lag ny versjon"
            ):
                loading.load(tmp_path)
        else:
            assert loading.load(tmp_path).unchanged == 1


def test_drafts_are_changed_and_deleted_freely(draft: InstrumentVersion) -> None:
    a(ItemRow, draft).delete()
    draft.title_nb = "Et annet"
    draft.save()
    InstrumentVersion.objects.filter(pk=draft.pk).delete()
    assert not ItemRow.objects.filter(version=draft.pk).exists()
