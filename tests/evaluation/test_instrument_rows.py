"""Questionnaires as the editor's rows: the same value in and out, without a query per item."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.conf import settings as site
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings

from courses.problems import PackageError
from evaluation import setting_up
from evaluation.instruments import loading, rows, xlsforms, yaml_writing
from evaluation.instruments.definition import Words
from evaluation.instruments.drafts import Draft
from evaluation.instruments.faults import faults, warnings
from evaluation.instruments.freezing import all_faults, freeze
from evaluation.instruments.places import FaultsError, Where
from evaluation.models import Choice, ChoiceList, Instrument, InstrumentVersion, Item, Scale
from tests.evaluation.drawn import definitions
from tests.study_factories import definition, statement, study

if TYPE_CHECKING:
    from pathlib import Path

    from evaluation.instruments.definition import Definition

FIXTURES = site.BASE_DIR / "fixtures" / "instruments"
BATCH = 1  # SQLite takes 999 values in a statement: sixty items are written in two
FRAMES = {"aim-iam-fim", "nomad", "who-5"}

pytestmark = pytest.mark.django_db


def stored(asked: Definition) -> InstrumentVersion:
    instrument, _made = Instrument.objects.get_or_create(key=asked.key)
    version = InstrumentVersion(instrument=instrument, number=asked.version)
    rows.write(version, Draft(asked))
    return InstrumentVersion.objects.get(pk=version.pk)


@given(definitions())
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_questionnaire_comes_back_as_it_was(asked: Definition) -> None:
    InstrumentVersion.objects.all().delete()
    draft = rows.read(stored(asked))
    assert (draft.definition, draft.faults) == (asked, ())


def test_names_of_lists_are_kept_and_unused_ones_too() -> None:
    version = stored(definition())
    named = rows.read(version)
    lists = {"enighet": next(iter(named.lists.values())), "ubrukt": named.definition.items[0].choices[:2]}
    rows.write(version, Draft(named.definition, lists))
    assert dict(rows.read(version).lists) == lists


def queries_for(items: int) -> int:
    asked = definition([statement(f"t{n}") for n in range(items)])
    with CaptureQueriesContext(
        connection,
    ) as seen:
        version = stored(asked)
        rows.read(version)
        freeze(version)
    return len(seen)


def test_sixty_items_are_written_read_and_frozen_in_as_many_queries_as_five() -> None:
    few, many = queries_for(5), queries_for(60)
    print(f"instrument in, out and frozen: {many} queries for 60 items")
    assert many <= few + BATCH


def test_sixty_items_are_imported_from_a_file_in_as_many_queries_as_five(tmp_path: Path) -> None:
    counts = []
    for items in (5, 60):
        folder = tmp_path / str(items)
        folder.mkdir()
        asked = Draft(definition([statement(f"t{n}") for n in range(items)]))
        (folder / "skjema.xlsx").write_bytes(xlsforms.workbook(asked))
        with CaptureQueriesContext(connection) as seen:
            loading.load(folder)
        counts.append(len(seen))
    assert counts[1] <= counts[0] + BATCH


# --- what rows alone can have wrong
@pytest.mark.parametrize(
    ("change", "where", "said"),
    [
        ({"choice_list": "borte"}, Where("item", "t02"), "Svarlista «borte» finnes ikke"),
        ({"show_if_item": "t01", "show_if_codes": "1; ja"}, Where("item", "t02"), "koder med komma mellom"),
        ({"show_if_codes": "1"}, Where("item", "t02"), "ikke hvilket spørsmål"),
        ({"key": "t01"}, Where("item", "t01"), "står 2 ganger"),
    ],
)
def test_a_row_that_says_nothing_is_told(change: dict[str, str], where: Where, said: str) -> None:
    version = stored(definition())
    Item.objects.filter(version=version, key="t02").update(**change)
    with pytest.raises(FaultsError) as told:
        freeze(version)
    assert [fault for fault in told.value.faults if fault.where == where and said in fault.sentence]
    version.refresh_from_db()
    assert version.frozen_at is None


def test_two_lists_with_one_code_are_told() -> None:
    version = stored(definition())
    first = version.choice_lists.first()
    again = ChoiceList.objects.create(version=version, key=first.key, sort_order=9)
    Choice.objects.create(choice_list=again, code=1, label_nb="Ja")
    assert Where("list", first.key) in {fault.where for fault in rows.read(version).faults}


def test_cut_offs_and_help_that_are_half_written_are_told() -> None:
    version = stored(definition())
    Scale.objects.filter(version=version).update(cut_offs="2 mye")
    InstrumentVersion.objects.filter(pk=version.pk).update(low_help_nb="Ring noen")
    version.refresh_from_db()
    said = " ".join(str(fault) for fault in rows.read(version).faults)
    assert "Grensene skal være tall" in said
    assert "trenger både skala, grense og tekst" in said


def test_what_a_column_has_no_room_for_is_told_before_it_is_written() -> None:
    long = replace(definition(), title=Words("x" * 121))
    assert [fault.where for fault in rows.misfits(Draft(long))] == [Where("version")]


# --- files
def test_loading_what_was_exported_changes_nothing(tmp_path: Path) -> None:
    assert loading.load(FIXTURES).created >= 6
    files = loading.export(tmp_path)
    assert len(files) == len(list(FIXTURES.glob("*.yaml")))
    for path in files:
        assert path.read_text() == (FIXTURES / path.name).read_text(), path.name
    again = loading.load(tmp_path)
    assert (again.created, again.changed, again.unchanged) == (0, 0, len(files))


def test_the_command_says_what_it_did_and_refuses_an_empty_folder(tmp_path: Path) -> None:
    out = StringIO()
    call_command("instruments", "load", str(FIXTURES), stdout=out)
    assert "0 endret" in out.getvalue()
    call_command("instruments", "export", str(tmp_path), stdout=out)
    with pytest.raises(CommandError, match="ingen skjemaer"):
        call_command("instruments", "load", str(tmp_path / "borte"))


def test_one_bad_file_keeps_all_others_out(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(yaml_writing.text_of(Draft(definition())))
    (tmp_path / "b.yaml").write_text("key: b\n")
    with pytest.raises(PackageError, match=r"b\.yaml"):
        loading.load(tmp_path)
    assert not Instrument.objects.exists()


# --- what ships
@pytest.fixture
def shipped() -> dict[str, InstrumentVersion]:
    loading.load(FIXTURES)
    return {
        version.instrument.key: version for version in InstrumentVersion.objects.select_related("instrument")
    }


def test_what_ships_can_be_opened_and_is_in_both_languages(shipped: dict[str, InstrumentVersion]) -> None:
    for key in shipped.keys() - FRAMES:
        found = freeze(shipped[key])
        assert warnings(found) == [], key
        assert "ikke validert" in found.licence


def test_frames_have_codes_and_scoring_and_cannot_be_opened_without_wording(
    shipped: dict[str, InstrumentVersion],
) -> None:
    for key, items in {"aim-iam-fim": 12, "nomad": 23, "who-5": 5}.items():
        draft = rows.read(shipped[key])
        assert len(draft.definition.items) == items
        assert {item.text for item in draft.definition.items} == {Words()}
        with pytest.raises(FaultsError) as told:
            freeze(shipped[key])
        said = {fault.sentence for fault in told.value.faults}
        assert all("mangler" in sentence for sentence in said), said


def test_a_frame_that_is_filled_in_can_be_opened(shipped: dict[str, InstrumentVersion]) -> None:
    for key in FRAMES:
        draft = rows.read(shipped[key])
        told = tuple(
            replace(
                item,
                text=Words(f"Spørsmål {item.key}"),
                choices=tuple(replace(choice, label=Words(f"Svar {choice.code}")) for choice in item.choices),
            )
            for item in draft.definition.items
        )
        filled = Draft(replace(draft.definition, items=told))
        assert loading.store(filled)[1] == "changed"
        assert all_faults(shipped[key], rows.read(shipped[key])) == []
        freeze(shipped[key])


def test_our_own_scale_is_as_the_programme_says(shipped: dict[str, InstrumentVersion]) -> None:
    found = freeze(shipped["trygg-i-oppdraget"])
    whole, *parts = found.scales
    assert len(found.items) == 12
    assert all(item.not_yet and item.codes == (1, 2, 3, 4, 5) for item in found.items)
    assert (whole.min_answered, whole.method, len(whole.items)) == (10, "mean", 12)
    assert set(whole.reversed) == {"t04", "t08", "t12"}
    assert [(part.items, part.min_answered) for part in parts] == [
        ((f"t{n:02}", f"t{n + 1:02}"), 2) for n in range(1, 12, 2)
    ]


def test_contact_persons_are_asked_of_their_own_work_and_never_of_an_evenings_list(
    shipped: dict[str, InstrumentVersion],
) -> None:
    """The standard set-up asks them after the last evening; the form after an evening is another."""
    made = setting_up.standard_set_up(study())
    (asked,) = [wave.instruments.get().version for wave in made if wave.code == "KP"]
    found = freeze(asked)
    assert found.key == "kontaktpersonens-skjema"
    assert [(scale.key, len(scale.items), scale.min_answered) for scale in found.scales] == [
        ("rolle", 4, 3),
        ("opplegg", 4, 3),
        ("plass", 4, 3),
    ]
    titles = {version.title_nb for version in shipped.values()}
    assert not [title for title in titles if title.startswith("Leder")]  # a leader is somebody else


def test_the_evening_form_leaves_tempo_out_of_the_mean(shipped: dict[str, InstrumentVersion]) -> None:
    found = freeze(shipped["kveldsskjema"])
    assert found.scales[0].items == ("k1", "k2", "k3", "k4")
    assert found.scales[0].min_answered == 3
    assert [item.help.nb for item in found.text_items] == [""]  # what every such field says, is said once


def test_low_help_says_that_it_stays_on_the_device(shipped: dict[str, InstrumentVersion]) -> None:
    help_ = rows.read(shipped["who-5"]).definition.low_help
    assert help_ is not None
    assert "Ingen andre får se det" in help_.text.nb
    assert "Treng du hjelp no?" in help_.text.nn
    assert faults(replace(definition(), low_help=replace(help_, scale="trygg", below=2))) == []
