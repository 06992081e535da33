"""An R script beside the data: it works the release's main table out again, from the answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.releases.exports import codebook
from evaluation.releases.exports.cells import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evaluation.instruments.definition import Item
    from evaluation.releases.exports.dataset import Dataset, MainRow

SAME_FOR_ALL = Path(__file__).with_name("main_table.R")
NUMBERS = ("n", "before", "after", "change", "low", "high", "d_z")


def write(of: Dataset, folder: Path, data: str) -> list[Path]:
    """``data`` is the file that it reads unless it is told of another. Nothing without a scale."""
    if not of.main_table:
        return []
    path = folder / f"{of.name}.R"
    path.write_text(script(of, data), encoding="utf-8")
    return [path]


def script(of: Dataset, data: str) -> str:
    released = [main_numbers(of, row) for row in of.main_table]
    columns = [f"  {name} = {_numbers(row[name] for row in released)}" for name in NUMBERS]
    lines = [
        f"# {one_line(codebook.title(of).nb)}",
        f"# Offentliggjøring {of.release.pk}. Regner ut hovedtabellen på nytt av dataene, og sammenligner.",
        f"# Rscript {of.name}.R [FIL.csv eller FIL.sav]; sav leses av pakken haven.",
        f"file <- {_word(data)}",
        f"no_answer <- {_words(str(code) for code, _why in of.codes.all)}",
        "scales <- list(",
        ",\n".join(_scale(row) for row in of.main_table),
        ")",
        "# slik det ble offentliggjort",
        "released <- data.frame(",
        ",\n".join(columns),
        ")",
    ]
    return "\n".join(lines) + "\n" + SAME_FOR_ALL.read_text(encoding="utf-8")


def main_numbers(of: Dataset, row: MainRow) -> dict[str, float | None]:
    """What the release's technical snapshot has of one line of the main table."""
    asked = (row.definition.key, row.definition.version, row.scale.key)
    told = next(
        each
        for each in of.release.technical["scales"]
        if (each["instrument"], each["version"], each["scale"]) == asked
    )
    if "change" not in told:
        return dict.fromkeys(NUMBERS) | {"n": told["population"]["adults"], "after": told["mean"]}
    change = told["change"]
    effects = change["effects"] or {"interval": {"low": None, "high": None}, "d_z": None}
    numbers = (change["n"], change["mean_before"], change["mean_after"], change["mean"])
    ends = (effects["interval"]["low"], effects["interval"]["high"])
    return dict(zip(NUMBERS, (*numbers, *ends, effects["d_z"]), strict=True))


def _scale(row: MainRow) -> str:
    scale, items = row.scale, [item for item, _names in row.items]
    times = scale.multiply * (len(scale.items) if scale.method == "sum" else 1)
    waves = [_words(names[nth] for _item, names in row.items) for nth in range(len(row.scores))]
    told = {
        "name": _word(scale.key),
        "scores": _words(row.scores),
        "sign": "-1" if scale.better == "low" else "1",
        "times": repr(times),
        "min_answered": str(scale.min_answered),
        "items": f"list({', '.join(waves)})" if items else "list()",
        "least": _numbers(_ends(item)[0] for item in items),
        "most": _numbers(_ends(item)[1] for item in items),
        "turned": _vector("TRUE" if item.key in scale.reversed else "FALSE" for item in items),
    }
    return "  list(" + ",\n       ".join(f"{name} = {value}" for name, value in told.items()) + ")"


def _ends(item: Item) -> tuple[int, int]:
    return (item.low, item.high) if item.kind == "number" else (min(item.codes), max(item.codes))


def _numbers(values: Iterable[float | None]) -> str:
    return _vector("NA" if value is None else repr(value) for value in values)


def _words(values: Iterable[str]) -> str:
    return _vector(_word(value) for value in values)


def _vector(written: Iterable[str]) -> str:
    return f"c({', '.join(written)})"


def _word(value: str) -> str:
    """In quotes, whatever a key may hold."""
    escaped = one_line(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
