"""An evening's anonymous form on paper, for whoever has no telephone: one of the seats, keyed once."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest
from django.utils import timezone, translation

from courses.models import Evening, Group, Municipality, User
from evaluation.answers import boxes, inbox, keys
from evaluation.documents.paper_form import paper_form
from evaluation.instruments.yaml_files import of_bytes
from evaluation.models import KeyedSheet, Occasion, PaperEnvelope, SealedAnswer
from evaluation.papers import spaced
from evaluation.views import paper
from tests.crowds import version_of
from tests.evaluation.sheets import keyed, text_of
from tests.factories import EveningFactory, MunicipalityFactory, RoleFactory
from tests.study_factories import draft_version, evening_wave, occasion, study, wave

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from tests.people import LogIn

OWN = Path(__file__).resolve().parents[2] / "fixtures" / "instruments" / "trygg-i-oppdraget.yaml"
pytestmark = pytest.mark.django_db(databases=["default", "answers"])
GIVEN = {"t01": "4", "t02": "2", "tall": "7", "ord": "Kanarifugl i fjellet"}


@pytest.fixture
def evening(group: Group) -> Evening:
    return EveningFactory(group=group, starts_at=timezone.now() - timedelta(hours=2), head_count=2)


@pytest.fixture
def at(evening: Evening, municipality: Municipality) -> Occasion:
    wave = evening_wave(study(region=municipality.region))
    return occasion(wave=wave, group=evening.group, evening=evening)


@pytest.fixture
def leads(logged_in: LogIn, contact_person: User) -> Client:
    return logged_in(contact_person)


@pytest.fixture
def desk(logged_in: LogIn, municipality: Municipality) -> Client:
    place = MunicipalityFactory(region=municipality.region)
    return logged_in(RoleFactory(kind="contact-person", municipality=place).user)


def printed(leads: Client, at: Occasion) -> tuple[str, str]:
    """The code of a new sheet, and what stands on it."""
    sheet = leads.post(f"/skjema/{at.pk}/papir.docx")
    assert sheet.status_code == 200
    text = text_of(sheet.content)
    found = re.search(r"Kode (\w{4}) (\w{4}) (\w{4})", text)
    assert found
    assert not PaperEnvelope.objects.exists()  # there is nobody to seal
    return "".join(found.groups()), text


def put_in(desk: Client, at: Occasion, code: str, second: Any = None) -> HttpResponse:
    return desk.post("/prosjekt/papir/", keyed(at, code, GIVEN, second or GIVEN), follow=True)


def received(at: Occasion) -> int:
    at.refresh_from_db()
    assert SealedAnswer.objects.filter(occasion=at).count() == at.received
    return at.received


def test_the_sheet_promises_what_the_screen_does_and_asks_for_no_name(leads: Client, at: Occasion) -> None:
    page = leads.get(f"/skjema/{at.pk}/papir/").content.decode()
    assert "Svar uten navn på papir" in page
    code, text = printed(leads, at)
    assert "Svarene er anonyme." in text
    assert "Skriv ikke navn på arket." in text
    assert "nøkkelen" not in text
    assert f"Kode {spaced(code)}" in text
    assert ">Skrevet ut<" in leads.get(f"/skjema/{at.pk}/papir/").content.decode()


def test_it_is_printed_before_the_evening_and_found_from_its_pages(
    leads: Client, at: Occasion, evening: Evening
) -> None:
    Occasion.objects.filter(pk=at.pk).update(state="planned", public_key=None)
    address = f'href="/skjema/{at.pk}/papir/"'
    assert address in leads.get(f"/gruppe/{evening.group_id}/papir/").content.decode()
    assert address in leads.get(f"/kveld/{evening.pk}/skjema/").content.decode()
    assert printed(leads, at)[0] != printed(leads, at)[0]


def test_on_an_evenings_page_only_its_own_form_is_offered_on_paper(
    leads: Client, at: Occasion, evening: Evening
) -> None:
    of_group = occasion(wave=wave(at.wave.study), group=evening.group)
    printed_there = f'href="/skjema/{of_group.pk}/papir/"'
    assert printed_there in leads.get(f"/gruppe/{evening.group_id}/papir/").content.decode()
    Occasion.objects.filter(pk=at.pk).update(state="closed")
    page = leads.get(f"/kveld/{evening.pk}/skjema/").content.decode()
    assert printed_there not in page
    assert "På papir" not in page


def test_what_may_still_change_or_is_over_is_not_printed(
    leads: Client, at: Occasion, evening: Evening, logged_in: LogIn, other_contact_person: User
) -> None:
    other = evening_wave(at.wave.study, versions=[draft_version()], code="k2")
    draft = occasion(wave=other, group=at.group, evening=evening)
    assert leads.post(f"/skjema/{draft.pk}/papir.docx").status_code == 404
    assert logged_in(other_contact_person).post(f"/skjema/{at.pk}/papir.docx").status_code == 404
    for change in ({"state": "closed"}, {"state": "open", "closes_at": timezone.now()}):
        Occasion.objects.filter(pk=at.pk).update(**change)
        assert leads.post(f"/skjema/{at.pk}/papir.docx").status_code == 404
    Occasion.objects.filter(pk=at.pk).update(closes_at=timezone.now() + timedelta(days=1))
    Evening.objects.filter(pk=evening.pk).update(cancelled_at=timezone.now())
    assert leads.post(f"/skjema/{at.pk}/papir.docx").status_code == 404


def test_keyed_twice_alike_from_elsewhere_it_is_one_answer_that_nothing_ties_to_the_sheet(
    leads: Client, desk: Client, at: Occasion
) -> None:
    code, _text = printed(leads, at)
    assert "Vi finner ikke koden her." in put_in(leads, at, code).content.decode()
    assert put_in(desk, at, code, GIVEN | {"t02": "3"}).status_code == 422
    said = put_in(desk, at, code).content.decode()
    assert "ført inn og forseglet" in said
    assert "samtykket" not in said
    assert "Arket er ført inn før." in put_in(desk, at, code).content.decode()
    assert received(at) == 1
    content = boxes.open_box(keys.seal_key(at), bytes(SealedAnswer.objects.get().box))
    assert set(content) == {"kind", "forms"}
    assert content["forms"][0]["version"] == version_of(at.wave).pk
    [sheet] = inbox.opened(at).sheets
    assert sheet.forms[0].answers["ord"] == "Kanarifugl i fjellet"


def test_paper_takes_no_more_seats_than_there_were_heads(leads: Client, desk: Client, at: Occasion) -> None:
    codes = [printed(leads, at)[0] for _ in range(3)]
    said = [put_in(desk, at, code).content.decode() for code in codes]
    assert ["forseglet" in text for text in said] == [True, True, False]
    assert "like mange svar som det ble talt voksne i rommet" in said[-1]
    assert received(at) == 2
    assert not KeyedSheet.objects.filter(code=codes[-1]).exists()


def test_a_sheet_there_was_no_seat_for_is_kept_until_the_count_may_be_put_right(
    leads: Client, desk: Client, at: Occasion, evening: Evening
) -> None:
    Occasion.objects.filter(pk=at.pk).update(closes_at="2099-12-09T22:59:00Z")
    codes = [printed(leads, at)[0] for _ in range(3)]
    said = [put_in(desk, at, code).content.decode() for code in codes][-1]
    assert "Legg arket til side." in said
    assert "det ble talt voksne i rommet" in said
    assert "skrive inn hvor mange de var før 9. desember kl. 23.59, og arket føres inn etter det." in said
    assert "skal makuleres" not in said
    Evening.objects.filter(pk=evening.pk).update(head_count=3)
    assert "forseglet" in put_in(desk, at, codes[-1]).content.decode()
    assert received(at) == 3


def test_a_sheet_is_not_put_in_before_the_form_opens_or_after_it_has_closed(
    leads: Client, desk: Client, at: Occasion
) -> None:
    code, _text = printed(leads, at)
    Occasion.objects.filter(pk=at.pk).update(state="planned")
    assert "Skjemaet er ikke åpnet ennå." in put_in(desk, at, code).content.decode()
    Occasion.objects.filter(pk=at.pk).update(state="closed")
    assert "Skjemaet er lukket." in put_in(desk, at, code).content.decode()
    assert received(at) == 0


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_twelve_statements_and_all_that_is_promised_stand_on_one_page(tmp_path: Path, language: str) -> None:
    """Of our own questionnaire, in research, where the most is to be said."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    assert office, "libreoffice-writer-nogui is missing: `make test` says how to install it"
    asked = of_bytes(OWN.read_bytes(), OWN.name).definition
    at = occasion(wave=wave(study(is_research=True)))
    with translation.override(language):
        words = paper._words(at)
    (tmp_path / "ark.docx").write_bytes(paper_form("Midtveis", [asked], "ABCDEF GHJKMN", words, language))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "ark.docx")], check=True, capture_output=True, timeout=300)
    with pikepdf.open(tmp_path / "ark.pdf") as pdf:
        assert len(pdf.pages) == 1
