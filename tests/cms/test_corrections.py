"""An edition is changed only by a correction that says who and why, and outlives its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from wagtail.models import Revision

from cms.models import PinnedFile
from cms.publishing import StructuralChangeError, carry_correction, waiting_corrections
from courses.models import Correction, PartText, User
from tests import factories as made
from tests.cms.frozen_pages import changed_bodies, freeze, pages, text_in
from tests.cms.pages import (
    BODY,
    Pages,
    make_nynorsk,
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


__all__ = ["pages"]
pytestmark = [pytest.mark.django_db, pictures_left_open]
PART = "/kurs/en-god-start/modul-1/del-1/"


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
