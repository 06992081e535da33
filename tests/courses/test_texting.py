"""A text message goes where the setting says, and nowhere else: least of all into a log."""

from __future__ import annotations

import email
import logging
import stat
from email import policy
from typing import TYPE_CHECKING

import pytest

from courses.outbox.texting import TextNotSentError, send_text

if TYPE_CHECKING:
    from pathlib import Path

SENT: list[tuple[str, str]] = []


def provider(to: str, text: str) -> None:
    SENT.append((to, text))


@pytest.fixture
def folder(settings, tmp_path: Path) -> Path:
    settings.SMS_BACKEND = "file"
    settings.MAILBOX_DIR = tmp_path / "mailbox"
    return settings.MAILBOX_DIR


def test_file_backend_writes_one_file_per_message_that_reads_as_a_mail(folder: Path) -> None:
    send_text("+4740000000", "Koden din er 123456. Æøå.")
    send_text("+4740000001", "Koden din er 654321.")
    first, second = sorted(folder.iterdir())
    message = email.message_from_bytes(first.read_bytes(), policy=policy.default)
    assert message["To"] == "+4740000000"
    assert message.get_content().strip() == "Koden din er 123456. Æøå."
    assert b"654321" in second.read_bytes()


def test_file_is_readable_by_its_owner_alone(folder: Path) -> None:
    send_text("+4740000000", "Koden din er 123456.")
    assert stat.S_IMODE(next(folder.iterdir()).stat().st_mode) == 0o600


def test_nothing_is_logged(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        send_text("+4740000000", "Koden din er 123456.")
    assert not caplog.records


def test_another_backend_is_named_by_its_path(settings) -> None:
    settings.SMS_BACKEND = "tests.courses.test_texting.provider"
    SENT.clear()
    send_text("+4740000000", "Hei.")
    assert SENT == [("+4740000000", "Hei.")]


def test_without_a_backend_it_says_which_setting_is_missing(settings) -> None:
    settings.SMS_BACKEND = ""
    with pytest.raises(TextNotSentError, match="SMS_BACKEND"):
        send_text("+4740000000", "Hei.")
