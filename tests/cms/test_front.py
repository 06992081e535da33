"""The public pages: whom to call now, what works without network, information and words."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.models import Locale

from cms.models import HomePage
from cms.views.front import forget_numbers
from courses.models.facts import is_open
from tests.factories import HelpNumberFactory, MunicipalityFactory, WordFactory
from tests.tree import make_info, make_tree

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import Adult
    from tests.people import LogIn
    from tests.tree import Tree

OSLO = ZoneInfo("Europe/Oslo")
NIGHT = {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "15:30", "to": "08:00"}
DAY = {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "to": "15:30"}
pytestmark = pytest.mark.django_db


def text_of(client: Client, address: str) -> str:
    page = client.get(address)
    assert page.status_code == 200
    return page.content.decode()


# ── whom to call now ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("windows", "moment", "open_"),
    [
        ([], datetime(2026, 11, 22, 3), True),  # no windows: always
        ([NIGHT], datetime(2026, 11, 23, 15, 29), False),  # Monday
        ([NIGHT], datetime(2026, 11, 23, 15, 30), True),
        ([NIGHT], datetime(2026, 11, 23, 23, 59), True),
        ([NIGHT], datetime(2026, 11, 24, 0, 0), True),  # over midnight
        ([NIGHT], datetime(2026, 11, 24, 7, 59), True),
        ([NIGHT], datetime(2026, 11, 24, 8, 0), False),
        ([NIGHT], datetime(2026, 11, 28, 7, 59), True),  # Saturday morning belongs to Friday
        ([NIGHT], datetime(2026, 11, 28, 8, 0), False),
        ([NIGHT], datetime(2026, 11, 28, 20, 0), False),
        ([NIGHT], datetime(2026, 11, 23, 7, 0), False),  # Monday morning belongs to Sunday
        ([DAY], datetime(2026, 11, 23, 8, 0), True),
        ([DAY], datetime(2026, 11, 23, 15, 30), False),
        ([DAY, NIGHT], datetime(2026, 11, 23, 15, 30), True),
        (
            [{"days": ["sun"], "from": "00:00", "to": "00:00"}],
            datetime(2026, 11, 22, 12),
            True,
        ),  # a whole day
        ([{"days": ["sun"], "from": "00:00", "to": "00:00"}], datetime(2026, 11, 23, 0, 0), False),
        (
            [{"days": ["sun"], "from": "01:00", "to": "04:00"}],
            datetime(2026, 10, 25, 2, 30),
            True,
        ),  # clocks change
    ],
)
def test_number_is_open_when_its_windows_say_so(
    windows: list[dict[str, object]], moment: datetime, open_: bool
) -> None:
    assert is_open(windows, moment.replace(tzinfo=OSLO)) is open_


def test_windows_are_read_in_oslo_wherever_the_clock_stands() -> None:
    assert is_open([DAY], datetime(2026, 7, 1, 6, 0, tzinfo=ZoneInfo("UTC")))  # 08.00 in summer
    assert not is_open([DAY], datetime(2026, 12, 1, 6, 30, tzinfo=ZoneInfo("UTC")))  # 07.30 in winter


@pytest.fixture
def numbers() -> None:
    """As fixtures/help.yaml and the demo make them: three to call at once, others, and one place's own."""
    for position, (number, label) in enumerate([("113", "Ambulanse"), ("112", "Politi"), ("110", "Brann")]):
        HelpNumberFactory(key=label.lower(), number=number, label=label, position=position)
    place = MunicipalityFactory(name="Fjellvik", slug="fjellvik")
    HelpNumberFactory(
        municipality=place,
        label="Vakttelefonen",
        number="00 01 00 11",
        owner="Barnevernstjenesten i Fjellvik",
        checked_on=date(2026, 9, 1),
        windows=[NIGHT],
        is_example=True,
        position=0,
    )


