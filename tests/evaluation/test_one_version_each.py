"""A wave asks one version of a questionnaire, and what somebody has answered stays what it asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evaluation import setting_up
from evaluation.models import InstrumentVersion, InvitedAlreadyError, Occasion, Study, Wave, WaveInstrument
from evaluation.obstacles import obstacles_of
from tests import study_factories as made
from tests.evaluation.study_desk import STUDIES, desk, study
from tests.evaluation.test_promises import as_sent, refused

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from courses.models import Group

__all__ = ["desk", "study"]
pytestmark = pytest.mark.django_db
TWICE = "Velg én versjon av «Trygg i oppdraget»"
ANSWERED = "Noen har svart på et skjema som ikke er valgt nå. Lag en ny måling i stedet."


@pytest.fixture
def older() -> InstrumentVersion:
    return made.frozen_version(key="trygg")


@pytest.fixture
def newer(older: InstrumentVersion) -> InstrumentVersion:
    return made.frozen_version(key="trygg", version=2)


@pytest.fixture
def of(study: Study, older: InstrumentVersion) -> Wave:
    return made.wave(study, versions=[older])


def send(desk: Client, of: Wave, *versions: InstrumentVersion) -> HttpResponse:
    sent = as_sent(of) | {"versions": [version.pk for version in versions]}
    answer: HttpResponse = desk.post(f"{STUDIES}piloten/maling/{of.pk}/", sent)
    return answer


def asked(of: Wave) -> list[int]:
    return list(of.instruments.order_by("order").values_list("version", flat=True))


def counted(of: Wave, group: Group, state: str = "counted") -> None:
    made.occasion(wave=of, group=group, state=state)


# --- two at once
def test_two_versions_of_one_questionnaire_are_refused(
    desk: Client, of: Wave, older: InstrumentVersion, newer: InstrumentVersion
) -> None:
    page = send(desk, of, older, newer)
    assert (page.status_code, asked(of)) == (422, [older.pk])
    assert TWICE in page.content.decode()
    assert send(desk, of, newer).status_code == 302  # nobody has been asked: it may be exchanged
    assert asked(of) == [newer.pk]


def test_a_wave_with_two_versions_is_not_opened(of: Wave, newer: InstrumentVersion) -> None:
    assert obstacles_of(of) == []
    WaveInstrument.objects.create(wave=of, version=newer, order=1)
    (said,) = obstacles_of(of)
    assert said.startswith(TWICE)


# --- after somebody has answered
def test_another_version_is_another_wave_when_a_group_has_answered(
    desk: Client, of: Wave, group: Group, older: InstrumentVersion, newer: InstrumentVersion
) -> None:
    """Of the answers to the older one nothing would be told, and nobody would see it."""
    counted(of, group)
    for chosen in ([newer], []):
        page = send(desk, of, *chosen)
        assert (page.status_code, asked(of)) == (422, [older.pk])
        assert ANSWERED in page.content.decode()


def test_another_questionnaire_may_still_be_asked_of_the_next_groups(
    desk: Client, of: Wave, group: Group, older: InstrumentVersion
) -> None:
    counted(of, group)
    other = made.frozen_version()
    assert send(desk, of, older, other).status_code == 302
    assert asked(of) == [older.pk, other.pk]


def test_where_nothing_was_counted_the_version_may_be_exchanged(
    desk: Client, of: Wave, group: Group, newer: InstrumentVersion
) -> None:
    counted(of, group, state="dropped")
    assert send(desk, of, newer).status_code == 302
    assert asked(of) == [newer.pk]


def test_not_by_save_nor_delete_nor_the_set_up(
    of: Wave, group: Group, older: InstrumentVersion, newer: InstrumentVersion
) -> None:
    counted(of, group)
    row = of.instruments.get()
    row.version = newer
    with refused(InvitedAlreadyError):
        row.save()
    with refused(InvitedAlreadyError):
        row.delete()
    with refused(InvitedAlreadyError):
        setting_up.save_wave(of, [newer])
    assert asked(of) == [older.pk]


def test_the_order_may_change_between_groups(of: Wave, group: Group, older: InstrumentVersion) -> None:
    other = made.frozen_version()
    WaveInstrument.objects.create(wave=of, version=other, order=1)
    counted(of, group)
    setting_up.save_wave(of, [other, older])
    assert asked(of) == [other.pk, older.pk]
    assert Occasion.objects.get().state == "counted"
