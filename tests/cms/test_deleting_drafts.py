"""A draft of a questionnaire goes for good, unless a wave asks it: then it is said which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evaluation.models import Instrument, InstrumentVersion
from tests.cms.instrument_desk import client, draft, plain
from tests.cms.test_instrument_admin import address, fields
from tests.study_factories import wave

if TYPE_CHECKING:
    from django.test import Client

__all__ = ["client", "draft"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_draft_that_a_wave_asks_is_kept_and_the_study_and_the_wave_are_named(
    client: Client, draft: InstrumentVersion, method: str
) -> None:
    asking = wave(versions=[draft])
    page = getattr(client, method)(address("delete", draft), follow=True)
    assert page.redirect_chain[-1][0] == address("inspect", draft)
    said = f"Ta det ut av målingen først: {asking.study.name_nb} («{asking.name_nb}»)."
    assert said in plain(page)
    assert InstrumentVersion.objects.filter(pk=draft.pk).exists()


def test_the_short_name_of_a_deleted_draft_may_be_used_again(
    client: Client, draft: InstrumentVersion
) -> None:
    assert client.post(address("delete", draft)).status_code == 302
    sent = fields(client.get(address("add")))
    sent |= {"title_nb": "Et nytt", "short_name": "trygg", "minutes": "2"}
    assert client.post(address("add"), sent).status_code == 302
    made = InstrumentVersion.objects.get()
    assert (made.instrument.key, made.number, made.title_nb) == ("trygg", 1, "Et nytt")
    assert Instrument.objects.count() == 1