@pytest.mark.usefixtures("numbers")
def test_help_has_the_national_numbers_first_then_the_municipality(client: Client) -> None:
    text = text_of(client, "/hjelp/")
    places = [
        text.index(part)
        for part in ('href="tel:113"', 'href="tel:112"', 'href="tel:110"', "Fjellvik", 'href="tel:00010011"')
    ]
    assert places == sorted(places)


@pytest.mark.usefixtures("numbers")
def test_invented_number_is_marked_and_every_number_has_owner_and_date(client: Client) -> None:
    rows = re.findall(r'<li class="number".*?</li>', text_of(client, "/hjelp/"), re.DOTALL)
    assert len(rows) == 4
    assert all(
        re.search(r"Sist kontrollert \d+\. \w+ \d{4}\. Eier: Barnevernstjenesten", row) for row in rows
    )
    assert "Sist kontrollert 1. september 2026. Eier: Barnevernstjenesten i Fjellvik" in rows[3]
    assert ["eksempel" in row for row in rows] == [False, False, False, True]


def test_numbers_of_the_fixtures_hold_the_three_that_everybody_must_have(client: Client) -> None:
    call_command("programme", "load", "fixtures", verbosity=0)
    text = text_of(client, "/hjelp/")
    for number in ("112", "113", "110", "116117", "116111"):
        assert f'href="tel:{number}"' in text
    first = re.findall(r'href="tel:(\d+)"', text)[:3]
    assert set(first) == {"110", "112", "113"}


@pytest.mark.parametrize(("chosen", "opens"), [("fjellvik", 1), ("finnes-ikke", 0), ("<script>", 0), ("", 0)])
@pytest.mark.usefixtures("numbers")
def test_municipality_in_the_address_is_open(client: Client, chosen: str, opens: int) -> None:
    page = client.get("/hjelp/", {"kommune": chosen})
    assert page.content.decode().count(" open>") == opens
    assert "<script>" not in page.content.decode()


@pytest.mark.usefixtures("numbers")
def test_help_is_two_queries_however_many_municipalities(client: Client) -> None:
    counts = []
    for more in (1, 10):
        for place in MunicipalityFactory.create_batch(more):
            HelpNumberFactory(municipality=place)
        forget_numbers()  # the next minute
        with CaptureQueriesContext(connection) as queries:
            client.get("/hjelp/")
        counts.append(len(queries))
    assert counts == [2, 2]
    with CaptureQueriesContext(connection) as queries:
        client.get("/hjelp/")
    assert not len(queries)


@pytest.mark.usefixtures("numbers")
def test_help_is_the_same_for_everybody_but_for_the_frame(
    client: Client, logged_in: LogIn, adult: Adult
) -> None:
    def inside(text: str) -> str:
        return re.search(r"<main.*?</main>", text, re.DOTALL)[0]  # type: ignore[index]

    theirs, everybodys = text_of(logged_in(adult), "/hjelp/"), text_of(client, "/hjelp/")
    assert inside(theirs) == inside(everybodys)
    assert adult.user.first_name not in theirs


@pytest.mark.parametrize(
    "windows", [3, "mon", {"days": 1}, [3], [{}], [{"days": ["x"], "from": "99", "to": None}]]
)
def test_opening_hours_that_cannot_be_read_are_left_out(client: Client, windows: Any) -> None:
    HelpNumberFactory(windows=windows, label="Vakta")
    text = text_of(client, "/hjelp/?kommune=x")
    assert "Vakta" in text
    assert "data-windows" not in text


def test_help_without_any_number_still_opens(client: Client) -> None:
    assert "Trenger du hjelp nå?" in text_of(client, "/hjelp/")


@pytest.mark.parametrize(
    "address", ["/", "/ord/", "/personvern/", "/uten-nett/", "/finnes-ikke/", "/logg-inn/"]
)
def test_help_is_one_tap_from_every_page(client: Client, address: str) -> None:
    make_tree()
    assert 'href="/hjelp/"' in client.get(address).content.decode()


