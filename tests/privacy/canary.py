"""Phrases that nobody else writes are sent through the real site; then every byte it has left is searched.

    python -m tests.privacy.canary --phrases 20          (`make attack`)

Searched, after they were sent and before the occasion closes: databases with journals (on PostgreSQL heap
and WAL), the log, mail, media, and temporary files made meanwhile. As they are, in capitals, as UTF-16,
base64, hexadecimal and percent code. After it closes they may stand in the answers database alone.
Prints JSON.
"""

from __future__ import annotations

import argparse
import base64
import json
import secrets
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from tests import houses
from tests.browser.serving import serving_in
from tests.chaos.submits import post, scene
from tests.privacy import stores

WORDS = ("kanarifugl", "fjelltopp", "sølvskje", "lyngheia", "båtnaust", "ullsokker")


def phrases(many: int) -> list[str]:
    """Without figures: what looks like a telephone number is taken out of texts, as it should be."""
    chance = secrets.SystemRandom()
    return [
        f"{' '.join(chance.sample(WORDS, 3))} {''.join(chance.choices('bcdfghjklm', k=10))}"
        for _ in range(many)
    ]


def spellings(phrase: str) -> set[bytes]:
    plain = phrase.encode()
    codes = {quote(phrase).encode(), quote_plus(phrase).encode(), plain.hex().encode()}
    shifted = {base64.b64encode(b"x" * shift + plain)[4:-4] for shift in range(3)}
    in_words = {json.dumps(phrase)[1:-1].encode(), phrase.upper().encode()}
    return {plain, phrase.encode("utf-16-le"), *codes, *shifted, *in_words}


def everything(folder: Path, since: float) -> dict[str, bytes]:
    """All that the site has written anywhere: its folder and log, the databases, and what lies in /tmp."""
    found = stores.files_now(folder)
    for path in folder.parent.rglob("*"):
        if path.is_file():
            found[str(path.relative_to(folder.parent))] = path.read_bytes()
    for path in Path(tempfile.gettempdir()).iterdir():
        if path.is_file() and path.stat().st_mtime >= since:
            found[f"tmp/{path.name}"] = path.read_bytes()
    return found


def hits(secret: list[str], found: dict[str, bytes]) -> dict[str, int]:
    """By file: how many of the phrases lie there, in any spelling."""
    counts = {
        name: sum(any(each in content for each in spellings(phrase)) for phrase in secret)
        for name, content in found.items()
    }
    return {name: count for name, count in counts.items() if count}


def flown(many: int) -> dict[str, Any]:
    secret, since = phrases(many), time.time()
    with houses.enter() as (folder, more):
        play = scene(many)
        with serving_in(folder, workers=2, **more) as site:
            for person, phrase in zip(play.people, secret, strict=True):
                field = person.body.split("=")[0].removesuffix("nr")
                person.body += f"&{quote_plus(field)}ord={quote_plus(phrase)}"
                person.told.append(post(site, play.path, person))
            before = everything(folder, since)
        from evaluation.answers import closing
        from evaluation.models import TextAnswer

        closing.close(play.occasion)
        after = everything(folder, since)
        texts = set(TextAnswer.objects.values_list("text", flat=True))
    outside = {name for name in hits(secret, after) if "answers" not in name and not name.startswith("wal/")}
    return {
        "phrases": many,
        "received": sum(person.told == ["received"] for person in play.people),
        "files searched": len(before),
        "bytes searched": sum(map(len, before.values())),
        "found before close": hits(secret, before),
        "in the answers after close": len(texts & set(secret)),
        "outside the answers after close": sorted(outside),
    }


def is_clean(found: dict[str, Any]) -> bool:
    whole = found["phrases"] == found["received"] == found["in the answers after close"]
    return whole and not found["found before close"] and not found["outside the answers after close"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--phrases", type=int, default=20)
    found = flown(parser.parse_args().phrases)
    clean = is_clean(found)
    print(json.dumps({"clean": clean} | found, ensure_ascii=False, indent=1))
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
