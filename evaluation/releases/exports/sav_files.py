"""The data set as SPSS reads it: labels, values that say «no answer», and the measure of every column.

The one place that knows pandas: pyreadstat takes its columns in no other shape.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyreadstat

from evaluation.releases.exports import codebook
from evaluation.releases.exports.cells import shortened, wrapped
from evaluation.releases.exports.columns import EMPTY

if TYPE_CHECKING:
    from pathlib import Path

    from evaluation.releases.exports.columns import Column
    from evaluation.releases.exports.dataset import Dataset

FILE_LABEL, LABEL, VALUE_LABEL, NOTE = 64, 255, 120, 80  # bytes that SPSS keeps of each
FORMATS = {"whole": "F8.0", "decimal": "F8.4"}  # as shown: every decimal is kept


def write(of: Dataset, folder: Path, language: str) -> list[Path]:
    path = folder / f"{of.name}.sav"
    about = codebook.about(of)
    numbers = [column for column in of.columns if column.kind != "word"]
    pyreadstat.write_sav(
        pd.DataFrame({column.name: _values(column) for column in of.columns}, copy=False),
        path,
        file_label=shortened(codebook.title(of).in_language(language), FILE_LABEL),
        column_labels={each.name: _label(each, language) for each in of.columns},
        note=[line for words in about for line in wrapped(words.in_language(language), NOTE)],
        row_compress=True,
        variable_value_labels={each.name: _value_labels(each, language) for each in numbers},
        missing_ranges={each.name: [code for code, _ in each.missing] for each in numbers if each.missing},
        variable_measure={each.name: each.measure for each in of.columns},
        variable_format={each.name: FORMATS[each.kind] for each in numbers},
    )
    return [path]


def _values(column: Column) -> Any:
    if isinstance(column.values, list):
        return column.values
    values = column.values.astype(np.float64)
    values[values == EMPTY] = np.nan
    return values


def _label(column: Column, language: str) -> str:
    return shortened(f"{column.label.in_language(language)} {column.note.in_language(language)}", LABEL)


def _value_labels(column: Column, language: str) -> dict[float, str]:
    return {
        float(code): shortened(words.in_language(language), VALUE_LABEL)
        for code, words in (*column.choices, *column.missing)
    }
