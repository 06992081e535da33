"""A valid invitation link is as good as a key: no log holds one."""

from __future__ import annotations

import io
import logging
from logging.config import dictConfig
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client

from cms.logs import WithoutTokens

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "hemmelig-Token_123"
PATH = f"/invitasjon/{TOKEN}/"


class Told(RuntimeError):
    """What an object in a record's arguments may say."""


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the site's own handler writes."""
    stream = io.StringIO()
    handler = dict(settings.LOGGING["handlers"]["console"]) | {"stream": stream}
    names = ("", "django", "django.server", "django.request")
    before = [(name, logging.getLogger(name).handlers[:], logging.getLogger(name).level) for name in names]
    dictConfig(settings.LOGGING | {"handlers": {"console": handler}})
    yield stream
    for name, handlers, level in before:
        logging.getLogger(name).handlers[:] = handlers
        logging.getLogger(name).setLevel(level)


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("%s: %s", ("Not Found", PATH)),
        (f"Gone: {PATH}", ()),
        ('"%s" %s %s', (f"GET {PATH} HTTP/1.1", 404, 12)),
        ("%(path)s", ({"path": PATH},)),
        ("Failed: %s", (Told(f"at {PATH}?x=1"),)),
    ],
)
@pytest.mark.parametrize("name", ["django.request", "django.server", "courses.anything"])
def test_no_record_holds_a_token(written: io.StringIO, name: str, words: str, values: Any) -> None:
    logging.getLogger(name).warning(words, *values)
    assert "/invitasjon/…" in written.getvalue()
    assert TOKEN not in written.getvalue()


def test_filter_leaves_nothing_in_the_record_itself() -> None:
    record = logging.LogRecord("x", logging.WARNING, "", 0, "%s: %s", ("Gone", PATH), None)
    assert WithoutTokens().filter(record)
    assert TOKEN not in f"{record.msg} {record.args}"
    assert record.getMessage() == "Gone: /invitasjon/…/"


def test_other_records_are_left_alone() -> None:
    record = logging.LogRecord("x", logging.WARNING, "", 0, "%s of %d", ("/kurs/", 2), None)
    assert WithoutTokens().filter(record)
    assert (record.msg, record.args) == ("%s of %d", ("/kurs/", 2))


@pytest.mark.django_db
def test_refused_invitation_is_logged_without_its_token(written: io.StringIO, client: Client) -> None:
    client.get(PATH)
    assert "/invitasjon/…" in written.getvalue()
    assert TOKEN not in written.getvalue()


@pytest.mark.parametrize("path", ["/velkommen/nonce:hemmelig/", "/kalender/nonce:hemmelig.ics"])
def test_other_secret_addresses_are_cut_as_well(path: str) -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Not Found: %s", (path,), None)
    assert WithoutTokens().filter(record)
    assert "hemmelig" not in record.getMessage()
    assert path.split("/")[1] in record.getMessage()
