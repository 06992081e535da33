"""The provider of text messages over HTTP: what it is sent, and what each of its answers means."""

from __future__ import annotations

import json
import logging
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from courses.outbox import texting
from courses.outbox.texting import NumberRefusedError, TextNotSentError, send_text
from tests.on_real_servers import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

GOOD = {"messageId": "Dcshuhod0PMAAAFQ", "resultCode": 1005, "description": "Queued"}


class Provider:
    """A server that keeps what it is sent and answers as it is told."""

    def __init__(self) -> None:
        self.status, self.answer, self.wait = 200, json.dumps(GOOD).encode(), 0.0
        self.location = ""
        self.asked: list[tuple[str, dict[str, str], Any]] = []


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    kept = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            kept.asked.append((self.path, dict(self.headers), body))
            time.sleep(kept.wait)
            self.send_response(kept.status)
            if kept.location:
                self.send_header("Location", kept.location)
            self.send_header("Content-Length", str(len(kept.answer)))
            self.end_headers()
            self.wfile.write(kept.answer)

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.SMS_BACKEND = "link"
    settings.SMS_URL = f"http://127.0.0.1:{server.server_port}"
    settings.SMS_USER, settings.SMS_PASSWORD = "kurs", "hemmelig"
    settings.SMS_PLATFORM_ID, settings.SMS_PARTNER_ID = "COMMON_API", "4711"
    settings.SMS_SENDER = "En god start"
    yield kept
    server.shutdown()
    server.server_close()


def test_one_number_and_one_text_are_sent_with_a_login(provider: Provider) -> None:
    send_text("+4740000000", "Kurskveld 3 er torsdag. Æøå.")
    ((path, headers, body),) = provider.asked
    assert path == "/sms/send"
    assert headers["Authorization"] == "Basic a3VyczpoZW1tZWxpZw=="
    assert headers["Content-Type"] == "application/json"
    assert body == {
        "source": "En god start",
        "sourceTON": "ALPHANUMERIC",
        "destination": "+4740000000",
        "userData": "Kurskveld 3 er torsdag. Æøå.",
        "platformId": "COMMON_API",
        "platformPartnerId": "4711",
        "useDeliveryReport": False,
    }


@pytest.mark.parametrize("status", [400, 404, 422])
def test_number_the_provider_will_not_take_is_refused_for_good(provider: Provider, status: int) -> None:
    provider.status = status
    with pytest.raises(NumberRefusedError):
        send_text("+4740000000", "Hei.")


@pytest.mark.parametrize("status", [401, 403, 408, 429, 500, 503])
def test_what_is_wrong_with_us_or_with_today_is_tried_again(provider: Provider, status: int) -> None:
    provider.status = status
    with pytest.raises(TextNotSentError) as told:
        send_text("+4740000000", "Hei.")
    assert not isinstance(told.value, NumberRefusedError)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"resultCode": 106000}',
        b'{"resultCode": "1005"}',
        b'{"resultCode": [1]}',
        b"\xff",
        b"{}",
    ],
)
def test_answer_that_does_not_say_queued_is_not_sent(provider: Provider, answer: bytes) -> None:
    provider.answer = answer
    with pytest.raises(TextNotSentError):
        send_text("+4740000000", "Hei.")


@pytest.mark.parametrize(
    ("code", "refused"),
    [(2100, True), (2104, True), (2106, True), (2107, False), (2201, False), (3, False), (105, False)],
)
def test_only_a_code_about_the_number_is_for_good(provider: Provider, code: int, refused: bool) -> None:
    provider.answer = json.dumps(GOOD | {"resultCode": code}).encode()
    with pytest.raises(TextNotSentError) as told:
        send_text("+4740000000", "Hei.")
    assert isinstance(told.value, NumberRefusedError) is refused


def test_message_that_is_with_the_operator_already_is_not_sent_again(provider: Provider) -> None:
    provider.answer = json.dumps(GOOD | {"resultCode": 1000}).encode()
    send_text("+4740000000", "Hei.")
    assert len(provider.asked) == 1


def test_number_is_not_sent_on_to_another_address(provider: Provider) -> None:
    provider.status, provider.location = 302, "/elsewhere"
    with pytest.raises(TextNotSentError):
        send_text("+4740000000", "Hei.")
    assert [path for path, _headers, _body in provider.asked] == ["/sms/send"]


def test_provider_that_hangs_is_left(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texting, "TIMEOUT", 0.2)
    provider.wait = 1
    with pytest.raises(TextNotSentError):
        send_text("+4740000000", "Hei.")


def test_provider_that_is_gone_is_told_without_number_or_text(
    provider: Provider, settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SMS_URL = f"http://127.0.0.1:{free_port()}"
    with caplog.at_level(logging.DEBUG), pytest.raises(TextNotSentError) as told:
        send_text("+4740000000", "Hei på deg.")
    assert "40000000" not in f"{told.value}{caplog.text}"
    assert "Hei på deg" not in f"{told.value}{caplog.text}"


@pytest.mark.parametrize("address", ["http://sms.example.no", "ftp://127.0.0.1", "", "sms.example.no"])
def test_nothing_leaves_this_machine_without_encryption(provider: Provider, settings, address: str) -> None:
    settings.SMS_URL = address
    with pytest.raises(TextNotSentError, match="https"):
        send_text("+4740000000", "Hei.")
    assert not provider.asked
