"""The pilot beside everyday use: told with whichever is let out second, and else the true reason why not."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from django.template.loader import render_to_string
from django.utils.translation import override
from docx import Document

from evaluation.figures.statistics.samples import Sample
from evaluation.models import Occasion, Release, Wave, WaveInstrument
from evaluation.releases import phases, releasing, words_of_phases
from evaluation.releases.reports import steering_report
from evaluation.synthetic import fill
from evaluation.views.release_told import everything
from tests.evaluation import snapshots
from tests.evaluation.change_told import LATER, PILOT, told, waves
from tests.factories import GroupFactory
from tests.study_factories import frozen_version, occasion, study, wave

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import User
    from tests.people import LogIn

__all__ = ["waves"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])
SEEDS = {PILOT: 5, LATER: 7}


def let_out(of: Wave, phase: str) -> Release:
    made = occasion(wave=of, group=GroupFactory(phase=phase, edition__programme=of.study.programme))
    Occasion.objects.filter(pk=made.pk).update(state=Occasion.State.COUNTED)
    return releasing.release(of, phase, releasing.content_of(of, phase, slow=False))


def compared(waves: tuple[Wave, Wave, Wave], first: str, second: str) -> list[dict[str, Any]]:
    """The comparison as it is told, and whole, with the release of ``second``."""
    fill(*waves[:2], first, 40, seed=SEEDS[first])
    assert let_out(waves[1], first).snapshot["phases"] == []
    fill(*waves[:2], second, 40, seed=SEEDS[second])
    return [part["phases"][0] for part in told(waves[1], second)]


@pytest.mark.parametrize(("first", "second"), [(PILOT, LATER), (LATER, PILOT)])
def test_two_phases_are_compared_with_whichever_is_let_out_second(
    waves: tuple[Wave, Wave, Wave], first: str, second: str
) -> None:
    row, whole = compared(waves, first, second)
    out = Release.objects.get().snapshot["scales"][0]["change"]
    mine = told(waves[1], second)[0]["scales"][0]["change"]
    assert (row["why"], row[first], row[second]) == ("", out, mine)
    assert row["difference"] == pytest.approx(row[LATER] - row[PILOT], abs=0.11)
    ends = whole["difference"]["interval"]
    assert ends["low"] < whole["difference"]["mean"] < ends["high"]
    assert row["interval"] == [pytest.approx(ends[end], abs=0.051) for end in ("low", "high")]


def test_the_difference_is_the_same_whichever_phase_was_let_out_first() -> None:
    """Of the one phase the values are there, of the other what was let out: then the other way round."""
    values = {PILOT: [0.1, 0.3, 0.2, 0.6], LATER: [1.0, 1.4, 0.9]}
    samples = {phase: Sample.of(np.array(of)) for phase, of in values.items()}

    def with_mine(mine: str, then: str) -> Any:
        out = samples[then]
        whole = {"n": out.n, "mean": out.mean, "sd": out.sd}
        return phases._difference(mine, samples[mine], {"change": round(out.mean, 1)}, whole)

    later_second, pilot_second = with_mine(LATER, PILOT), with_mine(PILOT, LATER)
    assert later_second[0] == pilot_second[0]
    assert later_second[0] | {"interval": None} == {
        **{"why": "", "pilot": 0.3, "implementation": 1.1, "difference": 0.8, "interval": None}
    }
    for name, value in later_second[1]["difference"].items():
        assert pilot_second[1]["difference"][name] == pytest.approx(value)


# --- why not
def test_two_versions_of_a_questionnaire_are_said_to_be_two(waves: tuple[Wave, Wave, Wave]) -> None:
    fill(*waves[:2], PILOT, 40, seed=5)
    let_out(waves[1], PILOT)
    old = waves[0].instruments.get().version
    new = frozen_version(items=list(old.frozen.items), key="trygg", version=2, title=old.frozen.title)
    WaveInstrument.objects.filter(wave__in=waves, version=old).update(version=new)
    fill(*waves[:2], LATER, 40, seed=7)
    (row,) = told(waves[1], LATER)[0]["phases"]
    assert row["why"] == "other-version"
    with override("nb"):
        said = words_of_phases.between_phases(row, "nb")
    assert "De to fasene har ikke brukt samme utgave av skjemaet." in said
    assert "For få svar" not in said


SHOWN = {"why": "", "change": 0.3}


@pytest.mark.parametrize(
    ("then", "now", "why"),
    [
        (SHOWN, SHOWN, ""),
        (None, SHOWN, "other-version"),
        ({"why": "alike"}, SHOWN, "alike"),
        (SHOWN, {"why": "shared"}, "shared"),
        ({"why": "few"}, {"why": "alike"}, "few"),
        (SHOWN, {"why": "", "mean": 3.4, "alone": True}, "beside"),
        ({"why": "", "mean": 3.4}, SHOWN, "not-both"),
        ({"why": "with-pairs"}, SHOWN, "not-both"),
    ],
)
def test_the_reason_is_that_of_the_phase_whose_change_is_not_told(
    then: dict[str, Any] | None, now: dict[str, Any], why: str
) -> None:
    assert phases.why_not(then, now) == why


# --- rounding
def row_of(pilot: float, later: float, difference: float, **more: Any) -> dict[str, Any]:
    told = {"pilot": pilot, "implementation": later, "difference": difference, "interval": [-0.1, 0.4]}
    return snapshots.scale("trygg", "Trygg", **(told | more))


@pytest.mark.parametrize(
    ("row", "is_said"),
    [
        (row_of(0.1, 0.3, 0.1), True),
        (row_of(0.1, 0.3, 0.2), False),
        (row_of(0.3, 0.1, -0.2), False),
        (row_of(-0.1, 0.2, 0.3), False),
        (row_of(0.1, 0.3, 0.1, interval=None), False),  # no difference is told
        ({"why": "few"}, False),
    ],
)
def test_a_difference_that_is_not_that_of_the_two_numbers_beside_it_is_explained(
    row: dict[str, Any], *, is_said: bool
) -> None:
    with override("nb"):
        assert ("avrundet hver for seg" in words_of_phases.rounded([row])) is is_said


def test_the_page_the_preview_and_the_report_say_that_phases_are_rounded(client: Client) -> None:
    said = "Tallene er avrundet hver for seg."
    rows = {True: [row_of(0.1, 0.3, 0.1)], False: [row_of(0.1, 0.3, 0.2)]}
    for is_said, phase in ((True, LATER), (False, PILOT)):
        made = snapshots.released(
            Wave.objects.first() or wave(study(key="piloten"), code="T1"),
            snapshots.snapshot(phases=rows[is_said]),
            phase=phase,
            drawn=False,
        )
        with override("nb"):
            drafted = render_to_string("evaluation/releases/_phases.html", everything(made.snapshot, []))
        paper = "\n".join(each.text for each in Document(BytesIO(steering_report(made, "nb"))).paragraphs)
        assert [said in shown for shown in (page(client, made), drafted, paper)] == [is_said] * 3


# --- what the page promises
@pytest.fixture
def client(logged_in: LogIn, project_leader: User) -> Client:
    return logged_in(project_leader)


def page(client: Client, made: Release) -> str:
    return str(client.get(f"/resultater/{made.pk}/faser/").content.decode())


def test_the_first_release_says_where_the_comparison_will_stand_and_then_where_it_stands(
    client: Client,
) -> None:
    of = wave(study(key="piloten"), code="T1")
    first = snapshots.released(of, snapshots.snapshot(phases=[]), phase=LATER, drawn=False)
    assert "Sammenligningen kommer når også den andre fasen er offentliggjort" in page(client, first)
    second = snapshots.released(of, phase=PILOT, drawn=False)
    shown = page(client, first)
    assert f'href="/resultater/{second.pk}/faser/"' in shown
    assert "Sammenligningen kommer" not in shown


def test_a_measurement_without_a_change_promises_no_comparison(client: Client) -> None:
    level = snapshots.scale("trygg", "Trygg", mean=3.4)
    level.pop("change")
    told = snapshots.snapshot(phases=[], scales=[level])
    made = snapshots.released(wave(study(key="piloten"), code="T1"), told, drawn=False)
    shown = page(client, made)
    assert "Sammenligningen kommer" not in shown
    assert "ingen endring å sammenligne" in shown