# ── what works without network ──────────────────────────────────────────────────────────────────────


def test_worker_keeps_public_things_only(client: Client) -> None:
    page = client.get("/sw.js")
    text = page.content.decode().replace("\\u002D", "-")
    assert page["Content-Type"] == "text/javascript"
    assert page["Cache-Control"] == "no-cache"
    assert '"/hjelp/"' in text
    assert '"/uten-nett/"' in text
    assert 'credentials: "omit"' in text
    assert staticfiles_storage.url("egs/site.css") in text
    assert not re.search(r"/min/|/prosjekt/|/gruppe/", text)
    # it answers with texts and a shell that pages have kept, but puts nothing but these in its own store
    assert re.findall(r"caches\.open\(NAME\)\)\.put|\.add(?:All)?\(", text) == ["caches.open(NAME)).put"]
    assert re.findall(r"keep\(([^)]*)\)|map\(keep\)", text) == ["", "HELP"]
    assert "[HELP, OFFLINE, ...FILES].map(keep)" in text


def test_worker_is_the_same_for_everybody(client: Client, logged_in: LogIn, adult: Adult) -> None:
    assert client.get("/sw.js").content == logged_in(adult).get("/sw.js").content


def test_files_that_the_worker_keeps_are_there(client: Client) -> None:
    kept = re.search(r"FILES = \[(.*?)\]", client.get("/sw.js").content.decode())
    assert kept
    addresses = re.findall(r'"([^"]+)"', kept[1].replace("\\u002D", "-"))
    assert len(addresses) >= 3
    for address in addresses:
        page = client.get(address)
        page.close()
        assert page.status_code == 200, address


def test_browsers_own_wish_for_an_icon_is_met(client: Client) -> None:
    page = client.get("/favicon.ico", follow=True)
    page.close()
    assert (page.status_code, page["Content-Type"]) == (200, "image/svg+xml")


# ── pages of text ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def tree() -> Tree:
    return make_tree()


def test_information_is_rendered_when_published(client: Client, tree: Tree) -> None:
    text = text_of(client, "/personvern/")
    assert "Et barn som flytter, har mistet noe." in text
    tree.info.body = [("text", "<p>Ikke publisert.</p>")]
    tree.info.save_revision()
    assert "Ikke publisert" not in text_of(client, "/personvern/")
    tree.info.save_revision().publish()
    assert "Ikke publisert" in text_of(client, "/personvern/")


def test_information_says_when_it_was_changed_last(client: Client, tree: Tree) -> None:
    tree.info.save_revision().publish()
    today = date_format(timezone.localdate(), "j. F Y")
    assert f"Sist endret {today}" in text_of(client, "/personvern/")


def test_information_that_is_taken_down_is_a_404(client: Client, tree: Tree) -> None:
    tree.info.unpublish()
    assert client.get("/personvern/").status_code == 404


def test_information_is_read_in_nynorsk_where_there_is_some(client: Client, tree: Tree) -> None:
    nn = Locale.objects.create(language_code="nn")
    home = (
        HomePage.objects.get(pk=tree.home.pk)
        .get_parent()
        .add_child(instance=HomePage(title="En god start", slug="egs-nn", locale=nn))
    )
    client.cookies["sprak"] = "nn"
    assert "Personvern" in text_of(client, "/personvern/")  # Bokmål until there is one
    page = make_info(home, "personvern-nn", "Personvern på nynorsk")
    page.locale = nn
    page.save()
    assert "Personvern på nynorsk" in text_of(client, "/personvern/")


def test_words_are_explained_in_one_query(client: Client) -> None:
    WordFactory(word="Tilsyn", text="Noen ser til barnet.")
    with CaptureQueriesContext(connection) as queries:
        text = text_of(client, "/ord/")
    assert "Noen ser til barnet." in text
    assert len(queries) == 1


def test_front_page_asks_the_database_nothing(client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert "En god start" in text_of(client, "/")
    assert len(queries) == 0
