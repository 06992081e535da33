"""Why there is no file, in a sentence that says what to do."""

from __future__ import annotations


class NotExportedError(Exception):
    """Nothing has been written; the message says why, in Norwegian."""
