"""«Utgaver» in the admin: publishing, refusals in plain words, corrections, and what may not be deleted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from cms.models import PartPage, Picture
from courses.models import Correction, Edition, User
from tests import factories as made
from tests.cms.editor_forms import admin
from tests.cms.pages import (
    BODY,
    Pages,
    make_nynorsk,
    make_pages,
    make_picture,
    pictures_left_open,
    rewrite,
    with_text,
)

if TYPE_CHECKING:
    from django.test import Client

    from tests.people import LogIn

__all__ = ["admin"]
pytestmark = [pytest.mark.django_db, pictures_left_open]
LIST = "/cms/utgaver/"
PUBLISH = "/cms/utgaver/en-god-start/publiser/"


@pytest.fixture
def pages() -> Pages:
    return make_pages(modules=1, parts=2)


def publish(admin: Client, version: str = "1.0", reason: str = "Den første.") -> Any:
    return admin.post(PUBLISH, {"version": version, "reason": reason})


def running(admin: Client, pages: Pages) -> Edition:
    """An edition that a group reads."""
    publish(admin)
    group = made.GroupFactory(edition=Edition.objects.get(), name="Torsdagsgruppa")
    return group.edition


def carry(client: Client, edition: Edition, page: PartPage, reason: str = "En skrivefeil.") -> Any:
    return client.post(f"/cms/utgaver/{edition.pk}/rett/{page.pk}/", {"reason": reason}, follow=True)


def test_an_edition_is_published_and_listed(admin: Client, pages: Pages, project_leader: User) -> None:
    answer = publish(admin)
    assert answer["Location"] == LIST
    edition = Edition.objects.get()
    assert (edition.version, edition.reason, edition.published_by) == ("1.0", "Den første.", project_leader)
    listed = admin.get(LIST).content.decode()
    assert "Utgave 1.0 er publisert." in listed
    assert 'href="/kurs/en-god-start/modul-1/?utgave=1.0"' in listed


@pytest.mark.parametrize("version", ["1", "v1.0", "1.0.0", "", "1.123", "1.0\n2.0"])
def test_a_version_is_two_numbers(admin: Client, pages: Pages, version: str) -> None:
    answer = publish(admin, version)
    assert answer.status_code == 200
    assert answer.context["form"].errors["version"]
    assert not Edition.objects.exists()


def test_what_hinders_an_edition_is_listed_and_nothing_typed_is_lost(admin: Client, pages: Pages) -> None:
    for part in pages.parts:
        part.unpublish()
    answer = publish(admin, reason="Nytt om søvn.")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "Modulen «Modul 1» er tom" in html
    assert "Nytt om søvn." in html
    assert 'value="1.0"' in html
    assert not Edition.objects.exists()


def test_a_version_that_is_used_is_refused(admin: Client, pages: Pages) -> None:
    publish(admin)
    assert "Utgave 1.0 finnes fra før. Velg et nytt nummer." in publish(admin).content.decode()
    assert Edition.objects.count() == 1


def test_an_edition_needs_a_reason(admin: Client, pages: Pages) -> None:
    assert publish(admin, reason="").context["form"].errors["reason"]


def test_a_programme_without_pages_says_so(admin: Client) -> None:
    made.ProgrammeFactory(slug="en-god-start", name="Tomt program")
    assert "«Tomt program» har ingen publisert side" in admin.get(PUBLISH).content.decode()
    assert admin.get(LIST).status_code == 200


def test_an_unknown_programme_is_not_found(admin: Client) -> None:
    assert admin.get(PUBLISH).status_code == 404


def test_an_editor_writes_but_does_not_publish_editions(editor: User, pages: Pages, logged_in: LogIn) -> None:
    client = logged_in(editor)
    assert client.get(LIST).status_code == 200
    assert publish(client).status_code == 403
    assert not Edition.objects.exists()


@pytest.mark.parametrize("role", ["researcher", "leader", "user_group"])
def test_other_staff_see_nothing_of_it(role: str, logged_in: LogIn, request: pytest.FixtureRequest) -> None:
    client = logged_in(request.getfixturevalue(role))
    assert client.get(LIST).status_code == client.get(PUBLISH).status_code == 403


def test_a_waiting_wording_is_shown_and_carried_in_with_its_reason(
    admin: Client, editor: User, pages: Pages, logged_in: LogIn
) -> None:
    edition = running(admin, pages)
    page = rewrite(pages.parts[0], body=with_text(pages.parts[0], "<p>Rettet.</p>"))
    address = f'action="/cms/utgaver/{edition.pk}/rett/{page.pk}/"'
    assert address in admin.get(LIST).content.decode()
    answer = carry(logged_in(editor), edition, page)
    assert "er rettet i utgave 1.0. Familiene ser den nye teksten nå." in answer.content.decode()
    assert address not in answer.content.decode()
    row = Correction.objects.get()
    assert (row.by, row.reason) == (editor, "En skrivefeil.")


def test_a_waiting_wording_is_shown_before_and_after_with_a_legend(admin: Client, pages: Pages) -> None:
    running(admin, pages)
    rewrite(pages.parts[0], title="Ny tittel")
    text = admin.get(LIST).content.decode()
    assert "Gjennomstreket: står i utgaven nå, og går ut. Understreket: kommer inn." in text
    out, into = (re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL) for tag in ("del", "ins"))
    assert out is not None
    assert into is not None
    assert ("går ut:" in out[1], "Del 1.1" in out[1]) == (True, True)
    assert ("kommer inn:" in into[1], "Ny tittel" in into[1]) == (True, True)


def test_words_that_look_like_markup_are_shown_as_words(admin: Client, pages: Pages) -> None:
    running(admin, pages)
    rewrite(pages.parts[0], title="<script>alert(1)</script>")
    assert "<script>alert(1)" not in admin.get(LIST).content.decode()


def test_a_wording_with_other_looks_alone_says_that_the_words_are_the_same(
    admin: Client, pages: Pages
) -> None:
    page = rewrite(pages.parts[0], body=with_text(pages.parts[0], "<p>De samme ordene.</p>"))
    running(admin, pages)
    rewrite(page, body=with_text(page, "<p>De <b>samme</b> ordene.</p>"))
    assert "Ordene er de samme." in admin.get(LIST).content.decode()


def test_earlier_corrections_are_listed_with_who_when_and_why(
    admin: Client, editor: User, pages: Pages, logged_in: LogIn
) -> None:
    edition = running(admin, pages)
    assert "Rettet i utgave" not in admin.get(LIST).content.decode()
    page = rewrite(pages.parts[0], title="Ny tittel")
    carry(logged_in(editor), edition, page, "Tittelen var feil.")
    text = admin.get(LIST).content.decode()
    made = timezone.localtime(Correction.objects.get().made_at)
    for words in (
        "Rettet i utgave 1.0",
        "Ny tittel",
        editor.first_name,
        "Tittelen var feil.",
        f"{made:%H.%M}",
    ):
        assert words in text


def test_an_editor_is_offered_what_she_can_finish_and_told_who_does_the_rest(
    admin: Client, editor: User, pages: Pages, logged_in: LogIn
) -> None:
    hers = logged_in(editor)
    assert "Publiser en utgave, eller rett en som er i bruk" in admin.get("/cms/").content.decode()
    first = hers.get("/cms/").content.decode()
    assert "Publiser en utgave" not in first
    assert "Rett en utgave som er i bruk" in first
    assert PUBLISH in admin.get(LIST).content.decode()
    assert PUBLISH not in hers.get(LIST).content.decode()
    assert "Prosjektlederen publiserer nye utgaver." in hers.get(LIST).content.decode()


def test_an_edition_that_no_group_reads_waits_for_nothing(admin: Client, pages: Pages) -> None:
    publish(admin)
    rewrite(pages.parts[0], title="Ny tittel")
    assert "/rett/" not in admin.get(LIST).content.decode()


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_correction_without_a_reason_is_refused(admin: Client, pages: Pages, reason: str) -> None:
    edition = running(admin, pages)
    page = rewrite(pages.parts[0], title="Ny tittel")
    assert "Skriv hvorfor teksten rettes." in carry(admin, edition, page, reason).content.decode()
    assert not Correction.objects.exists()


def test_an_added_reflection_is_refused_with_what_to_do(admin: Client, pages: Pages) -> None:
    edition = running(admin, pages)
    more = {"type": "reflection", "value": {"text": "<p>Mer?</p>"}}
    page = rewrite(pages.parts[0], body=[*(dict(block) for block in pages.parts[0].body.raw_data), more])
    listed = admin.get(LIST).content.decode()
    assert "Det trenger en ny utgave" in listed
    assert "/rett/" not in listed
    assert "Det trenger en ny utgave" in carry(admin, edition, page).content.decode()
    assert not Correction.objects.exists()


def test_a_wording_whose_picture_is_deleted_is_listed_and_refused(admin: Client, pages: Pages) -> None:
    edition, picture = running(admin, pages), make_picture()
    block = ("picture", {"image": picture, "alt": "Hender", "decorative": False, "caption": ""})
    page = rewrite(pages.parts[0], body=[*BODY, block])
    picture.delete()
    assert "Et bilde, et opptak eller en fil er slettet." in admin.get(LIST).content.decode()
    assert "er slettet" in carry(admin, edition, page).content.decode()
    assert not Correction.objects.exists()
    assert admin.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk])).status_code == 200


def test_a_draft_cannot_be_carried_in(admin: Client, pages: Pages) -> None:
    edition = running(admin, pages)
    rewrite(pages.parts[0], live=False, title="Utkast")
    assert "/rett/" not in admin.get(LIST).content.decode()
    pages.parts[1].unpublish()
    assert carry(admin, edition, pages.parts[1]).status_code == 404
    assert not Correction.objects.exists()


def test_a_correction_is_never_made_by_get(admin: Client, pages: Pages) -> None:
    edition = running(admin, pages)
    assert admin.get(f"/cms/utgaver/{edition.pk}/rett/{pages.parts[0].pk}/").status_code == 405


def test_a_page_in_an_edition_is_not_deleted_and_the_editor_is_told(admin: Client, pages: Pages) -> None:
    edition = running(admin, pages)
    address = reverse("wagtailadmin_pages:delete", args=[pages.parts[0].pk])
    answer = admin.post(address, follow=True)
    assert answer.redirect_chain == [(address, 302)]
    assert "Siden er med i utgave 1.0 og kan ikke slettes. Avpubliser den" in answer.content.decode()
    assert PartPage.objects.filter(pk=pages.parts[0].pk).exists()
    assert edition.parts.count() == 2


def test_a_module_with_parts_is_never_deleted_whole(admin: Client, pages: Pages) -> None:
    admin.post(reverse("wagtailadmin_pages:delete", args=[pages.modules[0].pk]))
    assert type(pages.modules[0]).objects.filter(pk=pages.modules[0].pk).exists()


def test_a_page_in_no_edition_is_deleted(admin: Client, pages: Pages) -> None:
    assert admin.post(reverse("wagtailadmin_pages:delete", args=[pages.parts[1].pk])).status_code == 302
    assert not PartPage.objects.filter(pk=pages.parts[1].pk).exists()


def test_a_picture_in_an_edition_is_not_deleted_from_the_admin(
    admin: Client, pages: Pages, project_leader: User
) -> None:
    picture = make_picture(uploaded_by_user=project_leader)
    block = ("picture", {"image": picture, "alt": "Hender", "decorative": False, "caption": ""})
    rewrite(pages.parts[0], body=[block])
    running(admin, pages)
    rewrite(pages.parts[0], body=BODY)
    address = reverse("wagtailimages:delete", args=[picture.pk])
    assert admin.get(address).status_code == 200
    answer = admin.post(address, follow=True)
    assert "Filen er med i utgave 1.0 og kan ikke slettes så lenge utgaven finnes." in answer.content.decode()
    assert Picture.objects.filter(pk=picture.pk).exists()


@pytest.mark.parametrize("bokmal_is_newer", [True, False])
def test_the_editor_of_a_nynorsk_text_is_told_when_it_is_older_than_bokmal(
    admin: Client, pages: Pages, bokmal_is_newer: bool
) -> None:
    make_nynorsk(pages)
    nynorsk = pages.parts[0].get_translations().get()
    if bokmal_is_newer:
        rewrite(pages.parts[0], ingress="Ny ingress.")
    answer = admin.get(f"/cms/pages/{nynorsk.pk}/edit/").content.decode()
    assert ("Nynorsk er eldre enn bokmål" in answer) is bokmal_is_newer


@pytest.mark.parametrize("reason", ["", " ", "Feil\x00", "x" * 2001])
def test_a_reason_that_cannot_be_kept_is_refused_in_words(admin: Client, pages: Pages, reason: str) -> None:
    edition = running(admin, pages)
    page = rewrite(pages.parts[0], title="Ny tittel")
    answer = carry(admin, edition, page, reason)
    assert answer.status_code == 200
    assert [message.level_tag for message in answer.context["messages"]][-1] == "error"
    assert not Correction.objects.exists()
