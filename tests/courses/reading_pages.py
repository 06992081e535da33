"""The first module, its first part, and a page as it is read."""

from __future__ import annotations

from typing import Any

MODULE = "/kurs/en-god-start/modul-1/"
PART = f"{MODULE}del-1/"


def shown(page: Any) -> str:
    return str(page.content.decode())
