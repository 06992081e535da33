"""How often our intervals of 95 % hold the truth, over simulated studies with a truth that is known.

    python -m tests.benchmarks.coverage [--studies 2000] [--only d_z,Welch]      (`make coverage`)

Writes evaluation/figures/coverage.json, which the reports' method appendix prints: name → per cent that
covered, the Monte Carlo standard error of it, how many studies, of how many people, and the model they were
drawn from. Most intervals are tried twice: under the model they are made for, and on answers as families
give them, in five steps, from homes and groups. What is drawn often (omega) is tried on a tenth as many.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.figures.statistics.change import change
from evaluation.figures.statistics.clusters import cluster_robust
from evaluation.figures.statistics.proportions import share
from evaluation.figures.statistics.ranks import signed_ranks
from evaluation.figures.statistics.reliability import alpha
from evaluation.synthetic import COUPLES
from tests.benchmarks import simulated as sim

if TYPE_CHECKING:
    from collections.abc import Callable

    from evaluation.figures.statistics.change import Effects
    from evaluation.figures.statistics.ranks import SignedRanks
    from evaluation.figures.statistics.samples import Interval
    from tests.benchmarks.simulated import Families, Study

OUT = Path(__file__).resolve().parents[2] / "evaluation" / "figures" / "coverage.json"
STUDIES, SLOWER = 2_000, 10
NYNORSK = (
    ("familier", "familiar"),
    ("Andeler", "Andelar"),
    ("Blandet", "Blanda"),
    ("hvert hjem én gang", "kvar heim éin gong"),
    ("Klyngerobust", "Klyngjerobust"),
)


@dataclass(frozen=True)
class Tried:
    """``exact``: under the model it is made for, so that 95 ± 1.5 % is what there must be."""

    name: str
    model: str
    n: int
    study: Study
    exact: bool = False
    slow: bool = False


def measured(tried: Tried, studies: int) -> dict[str, Any]:
    """Studies without an interval are left out, and counted in «none»."""
    draw = np.random.default_rng(zlib.crc32(tried.name.encode()))
    wanted = studies // SLOWER if tried.slow else studies
    found = [tried.study(draw) for _study in range(wanted)]
    held = [interval.low <= truth <= interval.high for interval, truth in found if interval is not None]
    covered = sum(held) / len(held)
    return {
        "name_nn": _nynorsk(tried.name),
        "coverage": round(100 * covered, 1),
        "error": round(100 * math.sqrt(covered * (1 - covered) / len(held)), 2),
        "studies": len(held),
        "none": wanted - len(held),
        "n": tried.n,
        "model": tried.model,
        "model_nn": _nynorsk(tried.model),
    }


def _nynorsk(words: str) -> str:
    for one, other in NYNORSK:
        words = words.replace(one, other)
    return words


# --- what is tried
PAIRS = "normalfordelte par, r = 0,5, endring 0,4 SD"
GROUPS = "12 grupper på 10, ICC = 0,1"
FAMILY = "svar 1–5, 72 familier i 12 grupper"
PEOPLE = round(sim.FAMILIES * (1 + COUPLES))  # in the families, about


def own_models() -> list[Tried]:
    return [
        Tried("Endring, t", PAIRS, 30, sim.effect(lambda found: found.interval, 30), exact=True),
        Tried("d_z", PAIRS, 30, sim.effect(lambda found: found.d_z_interval, 30), exact=True),
        Tried("g_z", PAIRS, 30, sim.effect(lambda found: found.g_z_interval, 30)),
        Tried("d_av", PAIRS, 30, sim.effect(lambda found: found.d_av_interval, 30)),
        Tried("Rang-biserial", PAIRS, 30, sim.rank_biserial(30)),
        Tried("Hodges–Lehmann", PAIRS, 30, sim.median(30)),
        Tried("Welch", "normalfordelt, n = 20 og 60, SD 1 og 2", 80, sim.unequal),
        Tried("Spearman", "normalfordelte par, r = 0,3", 40, sim.correlated),
        Tried("Andeler, Wilson, 30 %", "binomisk, p = 0,3", 40, sim.counted(40, 0.3)),
        Tried("Andeler, Wilson, 5 %", "binomisk, p = 0,05", 40, sim.counted(40, 0.05)),
        Tried("Alfa, Feldt", "5 parallelle spørsmål, normalfordelt", 50, sim.parallel, exact=True),
        Tried("ω, bootstrap", "5 spørsmål, normalfordelt", 100, sim.congeneric, slow=True),
        Tried("ICC(1)", GROUPS, 120, sim.alike_in_groups),
        Tried("Klyngerobust, CR1", GROUPS, 120, sim.robust),
        Tried("Blandet modell", GROUPS, 120, sim.fitted),
    ]


def effects(which: Callable[[Effects], Interval | None]) -> Callable[[Families], Interval | None]:
    def found(drawn: Families) -> Interval | None:
        told = change(drawn.pairs).effects
        return which(told) if told else None

    return found


def ranks(which: Callable[[SignedRanks], Interval | None]) -> Callable[[Families], Interval | None]:
    def found(drawn: Families) -> Interval | None:
        told = signed_ranks(drawn.pairs.differences())
        return which(told) if told else None

    return found


def feldt(drawn: Families) -> Interval | None:
    told = alpha(drawn.before.astype(float))
    return told.interval if told else None


def robust(drawn: Families) -> Interval | None:
    told = cluster_robust(drawn.changes, drawn.groups)
    return told.interval if told else None


def homes(drawn: Families) -> Interval | None:
    told = change(drawn.of_homes).effects
    return told.interval if told else None


def lowest(drawn: Families) -> Interval | None:
    return share(int((drawn.before[:, 0] == 1).sum()), len(drawn.before)).interval


def on_families() -> list[Tried]:
    """As the answers really are."""
    tried = {
        "Endring, t": sim.of_families(effects(lambda found: found.interval), lambda true: true.mean),
        "Endring, t, hvert hjem én gang": sim.of_families(homes, lambda true: true.of_homes),
        "Klyngerobust, CR1": sim.of_families(robust, lambda true: true.mean),
        "d_z": sim.of_families(effects(lambda found: found.d_z_interval), lambda true: true.effects.d_z),
        "g_z": sim.of_families(effects(lambda found: found.g_z_interval), lambda true: true.effects.d_z),
        "d_av": sim.of_families(effects(lambda found: found.d_av_interval), lambda true: true.effects.d_av),
        "Rang-biserial": sim.of_families(
            ranks(lambda found: found.rank_biserial_interval), lambda true: true.rank_biserial
        ),
        "Hodges–Lehmann": sim.of_families(
            ranks(lambda found: found.median_interval), lambda true: true.median
        ),
        "Alfa, Feldt": sim.of_families(feldt, lambda true: true.alpha),
        "Andeler, Wilson": sim.of_families(lowest, lambda true: true.lowest),
    }
    return [Tried(f"{name}, familier", FAMILY, PEOPLE, study) for name, study in tried.items()]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--studies", type=int, default=STUDIES)
    parser.add_argument("--only", default="", help="names with any of these, by commas; the others are kept")
    given = parser.parse_args()
    known = json.loads(OUT.read_text("utf-8")) if OUT.exists() else {}
    tried = [*own_models(), *on_families()]
    for each in tried:
        if not given.only or any(name in each.name for name in given.only.split(",")):
            known[each.name] = measured(each, given.studies)
            print(each.name, known[each.name], flush=True)
    kept = {each.name: known[each.name] for each in tried if each.name in known}
    OUT.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
