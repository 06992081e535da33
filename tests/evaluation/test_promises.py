"""What somebody was promised does not change, by any of the ways a row can be written: 0 of 6."""

from __future__ import annotations

import contextlib
import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.core import serializers
from django.core.management import call_command
from django.db import transaction
from wagtail.snippets.models import get_snippet_models

from evaluation import setting_up
from evaluation.guards import LockedError
from evaluation.models import Criterion, InvitedAlreadyError, Occasion, Study, Wave, WaveInstrument
from evaluation.wave_forms import WaveForm
from tests import study_factories as made

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from courses.models import User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    return made.study()


@pytest.fixture
def wave(study: Study) -> Wave:
    """For contact persons, linked, and open: it could be named before anybody was invited."""
    return made.wave(study, audience="contact-person")


@pytest.fixture
def occasion(wave: Wave) -> Occasion:
    return made.occasion(wave=wave)


@contextlib.contextmanager
def refused(error: type[Exception]) -> Iterator[None]:
    """Refused with this error; what was asked before it in the test goes on."""
    with pytest.raises(error), transaction.atomic():
        yield


def unchanged(occasion: Occasion) -> None:
    occasion.refresh_from_db()
    occasion.wave.refresh_from_db()
    assert (occasion.identity, occasion.wave.identity) == ("linked", "linked")
    assert (occasion.wave.audience, occasion.wave.code) == ("contact-person", "T0")


# --- 1: the page
def as_sent(wave: Wave) -> dict[str, Any]:
    """The form of the wave as it stands."""
    sent = {name: getattr(wave, name) for name in WaveForm.Meta.fields}
    return sent | {"versions": list(wave.instruments.values_list("version", flat=True))}


@pytest.mark.parametrize(("field", "value"), [("identity", "named"), ("audience", "leader"), ("code", "T9")])
def test_not_by_the_page(occasion: Occasion, project_leader: User, logged_in: LogIn, field: str, value: str):
    wave = occasion.wave
    sent = as_sent(wave) | {field: value}
    client = logged_in(project_leader)
    page = client.post(f"/prosjekt/studier/{wave.study.key}/maling/{wave.pk}/", sent)
    assert page.status_code == 422
    assert "kan ikke endres" in page.content.decode()
    unchanged(occasion)


def test_what_was_not_promised_can_be_changed_on_the_page(
    occasion: Occasion, project_leader: User, logged_in: LogIn
):
    wave = occasion.wave
    sent = as_sent(wave) | {"name_nb": "Et bedre navn"}
    page = logged_in(project_leader).post(f"/prosjekt/studier/{wave.study.key}/maling/{wave.pk}/", sent)
    assert page.status_code == 302
    wave.refresh_from_db()
    assert wave.name_nb == "Et bedre navn"


# --- 2: the admin
def test_not_by_an_admin():
    assert not [model for model in (Study, Wave, Occasion) if model in get_snippet_models()]
    assert not apps.is_installed("django.contrib.admin")


# --- 3: save and update, as an interface or a shell would
def test_not_by_save(occasion: Occasion):
    occasion.identity = occasion.wave.identity = "named"
    for row in (occasion, occasion.wave):
        with refused(InvitedAlreadyError):
            row.save()
        with refused(InvitedAlreadyError):
            row.save(update_fields=["identity"])
    unchanged(occasion)


def test_not_by_update(occasion: Occasion):
    with refused(InvitedAlreadyError):
        Occasion.objects.update(identity="named")
    with refused(InvitedAlreadyError):
        Wave.objects.filter(pk=occasion.wave_id).update(identity="named")
    occasion.identity = occasion.wave.identity = "named"
    with refused(InvitedAlreadyError):
        Occasion.objects.bulk_update([occasion], ["identity"])
    with refused(InvitedAlreadyError):
        Wave.objects.bulk_update([occasion.wave], ["identity"])
    unchanged(occasion)


def test_not_through_a_related_manager(occasion: Occasion):
    with refused(InvitedAlreadyError):
        occasion.wave.study.waves.update(identity="named")
    unchanged(occasion)


# --- 4 and 5: a command, and an import of rows
def test_not_by_loading_a_fixture(occasion: Occasion, tmp_path: Path):
    for row in (occasion, occasion.wave):
        data = json.loads(serializers.serialize("json", [row]))
        data[0]["fields"]["identity"] = "named"
        file = tmp_path / "rows.json"
        file.write_text(json.dumps(data))
        with pytest.raises(Exception, match=r"InvitedAlready|Problem installing") as refused:
            call_command("loaddata", str(file), verbosity=0)
        assert isinstance(refused.value, InvitedAlreadyError) or isinstance(
            refused.value.__cause__, InvitedAlreadyError
        )
    unchanged(occasion)


# --- 6: a copy
def test_not_by_a_copy_put_in_its_place(occasion: Occasion):
    for row in (occasion, occasion.wave):
        other = copy.copy(row)
        other.identity = "named"
        with refused(InvitedAlreadyError):
            other.save()
    unchanged(occasion)


def test_copy_for_another_study_is_free_and_leaves_the_old_alone(occasion: Occasion):
    other = copy.copy(occasion.wave)
    other.pk, other.study, other.identity = None, made.study(), "named"
    other._state.adding = True
    other.save()
    unchanged(occasion)
    assert Wave.objects.filter(identity="named").count() == 1


# --- around it
def test_before_the_first_invitation_everything_can_be_changed(wave: Wave):
    planned = made.occasion(wave=wave, state="planned")
    wave.identity = planned.identity = "named"
    wave.save()
    planned.save()
    assert Occasion.objects.get().identity == "named"


def test_what_is_asked_does_not_change_while_somebody_answers(occasion: Occasion):
    asked = occasion.wave.instruments.get()
    asked.version = made.frozen_version()
    with refused(InvitedAlreadyError):
        asked.save()
    with refused(InvitedAlreadyError):
        asked.delete()
    with refused(InvitedAlreadyError):
        WaveInstrument.objects.create(wave=occasion.wave, version=made.frozen_version(), order=1)
    Occasion.objects.update(state="closed")
    with refused(InvitedAlreadyError):  # the answers wait: they are read by what was asked
        asked.delete()
    Occasion.objects.update(state="counted")
    WaveInstrument.objects.create(wave=occasion.wave, version=made.frozen_version(), order=1)


def test_what_is_asked_is_not_chosen_anew_while_answers_wait_to_be_counted(study: Study):
    wave = made.wave(study, versions=[])
    made.occasion(wave=wave, state="closed")
    with refused(InvitedAlreadyError):
        setting_up.save_wave(wave, [made.frozen_version()])
    assert not wave.instruments.exists()


def test_day_the_key_is_destroyed_is_not_put_off(occasion: Occasion):
    from datetime import timedelta

    study = occasion.wave.study
    study.sunset_on += timedelta(days=1)
    with refused(InvitedAlreadyError):
        study.save()
    study.sunset_on -= timedelta(days=2)
    study.save()


def test_locked_criteria_stay(study: Study):
    from django.utils import timezone

    row = Criterion.objects.create(study=study, measure="pairs", green=70, red=50)
    Study.objects.update(
        criteria_locked_on=timezone.localdate(), criteria_locked_by="Solveig", primary_outcome="a.b"
    )
    study.refresh_from_db()
    row.green = 60
    with refused(LockedError):
        row.save()
    with refused(LockedError):
        row.delete()
    with refused(LockedError):
        Criterion.objects.create(study=study, measure="adherence", green=70, red=50)
    study.primary_outcome = "c.d"
    with refused(LockedError):
        study.save()
