"""What the logs must not hold: a mailed link is as good as a key while it is open, and so are
a calendar's and the code of an evening's form."""

from __future__ import annotations

import logging
import re

TOKEN = re.compile(r"(/(?:invitasjon|velkommen|kalender|kveldssvar|k)/(?:\?kode=)?)[^/\s\"'?]+")


class WithoutTokens(logging.Filter):
    """Cuts the token of such a link out of every record, whether it came with the words or the values."""

    def filter(self, record: logging.LogRecord) -> bool:
        words = record.getMessage()
        if TOKEN.search(words):
            record.msg, record.args = TOKEN.sub(r"\1…", words), ()
        return True
