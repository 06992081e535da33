"""The papers follow the settings, say what they do not know, and those in docs/ are today's."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cms.legal_papers import EXAMPLE, NAMES, facts_of, papers
from cms.retention import TABLE
from tests import study_factories
from tests.factories import MunicipalityFactory

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("name", NAMES)
def test_the_drafts_in_docs_are_what_the_settings_say_today(name: str) -> None:
    kept = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    assert kept == papers(EXAMPLE)[f"{name}.md"], "manage.py papers --example --out docs/"


@pytest.mark.parametrize("text", papers(EXAMPLE).values(), ids=NAMES)
def test_each_is_a_draft_and_says_so_first(text: str) -> None:
    assert "**Utkast.**" in text[:300]
    assert re.search(r"\[[^\]]+\]", text)  # what people must fill in
    assert "{{" not in text
    assert "&#" not in text


def test_the_retention_table_is_the_same_one() -> None:
    for name in ("dpia", "protokoll"):
        for row in TABLE:
            assert str(row.what) in papers(EXAMPLE)[f"{name}.md"]


def test_every_table_has_as_many_cells_in_each_row() -> None:
    for name, text in papers(EXAMPLE).items():
        for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            assert len({line.count("|") for line in table.splitlines()}) == 1, (name, table)


def test_what_is_typed_breaks_no_table_and_is_no_html() -> None:
    facts = replace(EXAMPLE, controller="Vika | <script>\nFjell", officers=(("Vi|ka", "Oda\n| x"),))
    for text in papers(facts).values():
        assert "<script" not in text
        assert "Vika / ‹script› Fjell" in text or "Vi/ka" in text


def test_without_research_no_consent_is_promised() -> None:
    text = papers(replace(EXAMPLE, is_research=False))["dpia.md"]
    assert "samtykke (artikkel 6 nr. 1 bokstav a)" not in text


@pytest.mark.django_db
def test_a_studys_own_papers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = study_factories.study(key="min", is_research=True)
    study_factories.wave(study)
    MunicipalityFactory(
        region=study.region, name="Vika", privacy_officer="Oda", privacy_officer_email="o@v.no"
    )
    MunicipalityFactory(region=study.region, name="Fjell")
    call_command("papers", "min", out=tmp_path / "ut")
    text = (tmp_path / "ut" / "dpia.md").read_text(encoding="utf-8")
    assert "14 dager før første kveld, åpent i 14 dager" in text
    assert "Trygg i oppdraget" in text
    assert "Personvernombud i Fjell\n" in text
    assert "Vika: Oda, o@v.no" in (tmp_path / "ut" / "protokoll.md").read_text(encoding="utf-8")
    assert facts_of(study).places == ["Fjell", "Vika"]


@pytest.mark.django_db
def test_an_unknown_study_is_told_with_those_there_are(tmp_path: Path) -> None:
    study_factories.study(key="min")
    with pytest.raises(CommandError, match="min"):
        call_command("papers", "ingen", out=tmp_path)
    with pytest.raises(CommandError, match="--example"):
        call_command("papers", out=tmp_path)
