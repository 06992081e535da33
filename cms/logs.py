"""What the logs must not hold: a mailed link to an invitation is as good as a key while it is open."""

from __future__ import annotations

import logging
import re

TOKEN = re.compile(r"(/invitasjon/)[^/\s\"'?]+")


class WithoutTokens(logging.Filter):
    """Cuts the token of an invitation out of every record, whether it came with the words or the values."""

    def filter(self, record: logging.LogRecord) -> bool:
        words = record.getMessage()
        if TOKEN.search(words):
            record.msg, record.args = TOKEN.sub(r"\1…", words), ()
        return True
