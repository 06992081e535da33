"""Editions: frozen whole or not at all, and changed only by a correction that says who and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from wagtail.models import Revision

from cms.models import PinnedFile, PinnedRevision, RunSheetItem
from cms.publishing import StructuralChangeError, carry_correction, publish_edition, waiting_corrections
from cms.readiness import NotReadyError, problems_before_publishing
from courses.editions import words_of
from courses.models import Correction, Edition, EditionModule, EditionPart, Module, PartText, User
from courses.reading import readable_programmes
from tests import factories as made
from tests.cms.pages import (
    BODY,
    Pages,
    make_nynorsk,
    make_pages,
    make_picture,
    make_recording,
    pictures_left_open,
    publish,
    rewrite,
    with_text,
)
from tests.editions import make_edition

if TYPE_CHECKING:
    from tests.people import LogIn

pytestmark = [pytest.mark.django_db, pictures_left_open]
PART = "/kurs/en-god-start/modul-1/del-1/"


@pytest.fixture
def pages() -> Pages:
    return make_pages()


def freeze(pages: Pages, version: str = "1.0", **more: Any) -> Edition:
    return publish_edition(programme=pages.programme, version=version, by=None, **more)


def text_in(edition: Edition, key: str = "del-1", module: int = 1, language: str = "nb") -> PartText:
    return PartText.objects.get(
        part__edition=edition, part__key=key, part__module__number=module, language=language
    )


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


def test_a_draft_never_reaches_an_edition_or_a_family(pages: Pages, logged_in: LogIn) -> None:
    edition = freeze(pages)
    adult = made.EnrolmentFactory(group__edition=edition).adult
    rewrite(pages.parts[0], live=False, title="Hemmelig utkast", body=BODY[:1])
    newer = freeze(pages, "1.1")
    assert text_in(newer).title == "Del 1.1"
    assert len(text_in(newer).segments) == 4
    page = logged_in(adult).get(PART)
    assert "Hemmelig utkast" not in page.content.decode()
    assert waiting_corrections(edition) == []


def test_a_published_wording_waits_until_it_is_carried_in(pages: Pages, logged_in: LogIn) -> None:
    edition = freeze(pages)
    adult = made.EnrolmentFactory(group__edition=edition).adult
    page = rewrite(pages.parts[0], body=with_text(pages.parts[0], "<p>Rettet ordlyd.</p>"))
    assert "Rettet ordlyd." not in logged_in(adult).get(PART).content.decode()
    (waiting,) = waiting_corrections(edition)
    assert (waiting.page, waiting.refusal) == (page, "")


def test_a_correction_is_kept_with_who_when_and_why_and_families_see_it(
    pages: Pages, editor: User, logged_in: LogIn
) -> None:
    edition = freeze(pages)
    adult = made.EnrolmentFactory(group__edition=edition).adult
    before = text_in(edition).revision
    page = rewrite(pages.parts[0], body=with_text(pages.parts[0], "<p>Rettet ordlyd.</p>"))
    carry_correction(edition=edition, page=page, by=editor, reason=" Feil tall. ")
    row = Correction.objects.get()
    assert (row.by, row.reason, row.from_revision) == (editor, "Feil tall.", before)
    assert row.to_revision == page.live_revision_id == text_in(edition).revision
    assert row.made_at
    assert "Rettet ordlyd." in logged_in(adult).get(PART).content.decode()
    assert waiting_corrections(edition) == []


def test_a_correction_reaches_the_edition_it_is_carried_into_alone(pages: Pages, editor: User) -> None:
    old, newer = freeze(pages), freeze(pages, "1.1")
    page = rewrite(pages.parts[0], title="Ny tittel")
    carry_correction(edition=newer, page=page, by=editor, reason="Tittel.")
    assert (text_in(old).title, text_in(newer).title) == ("Del 1.1", "Ny tittel")


def test_a_nynorsk_wording_is_corrected_too_and_a_new_one_is_let_in(pages: Pages, editor: User) -> None:
    nynorsk = make_nynorsk(pages)
    first, last = nynorsk[3], nynorsk[-1]
    last.unpublish()
    edition = freeze(pages)
    carry_correction(edition=edition, page=rewrite(first, title="Retta"), by=editor, reason="Skrivefeil.")
    carry_correction(edition=edition, page=publish(last), by=editor, reason="Omsett.")
    assert text_in(edition, language="nn").title == "Retta"
    assert text_in(edition, "del-2", 2, "nn").title == "Del 2.2 på nynorsk"


def test_notes_stay_under_their_question_when_the_wording_is_corrected(pages: Pages, editor: User) -> None:
    edition = freeze(pages)
    before = [segment["id"] for segment in text_in(edition).segments if segment["kind"] == "reflection"]
    page = rewrite(pages.parts[0], body=with_text(pages.parts[0], "<p>Rettet.</p>"))
    carry_correction(edition=edition, page=page, by=editor, reason="Feil.")
    assert [s["id"] for s in text_in(edition).segments if s["kind"] == "reflection"] == before


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_correction_without_a_reason_is_refused(pages: Pages, editor: User, reason: str) -> None:
    edition = freeze(pages)
    page = rewrite(pages.parts[0], title="Ny tittel")
    with pytest.raises(ValueError, match="Skriv hvorfor"):
        carry_correction(edition=edition, page=page, by=editor, reason=reason)
    assert text_in(edition).title == "Del 1.1"


def changed_bodies(page: Any) -> dict[str, list[dict[str, Any]]]:
    raw = [dict(block) for block in page.body.raw_data]
    extra = {"type": "reflection", "value": {"text": "<p>Mer?</p>"}}
    return {"added": [*raw, extra], "lost": [raw[0], *raw[2:]], "swapped": [raw[0], raw[2], raw[1], raw[3]]}


@pytest.mark.parametrize("change", ["added", "lost", "swapped"])
def test_a_reflection_that_came_went_or_moved_needs_a_new_edition(
    pages: Pages, editor: User, change: str
) -> None:
    edition = freeze(pages)
    page = rewrite(pages.parts[0], body=changed_bodies(pages.parts[0])[change])
    with pytest.raises(StructuralChangeError, match="Det trenger en ny utgave"):
        carry_correction(edition=edition, page=page, by=editor, reason="Fordi.")
    (waiting,) = waiting_corrections(edition)
    assert "Det trenger en ny utgave" in waiting.refusal
    assert not Correction.objects.exists()
    assert freeze(pages, "1.1")


def test_a_new_part_needs_a_new_edition(pages: Pages, editor: User) -> None:
    edition = freeze(pages)
    new = type(pages.parts[0])(title="Helt ny", slug="del-3", body=BODY, minutes=3)
    page = publish(pages.modules[0].add_child(instance=new))
    with pytest.raises(StructuralChangeError, match="«Helt ny» finnes ikke i denne utgaven"):
        carry_correction(edition=edition, page=page, by=editor, reason="Fordi.")


def lacking() -> dict[str, Any]:
    gone = make_picture()
    picture = {"image": gone, "alt": "Hender", "decorative": False, "caption": ""}
    bodies = {
        "slettet": ("picture", dict(picture)),
        "mangler tekst": ("picture", picture | {"image": make_picture(), "alt": ""}),
        "lenke": ("text", '<p><a href="http://a.no">her</a></p>'),
    }
    return bodies


@pytest.mark.parametrize("lack", ["slettet", "mangler tekst", "lenke"])
def test_a_correction_that_lacks_something_is_refused_as_an_edition_is(
    pages: Pages, editor: User, lack: str
) -> None:
    edition = freeze(pages)
    block = lacking()[lack]
    page = rewrite(pages.parts[0], body=[*BODY, block])
    if lack == "slettet":
        block[1]["image"].delete()
        page = type(page).objects.get(pk=page.pk)
    (waiting,) = waiting_corrections(edition)
    assert lack in waiting.refusal
    with pytest.raises(StructuralChangeError, match=lack):
        carry_correction(edition=edition, page=page, by=editor, reason="Fordi.")
    assert text_in(edition).title == "Del 1.1"
    assert not Correction.objects.exists()


def test_two_corrections_of_an_edition_take_turns(pages: Pages, editor: User) -> None:
    edition = freeze(pages)
    page = rewrite(pages.parts[0], title="Ny tittel")
    with CaptureQueriesContext(connection) as asked:
        carry_correction(edition=edition, page=page, by=editor, reason="Fordi.")
    first = next(query["sql"] for query in asked if "SAVEPOINT" not in query["sql"])
    assert 'FROM "courses_edition"' in first
    assert connection.vendor != "postgresql" or first.endswith("FOR UPDATE")


def test_a_page_of_another_programme_is_refused(pages: Pages, editor: User) -> None:
    edition = make_edition(programme__slug="kurs-to")
    with pytest.raises(StructuralChangeError):
        carry_correction(edition=edition, page=pages.parts[0], by=editor, reason="Fordi.")


def test_what_an_edition_shows_cannot_be_deleted_while_it_exists(pages: Pages) -> None:
    picture, film = make_picture(), make_recording()
    body = [
        ("picture", {"image": picture, "alt": "Hender", "decorative": False, "caption": ""}),
        ("recording", {"recording": film}),
    ]
    rewrite(pages.parts[0], body=body)
    edition = freeze(pages)
    assert PinnedFile.objects.filter(edition=edition).count() == 2
    revision = Revision.objects.get(pk=text_in(edition).revision)
    rewrite(pages.parts[0], body=BODY)  # no page shows them any more
    for kept in (picture, film, revision):
        with pytest.raises(ProtectedError):
            kept.delete()
    edition.delete()
    picture.delete()
    film.delete()


def test_purging_old_revisions_leaves_those_of_an_edition(pages: Pages) -> None:
    edition = freeze(pages)
    rewrite(pages.parts[0], title="Nyere")
    rewrite(pages.parts[0], title="Nyest")
    call_command("purge_revisions", verbosity=0)
    kept = set(Revision.objects.values_list("pk", flat=True))
    assert {text.revision for text in PartText.objects.filter(part__edition=edition)} <= kept
    assert Revision.objects.for_instance(pages.parts[0]).count() == 2


def test_reading_goes_on_when_every_page_is_unpublished(pages: Pages, logged_in: LogIn) -> None:
    adult = made.EnrolmentFactory(group__edition=freeze(pages)).adult
    pages.top.unpublish(set_expired=False)
    for page in (*pages.modules, *pages.parts):
        page.unpublish()
    assert logged_in(adult).get(PART).status_code == 200
