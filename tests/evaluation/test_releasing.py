"""A wave is let out once, whole and unchanged, when every group has closed; and says no more than it may."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command

from courses.models import Municipality
from evaluation.models import (
    Occasion,
    Release,
    ReleasedAlreadyError,
    ReleaseDraft,
    Response,
    Wave,
    WaveInstrument,
)
from evaluation.releases import releasing
from evaluation.releases.people import counted_people, mark
from evaluation.releases.reports import technical_report
from evaluation.releases.working_out import work_out
from evaluation.synthetic import fill
from tests.evaluation import snapshots
from tests.study_factories import frozen_version, occasion, statement, study, wave

if TYPE_CHECKING:
    from courses.models import Adult, User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.fixture
def waves() -> tuple[Wave, Wave]:
    """Before and after, of one questionnaire of twelve statements, both counted."""
    made = study(key="piloten")
    version = frozen_version(items=[statement(f"t{number:02}") for number in range(1, 13)])
    found = []
    for order, code in enumerate(("T0", "T1")):
        each = wave(made, code=code, order=order)
        WaveInstrument.objects.filter(wave=each).delete()
        WaveInstrument.objects.create(wave=each, version=version)
        found.append(each)
    counted = occasion(wave=found[1])
    Occasion.objects.filter(pk=counted.pk).update(state=Occasion.State.COUNTED)
    return found[0], found[1]


def content(waves: tuple[Wave, Wave], families: int = 30) -> dict[str, Any]:
    fill(*waves, "pilot", families, seed=5)
    snapshot, technical = work_out(waves[1], "pilot", slow=False)
    return {
        "snapshot": snapshot,
        "technical": technical,
        "pictures": [],
        "counted": mark(counted_people(waves[1], "pilot")),
    }


def test_the_known_truth_is_found_again(waves: tuple[Wave, Wave]) -> None:
    (scale,) = content(waves, families=150)["technical"]["scales"]
    interval = scale["change"]["effects"]["interval"]
    assert interval["low"] > 0.1
    assert scale["before"]["alpha"]["value"] > 0.8


def test_what_is_told_is_rounded_and_banded(waves: tuple[Wave, Wave]) -> None:
    (scale,) = content(waves)["snapshot"]["scales"]
    assert scale["n"] == "20+"
    assert scale["change"] == round(scale["change"], 1)
    assert not {"population", "sd", "totals"} & set(scale)


@pytest.mark.parametrize("families", range(4))
def test_a_few_say_the_same_as_nobody(waves: tuple[Wave, Wave], families: int) -> None:
    nobody = json.dumps(work_out(waves[1], "pilot", slow=False))
    assert json.dumps(list(content(waves, families).values())[:2]) == nobody


def test_the_first_wave_is_told_with_the_next(waves: tuple[Wave, Wave]) -> None:
    fill(*waves, "pilot", 30, seed=5)
    snapshot, _technical = work_out(waves[0], "pilot", slow=False)
    assert [row["why"] for row in snapshot["scales"]] == ["with-pairs"]
    assert snapshot["items"] == []


def test_the_first_wave_is_not_let_out_by_itself_and_the_preview_says_why(
    waves: tuple[Wave, Wave], project_leader: User
) -> None:
    """Also when the second is out: then its preview would say another thing than what is published."""
    fill(*waves, "pilot", 30, seed=5)
    Occasion.objects.filter(pk=occasion(wave=waves[0]).pk).update(state=Occasion.State.COUNTED)
    draft = releasing.ask(waves[0], "pilot", project_leader)
    releasing.work_out_drafts()
    draft.refresh_from_db()
    assert (draft.state, draft.content) == (ReleaseDraft.State.FAILED, None)
    assert "vises sammen med neste måling" in draft.why
    assert draft.why.endswith("offentliggjøres for seg.")
    releasing.release(waves[1], "pilot", releasing.content_of(waves[1], "pilot", slow=False))
    with pytest.raises(releasing.NothingToTellError):
        releasing.content_of(waves[0], "pilot", slow=False)


def test_a_group_that_is_still_open_is_named(waves: tuple[Wave, Wave]) -> None:
    late = occasion(wave=waves[1])
    with pytest.raises(releasing.NotReadyError, match=str(late.group)):
        releasing.check(waves[1], "pilot")


def test_a_wave_is_let_out_once(waves: tuple[Wave, Wave]) -> None:
    told = content(waves)
    made = releasing.release(waves[1], "pilot", told)
    with pytest.raises(releasing.ReleasedBeforeError):
        releasing.release(waves[1], "pilot", told)
    assert releasing.is_unchanged(Release.objects.get(pk=made.pk))
    assert made.numbers.filter(is_technical=False).exists()


def test_the_ledger_has_every_number_of_who_answered_also_those_in_bands() -> None:
    told = {path: value for path, value, _who in releasing.numbers(snapshots.snapshot())}
    assert told["flow.asked"] == "20+"
    assert told["flow.percent"] == "83"
    assert told["flow.waves.0.percent"] == "91"
    assert "flow.why" not in told
    assert told["scales.hverdag.trygg.n"] == "20+"
    assert told["reaim.reach.part"] == "20+"
    assert not any(path.endswith(("version", "title.nb")) for path in told)


def test_a_release_can_neither_be_changed_nor_deleted(waves: tuple[Wave, Wave]) -> None:
    made = releasing.release(waves[1], "pilot", content(waves))
    for change in (
        made.save,
        made.delete,
        Release.objects.all().delete,
        lambda: Release.objects.update(checksum=""),
    ):
        with pytest.raises(ReleasedAlreadyError):
            change()


def test_the_same_rows_give_the_same_release_byte_for_byte(waves: tuple[Wave, Wave]) -> None:
    fill(*waves, "pilot", 20, seed=5)
    first, second = (json.dumps(releasing.content_of(waves[1], "pilot", slow=False)) for _again in range(2))
    assert first == second


def test_an_anonymous_wave_is_not_let_out_by_itself(waves: tuple[Wave, Wave]) -> None:
    waves[1].identity, waves[1].anchor = "anonymous", "each-evening"
    with pytest.raises(releasing.NotReadyError, match="modul for modul"):
        releasing.check(waves[1], "pilot")


def test_answers_that_all_are_alike_are_not_told(waves: tuple[Wave, Wave]) -> None:
    fill(*waves, "pilot", 20, seed=5)
    for response in Response.objects.all():
        response.vector = b"\x05\x00" * 12
        response.save()
    snapshot, technical = work_out(waves[1], "pilot", slow=False)
    assert [row["why"] for row in snapshot["scales"] + technical["scales"]] == ["alike", "alike"]
    assert "NaN" not in json.dumps([snapshot, technical])


def test_a_report_is_written_from_what_was_let_out_alone(waves: tuple[Wave, Wave]) -> None:
    made = releasing.release(waves[1], "pilot", content(waves))
    Response.objects.all().delete()
    assert technical_report(made, "nb")[:2] == b"PK"


def test_the_command_says_what_is_wrong_and_what_was_done(waves: tuple[Wave, Wave], tmp_path: Path) -> None:
    fill(*waves, "pilot", 20, seed=5)
    with pytest.raises(CommandError, match="ingen måling"):
        call_command("release", "piloten", wave="T7", phase="pilot")
    preview = tmp_path / "se.json"
    call_command("release", "piloten", wave="T1", phase="pilot", preview=preview)
    assert not Release.objects.exists()
    assert json.loads(preview.read_text("utf-8"))["snapshot"]["phase"] == "pilot"
    call_command("release", "piloten", wave="T1", phase="pilot")
    with pytest.raises(CommandError, match="bare gjøres én gang"):
        call_command("release", "piloten", wave="T1", phase="pilot")
    call_command("report", Release.objects.get().pk, out=tmp_path / "r.docx")


def test_the_project_leader_previews_and_lets_out(
    logged_in: LogIn, project_leader: User, waves: tuple[Wave, Wave]
) -> None:
    fill(*waves, "pilot", 20, seed=5)
    client = logged_in(project_leader)
    address = f"/resultater/utkast/{waves[1].pk}/pilot/"
    assert client.post(f"{address}be/").status_code == 302
    assert "regnes ut nå" in client.get(address).content.decode()
    assert client.post(f"{address}ut/").status_code == 404  # nothing to let out yet
    assert releasing.work_out_drafts() == 1
    assert "Dette blir offentliggjort" in client.get(address).content.decode()
    assert "regnet ut på nytt" in client.post(f"{address}ut/", follow=True).content.decode()
    wrong = client.post(f"{address}ut/", {"checksum": "0" * 64}, follow=True)
    assert "Dette blir offentliggjort" in wrong.content.decode()  # she sees what is new
    assert not Release.objects.exists()
    found = ReleaseDraft.objects.get()
    found.content["snapshot"] |= {
        "changes": [{"module": 2, "changed": "Kortere runde.", "why": "Det var sent."}],
        "scales": [snapshots.scale("trygg", "Trygg")],
        "sites": [snapshots.scale("trygg", "Trygg", municipality=1, name="Fjellvik")],
    }
    found.save()
    shown = client.get(address).content.decode()
    for told in ("Fjellvik", "Modul 2:", "Kortere runde.", "Det var sent."):
        assert told in shown
    (checksum,) = re.findall(r'name="checksum" value="([0-9a-f]{64})"', shown)
    unread = client.post(f"{address}ut/", {"checksum": checksum}, follow=True)
    assert "Kryss av for at du har sett gjennom tallene" in unread.content.decode()
    assert not Release.objects.exists()
    made = client.post(f"{address}ut/", {"checksum": checksum, "read": "1"}, follow=True)
    assert "Offentliggjort" in made.content.decode()
    assert not ReleaseDraft.objects.exists()


def test_a_release_page_asks_few_questions_whatever_n(
    logged_in: LogIn, leader: User, waves: tuple[Wave, Wave], django_assert_max_num_queries: Any
) -> None:
    made = releasing.release(waves[1], "pilot", content(waves))
    client = logged_in(leader)
    assert client.get(f"/resultater/{made.pk}/").status_code == 404  # of another region
    Municipality.objects.update(region=made.study.region)
    client.get("/resultater/")
    with django_assert_max_num_queries(6):
        assert client.get(f"/resultater/{made.pk}/").status_code == 200
    for page in ("hvem", "skalaer", "moduler", "faser", "endringer", "metode"):
        assert client.get(f"/resultater/{made.pk}/{page}/").status_code == 200
    assert client.get(f"/resultater/{made.pk}/annet/").status_code == 404


def test_a_family_sees_no_results(logged_in: LogIn, adult: Adult, waves: tuple[Wave, Wave]) -> None:
    made = releasing.release(waves[1], "pilot", content(waves))
    client = logged_in(adult)
    assert client.get(f"/resultater/{made.pk}/").status_code in (403, 404)
