"""Which addresses a server would listen at, by its command line, and which of them are this machine's."""

from __future__ import annotations

import pytest

from cms.demo_mode import bound_addresses, is_loopback


@pytest.mark.parametrize(
    ("words", "extra"),
    [
        ("gunicorn cms.wsgi --bind 0.0.0.0:8000", ""),
        ("gunicorn cms.wsgi --bind=[::]:8000", ""),
        ("gunicorn cms.wsgi -b0.0.0.0:8000", ""),
        ("gunicorn cms.wsgi -b :8000", ""),
        ("gunicorn cms.wsgi --bin 10.0.0.5:8000", ""),
        ("gunicorn cms.wsgi -b 127.0.0.1:8000 -b 0.0.0.0:8001", ""),
        ("gunicorn cms.wsgi", "--bind 0.0.0.0:8000"),
        ("/x/gunicorn/__main__.py cms.wsgi", "-b 0.0.0.0:8000 --workers 2"),
        ("gunicorn cms.wsgi", ""),  # every address, as soon as PORT is set
        ("manage.py runserver 0.0.0.0:8000", ""),
        ("manage.py runserver --noreload 0:8000", ""),
    ],
)
def test_address_beyond_this_machine_is_seen(words: str, extra: str) -> None:
    assert not all(is_loopback(host) for host in bound_addresses(words.split(), extra))


@pytest.mark.parametrize(
    ("words", "extra"),
    [
        ("gunicorn cms.wsgi --bind 127.0.0.1:8000 --workers 2 --no-control-socket", ""),
        ("gunicorn cms.wsgi --bind localhost:8000", "--bind 0.0.0.0:8000"),  # the command line wins
        ("gunicorn cms.wsgi", "--bind [::1]:8000"),
        ("gunicorn cms.wsgi --bind unix:/run/kurs.sock", ""),
        ("manage.py runserver 127.0.0.1:8000", ""),
        ("manage.py runserver 8000", ""),
        ("manage.py migrate", "--bind 0.0.0.0:8000"),
    ],
)
def test_address_on_this_machine_is_allowed(words: str, extra: str) -> None:
    assert all(is_loopback(host) for host in bound_addresses(words.split(), extra))
