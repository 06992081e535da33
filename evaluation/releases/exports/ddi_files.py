"""The codebook as DDI Codebook 2.5, for an archive: what was asked, what each code means, and how many.

Elements stand in the order the schema wants. Without frequencies: the data have those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from evaluation.instruments.definition import Words
from evaluation.releases.exports import codebook
from evaluation.releases.exports.cells import one_line

if TYPE_CHECKING:
    from pathlib import Path

    from evaluation.releases.exports.columns import Column
    from evaluation.releases.exports.dataset import Dataset

NAMESPACE = "ddi:codebook:2_5"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
SCHEMA = "http://www.ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd"
NATURES = {"nominal": "nominal", "ordinal": "ordinal", "scale": "interval"}


def write(of: Dataset, folder: Path, _language: str) -> list[Path]:
    path = folder / f"{of.name}.xml"
    tree = ET.ElementTree(codebook_of(of))
    ET.indent(tree, " ")
    tree.write(path, encoding="utf-8", xml_declaration=True)
    return [path]


def codebook_of(of: Dataset) -> ET.Element:
    schema = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
    root = ET.Element(
        "codeBook", {"xmlns": NAMESPACE, "version": "2.5", LANGUAGE: "nb", schema: f"{NAMESPACE} {SCHEMA}"}
    )
    _citation(ET.SubElement(root, "docDscr"), of)
    _study(ET.SubElement(root, "stdyDscr"), of)
    file = ET.SubElement(ET.SubElement(root, "fileDscr", ID="F1"), "fileTxt")
    ET.SubElement(file, "fileName").text = f"{of.name}.csv"
    dimensions = ET.SubElement(file, "dimensns")
    ET.SubElement(dimensions, "caseQnty").text = str(of.n)
    ET.SubElement(dimensions, "varQnty").text = str(len(of.columns))
    data = ET.SubElement(root, "dataDscr")
    for nth, column in enumerate(of.columns, start=1):
        _variable(data, column, nth)
    return root


def _citation(parent: ET.Element, of: Dataset) -> None:
    citation, words = ET.SubElement(parent, "citation"), codebook.title(of)
    title = ET.SubElement(citation, "titlStmt")
    ET.SubElement(title, "titl", {LANGUAGE: "nb"}).text = one_line(words.nb)
    ET.SubElement(title, "parTitl", {LANGUAGE: "nn"}).text = one_line(words.nn)
    ET.SubElement(title, "IDNo").text = of.name
    responsible = ET.SubElement(citation, "rspStmt")
    ET.SubElement(responsible, "AuthEnty").text = one_line(of.release.study.controller)
    made = of.release.made_on.isoformat()
    ET.SubElement(ET.SubElement(citation, "prodStmt"), "prodDate", date=made).text = made


def _study(parent: ET.Element, of: Dataset) -> None:
    _citation(parent, of)
    study = of.release.study
    information = ET.SubElement(parent, "stdyInfo")
    _in_both(information, "abstract", Words(study.purpose_nb, study.purpose_nn))
    for words in codebook.about(of)[1:]:
        _in_both(information, "abstract", words)
    use = ET.SubElement(ET.SubElement(parent, "dataAccs"), "useStmt")
    ET.SubElement(use, "conditions").text = one_line(codebook.CONDITIONS.nb)


def _variable(parent: ET.Element, column: Column, nth: int) -> None:
    is_decimal = column.kind == "decimal"
    variable = ET.SubElement(
        parent,
        "var",
        ID=f"V{nth}",
        name=column.name,
        files="F1",
        intrvl="contin" if is_decimal else "discrete",
        nature=NATURES[column.measure],
    )
    _in_both(variable, "labl", column.label)
    if column.low is not None and column.high is not None:
        valid = ET.SubElement(variable, "valrng")
        ET.SubElement(valid, "range", UNITS="REAL", min=f"{column.low:.15g}", max=f"{column.high:.15g}")
    if column.missing:
        invalid = ET.SubElement(variable, "invalrng")
        for code, _why in column.missing:
            ET.SubElement(invalid, "item", VALUE=str(code))
    if column.note.nb:
        _in_both(variable, "txt", column.note)
    for code, words in column.choices:
        _category(variable, code, words, "N")
    for code, words in column.missing:
        _category(variable, code, words, "Y")
    ET.SubElement(variable, "varFormat", type="character" if column.kind == "word" else "numeric")


def _category(variable: ET.Element, code: int, words: Words, missing: str) -> None:
    category = ET.SubElement(variable, "catgry", missing=missing)
    ET.SubElement(category, "catValu").text = str(code)
    _in_both(category, "labl", words)


def _in_both(parent: ET.Element, name: str, words: Words) -> None:
    for language in ("nb", "nn"):
        ET.SubElement(parent, name, {LANGUAGE: language}).text = one_line(words.in_language(language))
