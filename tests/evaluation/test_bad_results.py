"""Whatever was answered, by however few: all that a release is seen in is clear, and tells what it may."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from courses.models import Municipality
from evaluation.models import Occasion, Release, Response, Wave, WaveInstrument
from evaluation.releases import releasing
from evaluation.releases.exports.writing import FORMATS
from evaluation.releases.reports import technical_report
from evaluation.synthetic import fill
from tests.paired import pair_of, pairs_of, rows_of
from tests.study_factories import frozen_version, occasion, statement, study, wave

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client

    from courses.models import User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db(databases=["default", "answers"])

PAGES = ("", "skalaer/", "skalaer/trygg/", "moduler/", "metode/", "rapport.docx")
NO_NUMBER = re.compile(r"\b(nan|none|inf|infinity|undefined)\b", re.IGNORECASE)
OWN_TIME = re.compile(rb"csrfmiddlewaretoken[^>]*>|nonce[-=][^ >]*|<dcterms:[^/]*/dcterms:\w+>")
FORMULA = "=cmd|' /C calc'!A0\x0b\x1f"


@pytest.fixture
def waves() -> tuple[Wave, Wave]:
    """Before and after, of one questionnaire of three statements, after counted."""
    made = study(key="piloten")
    version = frozen_version(items=[statement(f"t{number}") for number in range(3)])
    before, after = (
        wave(made, code=code, order=n, versions=[version]) for n, code in enumerate(("T0", "T1"))
    )
    counted = occasion(wave=after)
    Occasion.objects.filter(pk=counted.pk).update(state=Occasion.State.COUNTED)
    return before, after


@pytest.fixture
def leader(logged_in: LogIn, project_leader: User) -> Client:
    return logged_in(project_leader)


def let_out(of: Wave) -> Release:
    call_command("release", of.study.key, wave=of.code, phase="pilot")
    return Release.objects.get(wave=of)


def surfaces(made: Release, client: Client, folder: Path) -> dict[str, bytes]:
    """Every page, picture and document of a release, unpacked; and its data, or why there are none."""
    found: dict[str, bytes] = {}
    names = [f"bilde/{name}.svg" for name in made.pictures.values_list("name", flat=True)]
    for page in (*PAGES, *sorted(set(names))):
        answer = client.get(f"/resultater/{made.pk}/{page}")
        assert answer.status_code in (200, 404), page
        found |= _unpacked(page or "start", answer.content)
    found |= _unpacked("vedlegg.docx", technical_report(made, "nb"))
    for kind in FORMATS:
        try:
            call_command("export", made.pk, format=kind, out=folder / kind)
        except CommandError as error:
            found[kind] = str(error).encode()
            continue
        for path in sorted((folder / kind).rglob("*")):
            found |= _unpacked(f"{kind}/{path.suffix}", path.read_bytes())
    found["technical"] = json.dumps(made.technical, sort_keys=True).encode()
    return {name: OWN_TIME.sub(b"", content) for name, content in found.items()}


def _unpacked(name: str, content: bytes) -> dict[str, bytes]:
    if content[:2] != b"PK":
        return {name: content}
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {f"{name}/{part}": packed.read(part) for part in packed.namelist()}


def in_words(found: dict[str, bytes]) -> str:
    """What somebody reads of pages and documents."""
    read = [
        content.decode()
        for name, content in found.items()
        if name.endswith(("document.xml", "svg", "/", "start")) and not name.startswith(tuple(FORMATS))
    ]
    without_scripts = re.sub(r"<(script|style).*?</\1>", " ", " ".join(read), flags=re.DOTALL)
    return re.sub(r"<[^>]+>", " ", without_scripts)


def answers(values: np.ndarray[Any, Any], code: str = "T1") -> None:
    """Row by row what everybody of a wave has said."""
    rows = list(Response.objects.filter(wave=code))
    for row, given in zip(rows, np.resize(values, (len(rows), 3)), strict=True):
        row.vector = given.astype("<i2").tobytes()
    Response.objects.bulk_update(rows, ["vector"])


def only_the_first(people: int) -> None:
    """What they said both times is left of the answers, and nothing else."""
    both = sorted(pairs_of(Response.objects.filter(wave="T1")))
    kept = list(rows_of(both[:people]).values_list("pk", flat=True))
    Response.objects.exclude(pk__in=kept).delete()


def test_nobody_and_four_are_told_in_the_same_bytes(
    waves: tuple[Wave, Wave], leader: Client, tmp_path: Path
) -> None:
    """Pages, pictures, documents, data and what is kept, of nought, one, two, three and four people."""
    told = []
    for people in range(5):
        with transaction.atomic(), transaction.atomic(using="answers"):
            fill(*waves, "pilot", 6, seed=5)
            only_the_first(people)
            assert Response.objects.filter(wave="T1").count() == people
            told.append(surfaces(let_out(waves[1]), leader, tmp_path / str(people)))
            transaction.set_rollback(True)
            transaction.set_rollback(True, using="answers")
    for few in told[1:]:
        assert few.keys() == told[0].keys()
        assert [name for name in few if few[name] != told[0][name]] == []


def nobody(before: Wave, after: Wave) -> None:
    pass


def one_pair(before: Wave, after: Wave) -> None:
    fill(before, after, "pilot", 1, seed=1)


def all_alike(before: Wave, after: Wave) -> None:
    fill(before, after, "pilot", 20, seed=1)
    for code in ("T0", "T1"):
        answers(np.array([4, 4, 4]), code)


def no_variance_after(before: Wave, after: Wave) -> None:
    fill(before, after, "pilot", 20, seed=1)
    answers(np.array([5, 5, 5]))


def all_moved_alike(before: Wave, after: Wave) -> None:
    fill(before, after, "pilot", 20, seed=1)
    kept = {pair_of(row): row.vector for row in Response.objects.filter(wave="T0")}
    for row in Response.objects.filter(wave="T1"):
        row.vector = kept[pair_of(row)]
        row.save()


def all_moved_two_thirds(before: Wave, after: Wave) -> None:
    """A mean of three answers that no number is written exactly for."""
    fill(before, after, "pilot", 40, seed=1)
    only_the_first(27)
    kept = {}
    for number, row in enumerate(Response.objects.filter(wave="T0")):
        kept[pair_of(row)] = np.array([1 + number % 4, 1 + number % 3, 1 + number % 2], dtype="<i2")
        row.vector = kept[pair_of(row)].tobytes()
        row.save()
    for row in Response.objects.filter(wave="T1"):
        row.vector = (kept[pair_of(row)] + np.array([1, 1, 0], dtype="<i2")).tobytes()
        row.save()


def scale_missing_before(before: Wave, after: Wave) -> None:
    fill(before, after, "pilot", 20, seed=1)
    answers(np.array([-32768, -32768, -32768]), "T0")


def scale_missing_after(before: Wave, after: Wave) -> None:
    fill(before, after, "pilot", 20, seed=1)
    answers(np.array([-32767, -32768, -32766]))


def other_version_after(before: Wave, after: Wave) -> None:
    definition = before.instruments.get().version.frozen
    newer = frozen_version(
        items=definition.items,
        key=definition.key,
        version=2,
        scales=definition.scales,
        title=definition.title,
    )
    WaveInstrument.objects.filter(wave=after).update(version=newer)
    fill(before, after, "pilot", 20, seed=1)


@pytest.mark.parametrize(
    "happened",
    [
        nobody,
        one_pair,
        all_alike,
        no_variance_after,
        all_moved_alike,
        all_moved_two_thirds,
        scale_missing_before,
        scale_missing_after,
        other_version_after,
    ],
)
def test_what_cannot_be_worked_out_is_said_and_not_shown(
    waves: tuple[Wave, Wave],
    leader: Client,
    tmp_path: Path,
    happened: Callable[[Wave, Wave], None],
) -> None:
    happened(*waves)
    made = let_out(waves[1])
    found = surfaces(made, leader, tmp_path)
    words = in_words(found)
    assert not NO_NUMBER.search(words), NO_NUMBER.findall(words)
    assert b"NaN" not in found["technical"]
    for row in [*made.snapshot["scales"], *made.technical["scales"]]:
        assert happened is other_version_after or row["why"] in ("few", "alike")
        assert not row["why"] or not {"mean", "change", "before"} & set(row)
    said = ("For få svar", "Derfor vises det ikke", "Skjemaet ble endret")
    assert any(sentence in words for sentence in said)


def test_signs_that_files_and_spreadsheets_stumble_over_come_out_as_text(
    leader: Client, tmp_path: Path
) -> None:
    made = study(key="piloten", name_nb=FORMULA, name_nn=FORMULA)
    version = frozen_version(items=[statement(f"t{n}", **_named(FORMULA)) for n in range(3)])
    before, after = (
        wave(made, code=code, order=n, versions=[version]) for n, code in enumerate(("T0", "T1"))
    )
    Occasion.objects.filter(pk=occasion(wave=after).pk).update(state=Occasion.State.COUNTED)
    fill(before, after, "pilot", 30, seed=1)
    found = surfaces(let_out(after), leader, tmp_path)
    for name, content in found.items():
        if name.startswith("xlsx"):
            assert b"<f>" not in content, name
        if name.endswith((".xml", ".svg", ".csv", ".json", ".R", ".txt")):
            assert not re.search(rb"[\x0b\x1f]", content), name


def _named(text: str) -> dict[str, Any]:
    from evaluation.instruments.definition import Words

    return {"text": Words(text, text)}


def test_a_release_while_a_group_is_open_and_a_second_one_are_refused_in_words(
    waves: tuple[Wave, Wave], leader: Client
) -> None:
    fill(*waves, "pilot", 20, seed=1)
    late = occasion(wave=waves[1])
    with pytest.raises(CommandError, match=str(late.group)):
        let_out(waves[1])
    address = f"/resultater/utkast/{waves[1].pk}/pilot/"
    assert str(late.group) in leader.post(f"{address}be/", follow=True).content.decode()
    Occasion.objects.filter(pk=late.pk).update(state=Occasion.State.COUNTED)
    let_out(waves[1])
    with pytest.raises(CommandError, match="bare gjøres én gang"):
        let_out(waves[1])
    assert leader.post(f"{address}be/", follow=True).redirect_chain


def test_what_was_previewed_is_not_let_out_when_more_was_counted_since(
    waves: tuple[Wave, Wave],
) -> None:
    fill(*waves, "pilot", 20, seed=1)
    content = releasing.content_of(waves[1], "pilot", slow=False)
    more = occasion(wave=waves[1])
    with pytest.raises(releasing.NotReadyError):
        releasing.release(waves[1], "pilot", content)
    Occasion.objects.filter(pk=more.pk).update(state=Occasion.State.COUNTED)
    with pytest.raises(releasing.NotReadyError):
        releasing.release(waves[1], "pilot", content)
    assert not Release.objects.exists()


def test_twenty_thousand_answers_are_let_out(waves: tuple[Wave, Wave], leader: Client) -> None:
    fill(*waves, "pilot", 7_000, seed=1)
    assert Response.objects.count() > 19_000
    made = let_out(waves[1])
    assert made.snapshot["scales"][0]["why"] == ""
    Municipality.objects.update(region=made.study.region)
    assert leader.get(f"/resultater/{made.pk}/").status_code == 200
