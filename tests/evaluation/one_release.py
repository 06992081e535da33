"""A process that works one release out of invented people, and prints what it came to, as SHA-256.

python -m tests.evaluation.one_release      (with the environment of a site whose databases are empty)
"""

from __future__ import annotations

import hashlib
import json

import django


def worked_out() -> str:
    """Of 150 people, with omega, the mixed models and the pictures."""
    from evaluation.releases import releasing
    from evaluation.synthetic import fill
    from tests.evaluation.release_rows import PILOT, counted, second_wave

    after = second_wave()
    counted(after)
    fill(after.study.waves.get(code="T0"), after, PILOT, 150, seed=5)
    content = releasing.content_of(after, PILOT)
    assert content["technical"]["scales"][0]["mixed"]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


if __name__ == "__main__":
    django.setup()
    print(worked_out())
