"""Results of very many: what it costs to work them out, beside only reading and counting the same rows.

    python -m tests.benchmarks.figures --respondents 100000 [--postgres] [--rounds 7]

Twenty scales of three items, before and after, of invented people with missing answers, of whom a fifth do
not answer again; couples, groups, and municipalities of all sizes. *Product* is what a release runs: rows
are read, scored and paired, every statistic is worked out for the region and for each municipality, and
what may be told is told; without what is drawn often or fitted by steps, which is timed apart. *Floor*
reads vectors and pair ids of the same rows in one query a wave, pairs them, and counts each scale before
and after. Both run in turns in one process; the peak of memory is that of a process which ran one of them.
Without ``--postgres`` on files of SQLite.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from evaluation.models import InstrumentVersion, Study, Wave

ROOT = Path(__file__).resolve().parent.parent.parent
SCALES, ITEMS = 20, 3
SITES = (30, 20, 12, 10, 8, 6, 5, 4, 2, 2, 1, 0)  # municipalities by their hundredths of the groups
PHASE, SEED = "pilot", 5


# --- the rows
def questionnaire() -> Any:
    from evaluation.instruments.definition import Scale, Words
    from tests.study_factories import frozen_version, statement

    keys = [f"t{number:02}" for number in range(SCALES * ITEMS)]
    scales = tuple(
        Scale(f"s{nth:02}", Words(f"Skala {nth}"), of, 1, 5, min_answered=2, reversed=of[2:])
        for nth in range(SCALES)
        for of in [tuple(keys[ITEMS * nth : ITEMS * nth + ITEMS])]
    )
    return frozen_version([statement(key) for key in keys], key="mange", scales=scales)


def fill(sizes: list[int]) -> None:
    from courses.models import Municipality
    from tests.study_factories import study

    version, region = questionnaire(), study().region
    sites = Municipality.objects.bulk_create(
        Municipality(name=f"Kommune {nth}", slug=f"k{nth}", region=region) for nth in range(len(SITES))
    )
    places = [site.pk for site, share in zip(sites, SITES, strict=True) for _group in range(share)]
    for respondents in sizes:
        _fill(study(key=f"mange-{respondents}", region=region), version, respondents, places)
    _settle()


def _fill(of: Study, version: InstrumentVersion, respondents: int, places: list[int]) -> None:
    import numpy as np

    from evaluation.synthetic import COUPLES, cohort, put
    from tests.study_factories import wave

    waves = [wave(of, code=code, order=order, versions=[version]) for order, code in enumerate(("T0", "T1"))]
    draw = np.random.default_rng(SEED)
    families = int(respondents / (1 + COUPLES)) + respondents // 100 + 2
    put(waves[0], waves[1], PHASE, cohort(families, draw).first(respondents), draw, places)


def _settle() -> None:
    """As the server's own housekeeping leaves the table some minutes later."""
    from django.db import connections

    with connections["answers"].cursor() as cursor:
        cursor.execute("ANALYZE" if connections["answers"].vendor == "sqlite" else "VACUUM ANALYZE")


# --- both sides
def floor(waves: tuple[Wave, Wave]) -> NDArray[np.int64]:
    """Scale × (sum before, sum after): how many pairs with every item answered."""
    import numpy as np

    (pairs, before), (again, after) = (_read(wave) for wave in waves)
    _same, first, second = np.intersect1d(pairs, again, assume_unique=True, return_indices=True)
    one, two = before[first].T.copy(), after[second].T.copy()  # each item's answers together
    sums, tables = 5 * ITEMS + 1, []
    for nth in range(0, SCALES * ITEMS, ITEMS):
        mine, theirs = one[nth : nth + ITEMS], two[nth : nth + ITEMS]
        whole = (mine > 0).all(axis=0) & (theirs > 0).all(axis=0)
        cells = mine.sum(axis=0, dtype=np.int16) * sums + theirs.sum(axis=0, dtype=np.int16)
        tables.append(np.bincount(cells[whole], minlength=sums * sums))
    return np.stack(tables)


def _read(wave: Wave) -> tuple[NDArray[np.uint64], NDArray[np.int16]]:
    import numpy as np
    from django.db import connections

    from evaluation.answers.veils import unveiled
    from evaluation.models import Response

    connection = connections["answers"]
    where = (wave.study_id, wave.code, PHASE, wave.instruments.get().version_id)
    sql = (
        f"SELECT pair_id, vector FROM {Response._meta.db_table}"  # noqa: S608 - nothing of it is given
        " WHERE study = %s AND wave = %s AND phase = %s AND version = %s"
    )
    if connection.vendor == "postgresql":
        import psycopg

        connection.ensure_connection()
        with psycopg.Cursor(connection.connection) as cursor:
            rows = cursor.execute(sql, where, binary=True).fetchall()
    else:
        with connection.cursor() as cursor:
            rows = cursor.execute(sql, where).fetchall()
    pairs, vectors = zip(*rows, strict=True)
    ids = np.frombuffer(unveiled(b"".join(pairs)), dtype="<u8")[::2]
    return ids, np.frombuffer(b"".join(vectors), dtype="<i2").reshape(len(rows), -1)


