"""What somebody wrote lies nowhere in clear before the occasion closes, and then in one place."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.browser.serving import ROOT
from tests.privacy.canary import hits, phrases, spellings


def test_canary_phrases_are_found_nowhere_before_close() -> None:
    command = [sys.executable, "-m", "tests.privacy.canary", "--phrases", "20"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    assert found["received"] == 20
    assert found["found before close"] == {}
    assert found["in the answers after close"] == 20
    assert found["outside the answers after close"] == []


def test_the_search_finds_a_phrase_however_it_is_spelt() -> None:
    [phrase] = phrases(1)
    for each in spellings(phrase):
        assert hits([phrase], {"file": b"\0\1" + each + b"..."}) == {"file": 1}
