"""Packages: all or nothing in, the same out, and a second load that changes nothing."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Page, Revision, Site

from cms.models import HomePage, InfoPage, ModulePage, ProgrammePage
from cms.packages import PackageError, load
from courses.models import HelpNumber, Module, Programme, Word
from tests.cms.package_rows import MARKDOWN, YAML, part, rows
from tests.cms.packages import HELP, INFO, MODULE, MODULE_FOLDER, PART, PART_NN, PROGRAMME, WORDS, put

if TYPE_CHECKING:
    from pathlib import Path

TOP = "programmes/provekurs/programme.yaml"
pytestmark = pytest.mark.django_db


def test_load_builds_the_tree_in_both_languages(tmp_path: Path) -> None:
    load(put(tmp_path))
    for model in (HomePage, ProgrammePage, ModulePage, InfoPage):
        nb, nn = (model.objects.get(locale__language_code=code) for code in ("nb", "nn"))
        assert nb.translation_key == nn.translation_key
        assert nb.live
        assert nb.live_revision
    page = part()
    assert page.translation_key == part("nn").translation_key
    assert page.get_parent().specific.module == Module.objects.get(slug="forste-modul")
    assert (page.title, page.minutes, page.hears_child, page.about_school) == ("En del", 2, True, False)
    assert [block.block_type for block in page.body] == ["text", "check", "reflection", "home_task"]
    assert {block.id for block in page.body} > {"tanke", "maltid"}
    assert not part("nn", "en-del-til").body
    assert Programme.objects.get().name_nn == "Prøvekurs på nynorsk"


def test_load_keeps_the_leaders_layer_in_bokmal(tmp_path: Path) -> None:
    load(put(tmp_path))
    evening = ModulePage.objects.get(locale__language_code="nb").evening
    assert evening["minutes"] == 30
    assert [(item["minutes"], item["title"]) for item in evening["plan"]] == [(20, "Kaffe"), (10, "Utsjekk")]
    assert evening["plan"][0]["ask"] == ["Hvordan går det?"]
    assert evening["core_elements"] == [{"key": "mott-alle", "text": "Alle er tatt imot"}]
    assert ModulePage.objects.get(locale__language_code="nn").evening["plan"] == []


def test_load_leaves_no_page_from_wagtails_installation(tmp_path: Path) -> None:
    load(put(tmp_path))
    assert set(Page.objects.filter(depth=2).values_list("slug", flat=True)) == {"hjem", "heim"}
    assert Site.objects.get(is_default_site=True).root_page.slug == "hjem"


def test_load_fills_help_numbers_and_words(tmp_path: Path) -> None:
    load(put(tmp_path))
    number = HelpNumber.objects.get()
    assert (number.key, number.municipality, number.position, number.number) == ("politi", None, 1, "112")
    assert Word.objects.get().text_nn == "Tid saman."


def test_load_twice_makes_no_new_revision(tmp_path: Path) -> None:
    load(put(tmp_path))
    before = rows()
    outcome = load(tmp_path)
    assert (outcome.created, outcome.changed, outcome.left) == (0, 0, [])
    assert rows() == before


def test_load_makes_one_revision_for_one_changed_text(tmp_path: Path) -> None:
    load(put(tmp_path))
    before = Revision.objects.count()
    put(tmp_path, {MARKDOWN: PART.replace("Først", "Aller først")})
    assert load(tmp_path).changed == 1
    assert Revision.objects.count() == before + 1
    assert "Aller først" in str(part().body[0].value)


def test_load_of_one_programmes_folder_touches_nothing_else(tmp_path: Path) -> None:
    outcome = load(put(tmp_path) / "programmes" / "provekurs")
    assert not outcome.left
    assert Programme.objects.get().slug == "provekurs"
    assert not InfoPage.objects.exists()
    assert not Word.objects.exists()


def test_load_names_what_files_no_longer_hold_and_leaves_it(tmp_path: Path) -> None:
    load(put(tmp_path))
    gone: dict[str, str | bytes | None] = {
        f"{MODULE_FOLDER}/2-en-del-til.md": None,
        "pages/praktisk.md": INFO,
        "pages/annet.md": INFO,
        "words.yaml": WORDS.replace("samvær\n  word_nn", "tilsyn\n  word_nn"),
    }
    load(put(tmp_path, gone))
    put(tmp_path, gone | {"pages/annet.md": None})
    out = StringIO()
    call_command("programme", "load", str(tmp_path), stdout=out)
    left = [line for line in out.getvalue().splitlines() if "Finnes i databasen, ikke i filene" in line]
    assert any("«En del til» (nb)" in line for line in left)
    assert any("informasjonsside «Praktisk» (nn)" in line for line in left)
    assert any("begrep «samvær»" in line for line in left)
    assert part(slug="en-del-til").live
    assert InfoPage.objects.filter(slug="annet", live=True).count() == 2


def test_load_puts_parts_in_the_files_order(tmp_path: Path) -> None:
    load(put(tmp_path))
    turned: dict[str, str | bytes | None] = {
        MARKDOWN: None,
        f"{MODULE_FOLDER}/1-en-del.nn.md": None,
        f"{MODULE_FOLDER}/2-en-del-til.md": None,
        f"{MODULE_FOLDER}/1-en-del-til.md": PART.replace("En del", "En del til"),
        f"{MODULE_FOLDER}/2-en-del.md": PART,
        f"{MODULE_FOLDER}/2-en-del.nn.md": PART_NN,
    }
    outcome = load(put(tmp_path, turned))
    assert (outcome.created, outcome.changed) == (0, 0)
    for page in ModulePage.objects.all():
        assert [child.slug for child in page.get_children()] == ["en-del-til", "en-del"]
    assert not any(Page.find_problems())


def test_load_lets_two_modules_change_places(tmp_path: Path) -> None:
    second = MODULE_FOLDER.replace("1-forste-modul", "2-andre-modul")
    load(put(tmp_path, {f"{second}/module.yaml": MODULE, f"{second}/1-en-del.md": PART}))
    folder = tmp_path / "programmes" / "provekurs"
    (folder / "1-forste-modul").rename(folder / "3-forste-modul")
    (folder / "2-andre-modul").rename(folder / "1-andre-modul")
    (folder / "3-forste-modul").rename(folder / "2-forste-modul")
    load(tmp_path)
    assert list(Module.objects.values_list("slug", "number")) == [("andre-modul", 1), ("forste-modul", 2)]
    for page in ProgrammePage.objects.all():
        assert [child.slug for child in page.get_children()] == ["andre-modul", "forste-modul"]


def test_load_refuses_a_number_that_a_module_in_the_database_has(tmp_path: Path) -> None:
    load(put(tmp_path))
    folder = tmp_path / "programmes" / "provekurs"
    (folder / "1-forste-modul").rename(folder / "1-nytt-navn")
    before = rows()
    with pytest.raises(PackageError, match="Nummer 1 har modulen «forste-modul»"):
        load(tmp_path)
    assert rows() == before


def test_load_tells_of_a_draft_it_went_past(tmp_path: Path) -> None:
    load(put(tmp_path))
    page = part()
    page.title = "Utkast"
    page.save_revision()
    assert load(tmp_path).drafts == []
    put(tmp_path, {MARKDOWN: PART.replace("title: En del", "title: Ny tittel")})
    assert load(tmp_path).drafts == ["del «En del» (nb)"]
    assert part().title == "Ny tittel"


def test_broken_yaml_is_named_by_file_and_line_and_nothing_changes(tmp_path: Path) -> None:
    put(tmp_path, {YAML: MODULE.replace("  minutes: 30", "  minutes: 30: 5")})
    before = rows()
    with pytest.raises(CommandError) as refusal:
        call_command("programme", "load", str(tmp_path))
    assert f"{MODULE_FOLDER}/module.yaml, linje 13: YAML-en kan ikke leses her." in str(refusal.value)
    assert rows() == before


BROKEN: list[tuple[str, str | bytes | None, str]] = [
    (TOP, PROGRAMME + "farge: rød\n", "linje 10: Nøkkelen «farge» er ukjent"),
    (TOP, PROGRAMME.replace("status: utkast\n", ""), "«status» mangler"),
    (TOP, PROGRAMME.replace("families", "alle"), "linje 2: audience"),
    (TOP, PROGRAMME + "title: En til\n", "linje 10: «title» står to ganger"),
    (TOP, None, "provekurs: Her mangler programme.yaml"),
    (TOP, "- a\n", "linje 1: Filen skal ha linjer som"),
    ("programmes/provekurs/notat.txt", "x", "notat.txt: Dette hører ikke til her"),
    (YAML, None, "module.yaml: Filen mangler"),
    (YAML, MODULE.replace("true\n", "ja\n"), "linje 3: obligatory"),
    (YAML, MODULE.replace("- Dere har prøvd.", "- 7"), "goals: Hvert punkt"),
    (YAML, MODULE.replace("minutes: 30", "minutes: 31"), "linje 13: Kveldsplanen blir 30"),
    (YAML, MODULE.replace("minutes: 20", "minutes: tjue"), "linje 15: minutes"),
    (YAML, MODULE.replace("core: mott-alle", "core: annet"), "kjerneelementet «annet»"),
    (YAML, MODULE.replace("Kaffe\n    do", "K" * 121 + "\n    do"), "linje 16: title"),
    (YAML, MODULE.replace("minutes: 20", "varighet: 20"), "«varighet» er ukjent"),
    (f"{MODULE_FOLDER}/4-hopp.md", PART, "Nummer 3 mangler"),
    (f"{MODULE_FOLDER}/2-to.md", PART, "Nummer 2 er brukt to ganger"),
    (f"{MODULE_FOLDER}/3-en-del.md", PART, "Adressen «en-del» er brukt to ganger"),
    (f"{MODULE_FOLDER}/Del 3.md", PART, "Dette hører ikke til her"),
    (MARKDOWN, "Bare tekst.\n", "linje 1: Filen begynner med ---"),
    (MARKDOWN, PART.replace("[child-heard]", "[barn]"), "linje 5: Tråden «barn» er ukjent"),
    (MARKDOWN, PART.replace("minutes: 2", "minutes: 0"), "linje 4: minutes"),
    (MARKDOWN, PART.replace("  title: Ein del\n", ""), "«title» mangler"),
    (MARKDOWN, PART.replace("## Mellom", "### Mellom"), "linje 13: Overskriften hopper"),
    (MARKDOWN, PART.replace('::: reflection id="tanke"', "::: tanker"), "linje 23: «::: tanker»"),
    (MARKDOWN, PART.encode("latin-1"), "linje 11: Filen er ikke lagret som UTF-8"),
    (MARKDOWN, PART.replace("Spis", "Spis\0"), "linje 28: Filen har et tegn (NUL)"),
    (MARKDOWN, PART.split("---\n\n")[0] + "---\n", "1-en-del.md: Siden er tom"),
    (f"{MODULE_FOLDER}/1-en-del.nn.md", PART_NN.replace("tanke", "tankar"), "samme id og rekkefølge"),
    (f"{MODULE_FOLDER}/2-en-del-til.nn.md", "Tekst.\n", "samme id og rekkefølge"),
    (f"{MODULE_FOLDER}/3-uten.nn.md", "Tekst.\n", "Dette hører ikke til her"),
    ("pages/praktisk.md", INFO.replace("Litt om", '::: reflection id="a"'), "linje 9: «::: reflection"),
    ("help.yaml", HELP.replace("2026-11-01", "i fjor"), "linje 12: checked"),
    ("help.yaml", HELP.replace("'112'", "112"), "linje 5: number: Her skal det stå tekst"),
    ("help.yaml", HELP.replace("windows: []", "windows: [{days: [man]}]"), "linje 10: En åpningstid"),
    ("help.yaml", HELP + HELP.split("\n", 1)[1], "linje 14: «politi» står to ganger"),
    ("words.yaml", "words: samvær\n", "linje 1: words"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "content", "words"), BROKEN)
def test_what_is_wrong_is_told_in_words(
    tmp_path: Path, path: str, content: str | bytes | None, words: str
) -> None:
    put(tmp_path, {path: content})
    before = rows()
    with pytest.raises(PackageError) as refusal:
        load(tmp_path)
    assert words in str(refusal.value)
    assert rows() == before


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    broken: dict[str, str | bytes | None] = {
        MARKDOWN: PART.replace("minutes: 2", "minutes: to").replace("[child-heard]", "[x]"),
        "help.yaml": "numbers: {",
        "words.yaml": WORDS + "annet: 1\n",
    }
    with pytest.raises(PackageError) as refusal:
        load(put(tmp_path, broken))
    assert [problem.path.rsplit("/", 1)[-1] for problem in refusal.value.problems] == [
        "help.yaml",
        "1-en-del.md",
        "1-en-del.md",
        "words.yaml",
    ]


def test_an_empty_folder_is_no_package(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="verken programme"):
        load(tmp_path)


def test_marks_of_other_machines_do_not_matter(tmp_path: Path) -> None:
    load(put(tmp_path))
    before = rows()
    decomposed = PART.replace("ø", "o\u0338").replace("å", "a\u030a").replace("\n", "\r\n")
    load(
        put(
            tmp_path,
            {MARKDOWN: b"\xef\xbb\xbf" + decomposed.replace("o\u0338", "ø").encode()},
        )
    )
    load(put(tmp_path, {f"{MODULE_FOLDER}/.DS_Store": b"\0"}))
    assert rows() == before
