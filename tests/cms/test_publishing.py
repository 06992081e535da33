"""Editions: frozen whole or not at all, and changed only by a correction that says who and why."""

from __future__ import annotations

import pytest

from cms.models import PinnedRevision, RunSheetItem
from cms.publishing import publish_edition
from cms.readiness import NotReadyError, problems_before_publishing
from courses.editions import words_of
from courses.models import Edition, EditionModule, EditionPart, Module, PartText, User
from courses.reading import readable_programmes
from tests import factories as made
from tests.cms.frozen_pages import changed_bodies, freeze, pages, text_in
from tests.cms.pages import Pages, make_nynorsk, make_picture, make_recording, pictures_left_open, rewrite

__all__ = ["pages"]
pytestmark = [pytest.mark.django_db, pictures_left_open]


def test_publishing_freezes_the_programme_in_order(pages: Pages, project_leader: User) -> None:
    edition = publish_edition(
        programme=pages.programme, version="1.0", by=project_leader, reason="Den første.", mark="Utkast"
    )
    assert (edition.version, edition.reason, edition.mark) == ("1.0", "Den første.", "Utkast")
    assert edition.published_by == project_leader
    found = EditionPart.objects.filter(edition=edition).values_list(
        "module__number", "position", "key", "minutes"
    )
    assert list(found) == [(1, 1, "del-1", 3), (1, 2, "del-2", 3), (2, 1, "del-1", 3), (2, 2, "del-2", 3)]


def test_the_order_of_the_pages_is_the_order_of_the_parts(pages: Pages) -> None:
    pages.parts[1].move(pages.parts[0], pos="left")
    edition = freeze(pages)
    keys = edition.parts.filter(module__number=1).values_list("key", flat=True)
    assert list(keys) == ["del-2", "del-1"]


def test_a_frozen_part_has_its_words_and_slots_and_the_revision_they_come_from(pages: Pages) -> None:
    text = text_in(freeze(pages))
    assert [segment["kind"] for segment in text.segments] == ["html", "reflection", "home_task", "local"]
    assert "Et barn som flytter" in text.segments[0]["html"]
    assert text.revision == pages.parts[0].live_revision_id
    assert text.words > 10
    assert [task["title"] for task in text.tasks] == ["Et måltid"]


def test_a_frozen_module_has_its_goals_and_its_evening(pages: Pages) -> None:
    module = EditionModule.objects.get(edition=freeze(pages), module__number=1)
    assert module.goals == ["Kjenne seg igjen.", "Prøve noe nytt."]
    assert [row["minutes"] for row in module.evening["plan"]] == [100, 35]
    assert module.evening["minutes"] == 135


def test_both_written_languages_are_frozen_and_a_missing_one_is_left_out(pages: Pages) -> None:
    nynorsk = make_nynorsk(pages)
    nynorsk[-1].unpublish()
    edition = freeze(pages)
    assert text_in(edition, language="nn").title == "Del 1.1 på nynorsk"
    assert EditionModule.objects.filter(edition=edition, language="nn").count() == 2
    assert not PartText.objects.filter(
        part__edition=edition, language="nn", part__key="del-2", part__module__number=2
    )


def test_a_module_without_parts_stops_the_edition_by_name_and_nothing_is_stored(pages: Pages) -> None:
    for part in pages.parts[:2]:
        part.unpublish()
    with pytest.raises(NotReadyError, match="Modulen «Modul 1» er tom"):
        freeze(pages)
    assert not Edition.objects.exists()
    assert not PinnedRevision.objects.exists()


def test_every_problem_is_told_at_once(pages: Pages) -> None:
    rewrite(pages.parts[0], body=[("text", "<h3>Hopp</h3>")])
    rewrite(pages.parts[1], body=[("recording", {"recording": make_recording(captions="")})])
    rewrite(pages.parts[2], body=[])
    rewrite(pages.modules[0], run_sheet=[RunSheetItem(minutes=90, title="Samtale")])
    rewrite(pages.modules[1], run_sheet=[])
    with pytest.raises(NotReadyError) as refusal:
        freeze(pages)
    assert refusal.value.problems == [
        "«Modul 1»: Kveldsplanen blir 90 minutter, men kvelden varer 135. Juster ett av punktene.",
        "«Del 1.1»: En overskrift hopper over et nivå. Bruk Overskrift 2 før Overskrift 3,"
        " så finner alle fram.",
        "«Del 1.2»: Opptaket «En film» mangler teksting (.vtt).",
        "«Modul 2»: Kveldsplanen mangler.",
        "«Del 2.1»: Delen er tom.",
    ]
    assert not Edition.objects.exists()


def problems(pages: Pages) -> str:
    return " ".join(problems_before_publishing(pages.programme))


def test_what_nynorsk_lacks_stops_the_edition_too(pages: Pages) -> None:
    nynorsk = make_nynorsk(pages)
    rewrite(nynorsk[3], title="Fyrst", body=[("text", "<h3>Hopp</h3>")])
    assert "«Fyrst»: En overskrift hopper over et nivå." in problems(pages)


