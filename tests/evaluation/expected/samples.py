"""Writes samples.json: invented answers with ties, no change, few people, turned items and many people.

python tests/evaluation/expected/samples.py
"""

import json
from pathlib import Path

import numpy as np

UNEQUAL = np.repeat(np.arange(14), [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 5, 4, 4])  # 90 people
HERE = Path(__file__).parent


def paired(draw: np.random.Generator, n: int, decimals: int, moved: float) -> dict[str, list[float]]:
    before = np.round(np.clip(draw.normal(3.2, 0.7, n), 1, 5), decimals)
    after = np.round(np.clip(before + draw.normal(moved, 0.5, n), 1, 5), decimals)
    return {"before": before.tolist(), "after": after.tolist()}


def scale(draw: np.random.Generator, n: int, k: int, noise: float) -> list[list[int]]:
    level = draw.normal(0, 1, (n, 1)) * np.linspace(0.7, 1.2, k)
    answers = np.clip(np.round(3 + level + draw.normal(0, noise, (n, k))), 1, 5)
    return answers.astype(int).tolist()


def independent(draw: np.random.Generator) -> dict[str, dict[str, list[float]]]:
    return {
        "even": {
            "first": draw.normal(3, 0.5, 30).round(2).tolist(),
            "second": draw.normal(3.3, 0.5, 28).round(2).tolist(),
        },
        "uneven": {
            "first": draw.normal(3, 0.2, 9).round(2).tolist(),
            "second": draw.normal(3.1, 1.1, 50).round(2).tolist(),
        },
    }


def clusters(draw: np.random.Generator) -> dict[str, dict[str, list[float]]]:
    return {
        "uneven": {
            "values": draw.normal(0, 1, 57).round(3).tolist(),
            "groups": draw.integers(0, 11, 57).tolist(),
        },
        "apart": {
            "values": (draw.normal(0, 0.5, 60) + np.repeat(draw.normal(0, 1, 12), 5)).round(3).tolist(),
            "groups": np.repeat(np.arange(12), 5).tolist(),
        },
        "unequal": {
            "values": (draw.normal(0, 1, 90) + 0.7 * draw.normal(0, 1, 14)[UNEQUAL]).round(3).tolist(),
            "groups": UNEQUAL.tolist(),
        },
    }


def untied(draw: np.random.Generator, n: int) -> dict[str, list[float]]:
    """Changes of which no two are of one size, and none is nought."""
    before = draw.integers(150, 450, n) / 100
    moved = draw.permutation(np.arange(1, n + 1)) * np.where(draw.random(n) < 0.65, 1, -1) / 50
    return {"before": before.tolist(), "after": np.round(before + moved, 2).tolist()}


def with_holes(draw: np.random.Generator, n: int) -> list[list[int | None]]:
    """Four items, the second and the fourth asked the other way round, and a tenth of them not answered."""
    answers = np.array(scale(draw, n, 4, 0.8))
    answers[:, [1, 3]] = 6 - answers[:, [1, 3]]
    gone = draw.random((n, 4)) < 0.1
    return [
        [None if is_gone else answer for answer, is_gone in zip(*row, strict=True)]
        for row in zip(answers.tolist(), gone.tolist(), strict=True)
    ]


def main() -> None:
    draw, later = np.random.default_rng(20261101), np.random.default_rng(20261123)
    samples = {
        "paired": {
            "six": paired(draw, 6, 2, 0.4),
            "twelve": paired(draw, 12, 1, 0.3),
            "ties": paired(draw, 40, 0, 0.2),
            "worse": paired(draw, 25, 1, -0.5),
            "nothing": paired(draw, 60, 1, 0.0),
            "many": paired(draw, 400, 2, 0.15),
            "untied": untied(later, 30),
        },
        "scales": {
            "three": scale(draw, 60, 3, 0.8),
            "twelve": scale(draw, 90, 12, 0.9),
            "two": scale(draw, 40, 2, 0.7),
            "loose": scale(draw, 75, 5, 2.0),
            "few": scale(draw, 8, 4, 0.9),
        },
        "shares": {"some": [9, 12], "none": [0, 20], "all": [15, 15], "many": [412, 997]},
        "independent": independent(draw),
        "ranks": {
            "bands": {
                "first": draw.integers(0, 3, 40).tolist(),
                "second": draw.normal(0.2, 0.5, 40).round(1).tolist(),
            },
        },
        "clusters": clusters(draw),
        "holes": {"some": with_holes(later, 80)},
    }
    (HERE / "samples.json").write_text(json.dumps(samples), encoding="utf-8")


if __name__ == "__main__":
    main()
