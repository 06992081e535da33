"""The data set as csv, with what its columns mean as CSV on the Web beside it (W3C 2015).

Comma, UTF-8 without a mark, a point for decimals: what R, Python and SPSS read without being told. CSVW
has no labels of values; they are written as schema.org's valueReference, which it lets stand.
"""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from evaluation.releases.exports import codebook
from evaluation.releases.exports.cells import never_a_formula, one_line

if TYPE_CHECKING:
    from pathlib import Path

    from evaluation.instruments.definition import Words
    from evaluation.releases.exports.columns import Column
    from evaluation.releases.exports.dataset import Dataset

AT_ONCE = 20_000  # rows made into words together
DATATYPES = {"word": "string", "whole": "integer", "decimal": "double"}


def write(of: Dataset, folder: Path, _language: str) -> list[Path]:
    data = folder / f"{of.name}.csv"
    with data.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.name for column in of.columns])
        for start in range(0, of.n, AT_ONCE):
            cells = [_cells(column, start, start + AT_ONCE) for column in of.columns]
            writer.writerows(zip(*cells, strict=True))
    described = folder / f"{of.name}.csv-metadata.json"
    described.write_text(json.dumps(metadata(of), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return [data, described]


def _cells(column: Column, start: int, end: int) -> list[str]:
    found = column.cells(start, end)
    return [never_a_formula(cell) for cell in found] if column.kind == "word" else found


def metadata(of: Dataset) -> dict[str, Any]:
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "nb"}],
        "url": f"{of.name}.csv",
        "dc:title": _in_both(codebook.title(of)),
        "dc:description": [each for words in codebook.about(of)[1:] for each in _in_both(words)],
        "schema:size": of.n,
        "dialect": {"encoding": "utf-8", "delimiter": ",", "header": True},
        "tableSchema": {
            "columns": [_column(each) for each in of.columns],
            "primaryKey": "respondent",
        },
    }


def _column(of: Column) -> dict[str, Any]:
    datatype: dict[str, Any] = {"base": DATATYPES[of.kind]}
    if of.kind == "whole":  # a prorated score of items unlike each other may lie outside the scale's ends
        datatype |= {"minimum": of.low, "maximum": of.high}
    told: dict[str, Any] = {
        "name": of.name,
        "titles": of.name,
        "datatype": datatype,
        "null": ["", *(str(code) for code, _why in of.missing)],
        "rdfs:label": _in_both(of.label),
        "schema:measurementTechnique": of.measure,
    }
    if of.kind == "decimal":
        told |= {"schema:minValue": of.low, "schema:maxValue": of.high}
    if of.note.nb:
        told["dc:description"] = _in_both(of.note)
    values = [_value(code, words, "valid") for code, words in of.choices]
    values += [_value(code, words, "missing") for code, words in of.missing]
    return told | ({"schema:valueReference": values} if values else {})


def _value(code: int, words: Words, kind: str) -> dict[str, Any]:
    return {"schema:value": code, "schema:name": _in_both(words), "schema:category": kind}


def _in_both(words: Words) -> list[dict[str, str]]:
    return [
        {"@value": one_line(words.in_language(language)), "@language": language} for language in ("nb", "nn")
    ]
