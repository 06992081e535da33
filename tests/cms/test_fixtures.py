"""The programmes as they are kept in fixtures/: whole, readable, the same after a trip through the CMS."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from wagtail.models import Page, Revision

from cms.packages import export, load
from cms.packages.readability import Measure, measures
from cms.packages.reading import read_package
from tests.cms.packages import files_in

if TYPE_CHECKING:
    from cms.packages.contents import ModuleFolder, Package, PartFile, ProgrammeFolder

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
MINUTES = {"en-god-start": 135, "kontaktpersonkurs": 180}


@pytest.fixture(scope="module")
def package() -> Package:
    return read_package(FIXTURES)


@pytest.fixture(scope="module")
def measured() -> list[Measure]:
    return list(measures(FIXTURES))


def programme(package: Package, slug: str = "en-god-start") -> ProgrammeFolder:
    return next(programme for programme in package.programmes if programme.slug == slug)


def modules(package: Package) -> list[ModuleFolder]:
    return [module for programme in package.programmes for module in programme.modules]


def parts(package: Package) -> list[PartFile]:
    return [part for module in modules(package) for part in module.parts]


def kinds(module: ModuleFolder) -> set[str]:
    return {piece.kind for part in module.parts for piece in part.texts["nb"]["body"]}


@pytest.mark.django_db
def test_fixtures_are_the_same_after_load_and_export(tmp_path: Path) -> None:
    load(FIXTURES)
    before = Revision.objects.count(), Page.objects.count()
    tree = export(tmp_path)
    assert not tree.unloadable
    assert files_in(tmp_path) == {path: (FIXTURES / path).read_bytes() for path in tree.files}
    kept = {
        path.relative_to(FIXTURES).as_posix()
        for folder in ("programmes", "pages")
        for path in (FIXTURES / folder).rglob("*")
        if path.is_file()
    }
    assert kept <= tree.files.keys()
    outcome = load(tmp_path)
    assert (outcome.created, outcome.changed, outcome.left) == (0, 0, [])
    assert (Revision.objects.count(), Page.objects.count()) == before


def test_families_have_six_modules_and_contact_persons_three(package: Package) -> None:
    assert [module.number for module in programme(package).modules] == [1, 2, 3, 4, 5, 6]
    assert [module.number for module in programme(package, "kontaktpersonkurs").modules] == [1, 2, 3]


def test_the_first_and_the_last_module_cannot_be_left_out(package: Package) -> None:
    obligatory = [module.number for module in programme(package).modules if module.obligatory]
    assert {1, 6} <= set(obligatory)


def test_parts_are_one_screen_read(measured: list[Measure]) -> None:
    assert not {part.path: part.words for part in measured if not 250 <= part.words <= 500}


def test_parts_are_easy_to_read(measured: list[Measure]) -> None:
    assert sum(part.lix for part in measured) / len(measured) < 38
    assert not {part.path: part.lix for part in measured if part.lix > 40}


@pytest.mark.parametrize("slug", MINUTES)
def test_evenings_are_as_long_as_they_should(package: Package, slug: str) -> None:
    for module in programme(package, slug).modules:
        text = module.texts["nb"]
        planned = sum(item["minutes"] for item in text["run_sheet"])
        assert (module.slug, text["evening_minutes"], planned) == (module.slug, MINUTES[slug], MINUTES[slug])
        assert any(item["cut_first"] for item in text["run_sheet"])


def test_every_core_element_is_in_the_plan(package: Package) -> None:
    for module in modules(package):
        text = module.texts["nb"]
        keys = {core["key"] for core in text["core_elements"]}
        assert keys == {item["core"] for item in text["run_sheet"]} - {""}, module.slug


def test_the_child_is_heard_once_in_every_module(package: Package) -> None:
    for module in programme(package).modules:
        heard = [part.slug for part in module.parts if part.texts["nb"]["hears_child"]]
        assert len(heard) == 1, (module.slug, heard)


@pytest.mark.parametrize("number", [1, 5])
def test_school_and_mental_health_have_their_modules(package: Package, number: int) -> None:
    texts = [part.texts["nb"] for part in programme(package).modules[number - 1].parts]
    assert any(text["about_school"] for text in texts)
    assert any(text["about_mental_health"] for text in texts)


def test_every_family_module_has_something_to_meet_and_something_to_do(package: Package) -> None:
    for module in programme(package).modules:
        assert kinds(module) >= {"story", "exercise", "home_task", "reflection"}, module.slug


def test_titles_and_ingresses_are_in_nynorsk_too(package: Package) -> None:
    pages = [*package.programmes, *modules(package), *parts(package), *(package.pages or [])]
    for page in pages:
        nb, nn = page.texts["nb"], page.texts["nn"]
        assert nn["title"], page.path
        assert nn["ingress"], page.path
        assert nn["ingress"] != nb["ingress"], page.path


def test_first_part_of_every_family_module_is_whole_in_nynorsk(package: Package) -> None:
    for module in programme(package).modules:
        assert module.parts[0].texts["nn"]["body"], module.slug


@pytest.mark.parametrize("path", sorted((FIXTURES / "programmes").rglob("*.*")), ids=lambda path: path.name)
def test_no_local_telephone_number_stands_in_a_text(path: Path) -> None:
    text = re.sub(r"https?://\S+", "", path.read_text(encoding="utf-8"))
    assert not re.findall(r"(?<!\d)(?:\d[ \u00a0]?){7}\d(?!\d)", text)