def product(waves: tuple[Wave, Wave], *, slow: bool = False) -> Any:
    from evaluation.releases.asked import asked
    from evaluation.releases.scale_rows import ScaleRows
    from evaluation.releases.working_out import scale_tables

    scales = [ScaleRows(waves[1], each, slow=slow) for each in asked(waves[1], PHASE)]
    return scale_tables(waves[1], PHASE, scales)


# --- a process that measures
def waves_of(respondents: int) -> tuple[Wave, Wave]:
    from evaluation.models import Wave

    before, after = Wave.objects.filter(study__key=f"mange-{respondents}").order_by("code")
    return before, after


def _peak() -> float:
    """MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _timed(run: Callable[[Any], Any], waves: Any) -> float:
    start = time.perf_counter()
    run(waves)
    return time.perf_counter() - start


def in_turns(respondents: int, rounds: int) -> dict[str, Any]:
    """The first of each is left out: it reads modules and fills the server's memory."""
    waves = waves_of(respondents)
    pairs = [(_timed(floor, waves), _timed(product, waves)) for _round in range(rounds + 1)][1:]
    ratios = [ours / theirs for theirs, ours in pairs]
    return {
        "floor s": round(statistics.median(theirs for theirs, _ours in pairs), 3),
        "product s": round(statistics.median(ours for _theirs, ours in pairs), 3),
        "ratio": round(statistics.median(ratios), 2),
        "ratios": [round(min(ratios), 2), round(max(ratios), 2)],
    }


def peak_of(respondents: int, side: str) -> dict[str, Any]:
    import numpy  # noqa: F401 - that a process has it is no cost of the answers

    waves, before = waves_of(respondents), _peak()
    {"floor": floor, "product": product}[side](waves)
    return {"MB": round(_peak()), "MB before": round(before)}


def slow(respondents: int) -> dict[str, Any]:
    """The whole once more with omega's bootstrap and the mixed models, in a process of its own."""
    waves = waves_of(respondents)
    return {"slow s": round(_timed(lambda both: product(both, slow=True), waves), 2)}


# --- the whole
@contextlib.contextmanager
def database(folder: Path, *, postgres: bool) -> Iterator[dict[str, str]]:
    """The environment of processes that use an empty, migrated database of their own."""
    from courses.keys import make_key_file
    from tests.browser.serving import environment
    from tests.migrated import lay_out
    from tests.on_real_servers import install_missing, migrate, postgresql, production_settings

    if not postgres:
        lay_out(folder)
        yield environment(folder)
        return
    install_missing()
    folder.chmod(0o711)
    with postgresql(folder) as addresses:
        named = os.environ | addresses | production_settings(folder)
        make_key_file(Path(named["KEY_FILE"]))  # it is under its key that rows are paired
        migrate(named)
        yield named


def _child(surroundings: dict[str, str], *arguments: object) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.figures", "--child", *map(str, arguments)]
    said = subprocess.run(
        command, cwd=ROOT, env=surroundings, check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    return dict(json.loads(said.splitlines()[-1]))


def measure(sizes: list[int], *, postgres: bool, rounds: int = 7) -> Iterator[dict[str, Any]]:
    """For each number of respondents, all in one database."""
    with (
        tempfile.TemporaryDirectory(prefix="egs-figures-") as name,
        database(Path(name), postgres=postgres) as surroundings,
    ):
        _child(surroundings, "fill", *sizes)
        for respondents in sizes:
            found = _child(surroundings, "turns", respondents, rounds)
            for side in ("floor", "product"):
                found[f"{side} MB"] = _child(surroundings, "peak", respondents, side)["MB"]
            found |= _child(surroundings, "slow", respondents)
            yield {"respondents": respondents, "database": "PostgreSQL" if postgres else "SQLite"} | found


def _be_child(what: str, *more: str) -> dict[str, Any]:
    import django

    django.setup()
    if what == "fill":
        return {"filling s": round(_timed(fill, [int(size) for size in more]), 1)}
    people = int(more[0])
    if what == "turns":
        return in_turns(people, int(more[1]))
    return peak_of(people, more[1]) if what == "peak" else slow(people)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--respondents", type=int, nargs="+", default=[100_000])
    parser.add_argument("--postgres", action="store_true", help="a real server, started for this")
    parser.add_argument("--rounds", type=int, default=7, help="of each side, in turns; the median is told")
    given = parser.parse_args()
    for found in measure(given.respondents, postgres=given.postgres, rounds=given.rounds):
        print(json.dumps(found), flush=True)
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        print(json.dumps(_be_child(*sys.argv[2:])))
    else:
        sys.exit(main())
