"""A real mail server on loopback, which can be slow, refuse, hang up, or offer no encryption."""

from __future__ import annotations

import asyncio
import email
import threading
from dataclasses import dataclass, field
from email import policy
from typing import TYPE_CHECKING

import pytest
from aiosmtpd.controller import Controller

from tests.on_real_servers import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage


@dataclass
class Sink:
    """What has arrived, and how the server behaves."""

    wait: float = 0  # seconds before it answers for a mail
    answer: str = ""  # instead of «250 OK» to DATA
    recipient_answers: dict[str, str] = field(default_factory=dict)
    hang_up: bool = False  # closes the line when the mail has been taken, before it says so
    mails: list[tuple[list[str], bytes]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if address in self.recipient_answers:
            return self.recipient_answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        if self.wait:
            await asyncio.sleep(self.wait)
        if self.answer:
            return self.answer
        with self.lock:
            self.mails.append((list(envelope.rcpt_tos), envelope.original_content))
        if self.hang_up:
            server.transport.abort()
        return "250 OK"

    @property
    def messages(self) -> list[EmailMessage]:
        return [email.message_from_bytes(mail, policy=policy.default) for _to, mail in self.mails]

    @property
    def recipients(self) -> list[str]:
        return [address for to, _mail in self.mails for address in to]


@pytest.fixture
def sink(settings) -> Iterator[Sink]:
    """Mail goes there, without encryption."""
    handler = Sink()
    with listening(handler) as port:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 2
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield handler


class listening:
    """The server while the block runs; gives its port."""

    def __init__(self, handler: Sink, port: int | None = None) -> None:
        self.port = port or free_port()
        self.controller = Controller(handler, hostname="127.0.0.1", port=self.port)

    def __enter__(self) -> int:
        self.controller.start()
        return self.port

    def __exit__(self, *_: object) -> None:
        self.controller.stop()
