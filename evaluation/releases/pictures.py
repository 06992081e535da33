"""Which pictures a release has, in both languages: drawn from what is told, with words and a table each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as _

from courses.models import Language
from evaluation.releases import drawing, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.releases.drawing import Drawn

Snapshot = dict[str, Any]
Picture = dict[str, Any]
Rows = list[list[str]]


def pictures(snapshot: Snapshot) -> list[Picture]:
    """As rows of ReleasedPicture, with the PNG in hexadecimal."""
    found = []
    for language in Language.values:
        with translation.override(language):
            for makes in (_flow, _changes, _items, _modules, _lights):
                found += [picture | {"language": language} for picture in makes(snapshot, language)]
    return found


def _picture(name: str, title: str, said: str, table: Rows, drawn: Drawn) -> Picture:
    return {
        "name": name,
        "title": title,
        "words": said,
        "table": table,
        "svg": drawn.svg,
        "png": drawn.png.hex(),
    }


def _flow(snapshot: Snapshot, language: str) -> Iterator[Picture]:
    flow = snapshot["flow"]
    if flow["why"]:
        return
    steps = [(_("Spurt"), flow["asked"]), (_("Svarte"), flow["answered"])]
    if "pairs" in flow:
        steps = [
            (_("Svarte før"), flow["before"]),
            (_("Spurt etter"), flow["asked"]),
            (_("Svarte etter"), flow["answered"]),
            (_("Svarte både før og etter"), flow["pairs"]),
        ]
    said = ". ".join(f"{what}: {many}" for what, many in steps) + "."
    table = [[_("Hvem"), _("Antall voksne")], *([what, many] for what, many in steps)]
    yield _picture("flyt", _("Fra spurt til svart"), said, table, drawing.flow(steps))


def _changes(snapshot: Snapshot, language: str) -> Iterator[Picture]:
    """Scales of one range together: a unit means the same along the axis."""
    shown = [row for row in snapshot["scales"] if not row["why"] and "change" in row]
    ranges = sorted({(row["low"], row["high"]) for row in shown})
    for nth, (low, high) in enumerate(ranges):
        rows = [row for row in shown if (row["low"], row["high"]) == (low, high)]
        dots = [
            drawing.Dot(words.scale_title(row, language), row["change"], *(row["interval"] or (None, None)))
            for row in rows
        ]
        ends = {"low": words.number(low, 0), "high": words.number(high, 0)}
        axis = _("Endring på en skala fra %(low)s til %(high)s. Til høyre er bedre.") % ends
        said = " ".join(words.finding(row, language) for row in rows)
        table = [[_("Skala"), _("Før"), _("Etter"), _("Endring"), _("Trolig mellom"), _("Svar")]]
        table += [_change_row(row, language) for row in rows]
        title = _("Endring fra før til etter")
        yield _picture(f"endring-{nth + 1}", title, said, table, drawing.dots(dots, axis))


def _change_row(row: dict[str, Any], language: str) -> list[str]:
    between = "–"
    if row["interval"]:
        between = _("%(low)s og %(high)s") % {
            "low": words.signed(row["interval"][0]),
            "high": words.signed(row["interval"][1]),
        }
    told = [words.number(row["before"]), words.number(row["after"]), words.signed(row["change"])]
    return [words.scale_title(row, language), *told, between, row["n"]]


def _items(snapshot: Snapshot, language: str) -> Iterator[Picture]:
    """Items that share a list of answers, after the course; of some only «de fleste» is told, in words."""
    spread = [
        row
        for row in snapshot["items"]
        if row["kind"] == "agreement" and not row["why"] and row["shares"]["after"]["percent"]
    ]
    lists = []
    for row in spread:
        if row["answers"] not in lists:
            lists.append(row["answers"])
    for nth, answers in enumerate(lists):
        rows = [row for row in spread if row["answers"] == answers]
        labels = [words.in_language(answer, language) for answer in answers]
        texts = [words.in_language(row["text"], language) for row in rows]
        shares = [row["shares"]["after"]["percent"] for row in rows]
        table = [[_("Spørsmål"), *labels]]
        table += [[text, *(f"{share} %" for share in row)] for text, row in zip(texts, shares, strict=True)]
        said = _("Hvordan svarene fordeler seg. Tallene står i tabellen.")
        title = _("Slik svarte de på hvert spørsmål")
        yield _picture(f"svar-{nth + 1}", title, said, table, drawing.diverging(texts, shares, labels))


def _modules(snapshot: Snapshot, language: str) -> Iterator[Picture]:
    rows = [
        row for row in snapshot["modules"] if row["adherence"] is not None or row["attendance"] is not None
    ]
    if not rows:
        return
    labels = [f"{row['number']}. {words.in_language(row['title'], language)}" for row in rows]
    series: dict[str, list[float | None]] = {
        _("Kjerneelementer gjennomført"): [row["adherence"] for row in rows],
        _("Voksne som var med"): [row["attendance"] for row in rows],
    }
    table = [[_("Modul"), *series, _("Familiene sier")]]
    table += [
        [label, words.percent(row["adherence"]), words.percent(row["attendance"]), _verdict(row)]
        for label, row in zip(labels, rows, strict=True)
    ]
    said = " ".join(
        f"{label}: {words.percent(row['adherence'])}, {words.percent(row['attendance'])}."
        for label, row in zip(labels, rows, strict=True)
    )
    title = _("Gjennomføring og oppmøte for hver modul")
    yield _picture("moduler", title, said, table, drawing.bars(labels, series, _("Prosent")))


def _verdict(row: dict[str, Any]) -> str:
    return words.why(row["why"]) if row["why"] else words.number(row["verdict"])


def _lights(snapshot: Snapshot, language: str) -> Iterator[Picture]:
    rows = [(words.measure(row), row["light"], words.criterion(row)) for row in snapshot["criteria"]]
    if not rows:
        return
    said = " ".join(f"{what}: {told}." for what, _light, told in rows)
    table = [[_("Mål"), _("Resultat")], *([what, told] for what, _light, told in rows)]
    yield _picture("trafikklys", _("Målene vi satte på forhånd"), said, table, drawing.lights(rows))