def test_a_nynorsk_page_may_be_empty(pages: Pages) -> None:
    nynorsk = make_nynorsk(pages)
    rewrite(nynorsk[3], body=[])
    rewrite(nynorsk[1], run_sheet=[])
    assert problems(pages) == ""


@pytest.mark.parametrize("change", ["added", "lost", "swapped"])
def test_nynorsk_has_the_tasks_and_reflections_of_bokmal(pages: Pages, change: str) -> None:
    first = make_nynorsk(pages)[3]
    assert problems(pages) == ""
    rewrite(first, title="Fyrst", body=changed_bodies(first)[change])
    assert "«Fyrst»: oppgavene og refleksjonene er ikke de samme som på bokmål" in problems(pages)


@pytest.mark.parametrize("slug", ["første-del", "del_1", "Del"])
def test_an_address_with_other_letters_stops_the_edition(pages: Pages, slug: str) -> None:
    type(pages.parts[0]).objects.filter(pk=pages.parts[0].pk).update(slug=slug)
    Module.objects.filter(number=2).update(slug="søvn")
    assert f"«Del 1.1»: Adressen «{slug}» kan bare ha" in problems(pages)
    assert "«Modul 2»: Adressen «søvn» kan bare ha" in problems(pages)


@pytest.mark.parametrize("slug", ["apne", "lest"])
def test_an_address_of_our_own_stops_the_edition(pages: Pages, slug: str) -> None:
    type(pages.parts[0]).objects.filter(pk=pages.parts[0].pk).update(slug=slug)
    assert f"«Del 1.1»: Adressen «{slug}» bruker nettstedet selv." in problems(pages)


def test_two_pages_of_one_module_stop_the_edition(pages: Pages) -> None:
    pages.modules[1].module = pages.modules[0].module
    rewrite(pages.modules[1])
    assert "To sider har samme modul: «Modul 1» og «Modul 2»." in problems(pages)
    with pytest.raises(NotReadyError):
        freeze(pages)


def test_a_module_of_another_programme_stops_the_edition(pages: Pages) -> None:
    rewrite(pages.modules[1], module=made.ModuleFactory(number=9))
    assert "«Modul 2»: modulen hører til et annet program." in problems(pages)


@pytest.mark.parametrize(
    "tag", ["<a>", '<a linktype="page" id="3">', '<a href="http://a.no">', '<a href="x">']
)
def test_a_link_that_leads_nowhere_stops_the_edition(pages: Pages, tag: str) -> None:
    rewrite(pages.parts[0], body=[("fold", {"title": "Mer", "text": f"<p>{tag}her</a></p>"})])
    assert "«Del 1.1»: En lenke i teksten virker ikke." in problems(pages)


@pytest.mark.parametrize("address", ["https://a.no", "mailto:a@b.no", "tel:116117"])
def test_a_link_to_the_world_does_not(pages: Pages, address: str) -> None:
    rewrite(pages.parts[0], body=[("text", f'<p><a href="{address}">her</a></p>')])
    assert problems(pages) == ""


def test_a_file_that_is_deleted_stops_the_edition(pages: Pages) -> None:
    picture = make_picture()
    rewrite(
        pages.parts[0],
        body=[("picture", {"image": picture, "alt": "Hender", "decorative": False, "caption": ""})],
    )
    picture.delete()
    assert "«Del 1.1»: Et bilde, et opptak eller en fil er slettet." in problems(pages)


def test_a_double_click_publishes_once_and_says_so(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(pages)
    monkeypatch.setattr("cms.publishing.Edition.objects.filter", Edition.objects.none().filter)
    with pytest.raises(NotReadyError, match=r"Utgave 1\.0 finnes fra før"):
        freeze(pages)
    assert Edition.objects.count() == 1


def test_renumbering_a_programme_never_changes_a_running_edition(pages: Pages) -> None:
    edition = freeze(pages)
    Module.objects.filter(number=1).update(number=9, obligatory=True, illustration="door")
    Module.objects.filter(number=2).update(number=1)
    words = words_of(edition, "nb")
    assert list(words) == ["modul-1", "modul-2"]
    first = words["modul-1"].module
    assert (first.number, first.hue, first.obligatory, first.illustration) == (1, "m1", False, "house")
    assert readable_programmes() == [("en-god-start", "En god start")]
    newer = words_of(freeze(pages, "1.1"), "nb")
    assert list(newer) == ["modul-2", "modul-1"]
    assert newer["modul-1"].module.hue == "m9"


def test_a_picture_without_words_stops_the_edition(pages: Pages) -> None:
    picture = {"image": make_picture(), "alt": "", "decorative": False, "caption": ""}
    rewrite(pages.parts[0], body=[("picture", picture)])
    with pytest.raises(NotReadyError, match="bilde"):
        freeze(pages)


def test_a_programme_without_pages_is_not_ready() -> None:
    with pytest.raises(NotReadyError, match="har ingen publisert side"):
        publish_edition(programme=made.ProgrammeFactory(), version="1.0", by=None)


def test_a_version_is_used_once(pages: Pages) -> None:
    freeze(pages)
    with pytest.raises(NotReadyError, match=r"Utgave 1\.0 finnes fra før"):
        freeze(pages)
    assert Edition.objects.count() == 1
