"""Which pictures a release has, in both languages: drawn from what is told, with words and a table each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as _

from courses.models import Language
from evaluation.releases import (
    drawing,
    words,
    words_of_dose,
    words_of_lights,
    words_of_modules,
    words_of_programme,
    words_of_reasons,
    words_of_spread,
)
from evaluation.releases import words_of_numbers as numbers
from evaluation.releases.pictures_of_items import back, items, picture

if TYPE_CHECKING:
    from collections.abc import Iterator

Snapshot = dict[str, Any]
Row = dict[str, Any]
Picture = dict[str, Any]
Rows = list[list[str]]
NOT_BROKEN = "\u00a0"  # a space in a cell that is one line: a report has 6 to 8 pages


def pictures(snapshot: Snapshot) -> list[Picture]:
    """As rows of ReleasedPicture, with the PNG in hexadecimal."""
    found = []
    for language in Language.values:
        with translation.override(language):
            for makes in (_flow, _answered, _lights, _changes, _scales, items, back, _dose, _modules):
                found += [each | {"language": language} for each in makes(snapshot, language)]
    return found


# --- people
def _flow(snapshot: Snapshot, language: str) -> Iterator[Picture]:
    lines = words_of_programme.steps(snapshot["flow"], language)
    if not lines or snapshot["flow"]["why"] == "few":
        return
    said = ". ".join(", ".join(line) for line in lines).replace("\n", " ") + "."
    title = _("Fra spurt til svart")
    yield picture("flyt", title, said, _flow_table(snapshot["flow"], language), drawing.flow(title, lines))


def _flow_table(flow: Row, language: str) -> Rows:
    table = [[_("Måling"), _("Spurt"), _("Svarte"), _("Andel")]]
    for row in flow.get("waves", []):
        share = numbers.percent(row.get("percent"))
        told = [row.get("asked", "–"), row.get("answered", "–"), share]
        table.append([words.in_language(row, language), *told])
    if "pairs" in flow:
        table.append([_("Både før og etter"), "–", flow["pairs"], numbers.percent(flow.get("kept_percent"))])
    return table


def _answered(snapshot: Snapshot, language: str) -> Iterator[Picture]:
    rows = [row for row in snapshot["flow"].get("waves", []) if row.get("percent") is not None]
    if len(rows) < 2:  # one share is a sentence
        return
    labels = [words.in_language(row, language) for row in rows]
    shares = [row["percent"] for row in rows]
    table = [[_("Måling"), _("Svarte, av dem som ble spurt")]]
    table += [[label, numbers.percent(share)] for label, share in zip(labels, shares, strict=True)]
    said = " ".join(f"{label}: {share}." for label, share in table[1:])
    title = _("Hvor mange som svarte")
    yield picture("svarandel", title, said, table, drawing.bars(title, labels, {table[0][1]: shares}))


def _lights(snapshot: Snapshot, language: str) -> Iterator[Picture]:
    rows = [
        (words_of_lights.measure(row, language), row["light"], words_of_lights.criterion(row))
        for row in snapshot["criteria"]
    ]
    if not rows:
        return
    said = " ".join(f"{what}: {told}." for what, _light, told in rows)
    table = [[_("Mål"), _("Resultat")], *([what, told] for what, _light, told in rows)]
    title = _("Målene vi satte på forhånd")
    yield picture("trafikklys", title, said, table, drawing.lights(title, rows))


# --- scales
def _changes(snapshot: Snapshot, language: str) -> Iterator[Picture]:
    """Scales of one range together, apart where neither end is better: the axis means the same for all."""
    shown = [row for row in words.in_order(snapshot) if not row["why"] and "change" in row]
    for nth, rows in enumerate(_of_one_axis(shown), 1):
        dots = [
            drawing.Dot(words.scale_title(row, language), row["change"], *(row["interval"] or (None, None)))
            for row in rows
        ]
        axis = f"{_('Endring')} {words.of_range(rows[0] | {'better': 'neither'})}. {numbers.right(rows[0])}"
        said = " ".join(words.finding(row, language) for row in rows)
        title = _("Endring fra før til etter")
        drawn = drawing.dots(title, dots, axis)
        yield picture(f"endring-{nth}", title, said, change_table(rows, language), drawn)


def _of_one_axis(rows: list[Row]) -> list[list[Row]]:
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault((row["low"], row["high"], numbers.has_a_better_end(row)), []).append(row)
    return list(found.values())


def change_table(rows: list[Row], language: str) -> Rows:
    """Scales as rows of a table, the first the headings."""
    table = [[_("Skala"), _("Før"), _("Etter"), _("Endring"), _("Trolig mellom"), _("Svar")]]
    for row in rows:
        told = [
            numbers.number(row.get("before")),
            numbers.number(row.get("after")),
            numbers.moved(row["change"], row).replace(" ", NOT_BROKEN),
        ]
        table.append(
            [words.scale_title(row, language), *told, numbers.between(row["interval"], row), row["n"]]
        )
    return table


def _scales(snapshot: Snapshot, language: str) -> Iterator[Picture]:
    """Of each scale: before and after on its own range, and how many changed more than chance."""
    for row in snapshot["scales"]:
        title = words.scale_title(row, language)
        if not row["why"] and row.get("before") is not None:
            step = drawing.Step(title, row["before"], row["after"], row["low"], row["high"])
            drawn = drawing.steps(title, [step], _("Før"), _("Etter"))
            said, table = words.finding(row, language), change_table([row], language)
            yield picture(
                f"skala-{words.slug(row)}",
                _("%(scale)s: før og etter") % {"scale": title},
                said,
                table,
                drawn,
            )
        spread = row.get("spread")
        if spread and not spread["why"]:
            yield _spread(row, spread, title)


def _spread(row: Row, spread: Row, scale: str) -> Picture:
    up, down = (_("Bedre"), _("Dårligere")) if numbers.has_a_better_end(row) else (_("Høyere"), _("Lavere"))
    labels = [up, _("Omtrent likt"), down]
    told = [words_of_spread.amount(spread[name]) for name in ("better", "same", "worse")]
    table = [[_("Etter kurset"), _("Hvor mange")]]
    table += [[label, word] for label, (_many, word) in zip(labels, told, strict=True)]
    said = " ".join(f"{label}: {word}." for label, (_many, word) in zip(labels, told, strict=True))
    told_limit = {"up": up, "down": down.lower(), "limit": numbers.number(spread["limit"])}
    said += " " + _("%(up)s og %(down)s betyr en endring på mer enn %(limit)s.") % told_limit
    title = _("%(scale)s: hvor mange som endret seg tydelig") % {"scale": scale}
    return picture(f"spredning-{words.slug(row)}", title, said, table, drawing.amounts(title, labels, told))


# --- the programme
def _dose(snapshot: Snapshot, language: str) -> Iterator[Picture]:
    for row in snapshot.get("dose", []):
        bands = [] if row["why"] else [band for band in row["bands"] if not band["why"]]
        if not bands:
            continue
        dots = [drawing.Dot(words.in_language(band["label"], language), band["change"]) for band in bands]
        table = [[_("Kvelder, etter eget utsagn"), _("Endring"), _("Svar")]]
        for band in row["bands"]:
            change = words_of_reasons.why(band["why"]) if band["why"] else numbers.moved(band["change"], row)
            table.append([words.in_language(band["label"], language), change, band.get("n", "–")])
        title = _("Endring etter hvor mange kvelder de sier de var med på")
        axis = _("%(scale)s: endring.") % {"scale": words.scale_title(row, language)}
        said = " ".join([words_of_dose.dose(row), *(_of_bar(label, told) for label, told, _n in table[1:])])
        yield picture(
            "kvelder", title, said, table, drawing.dots(title, dots, f"{axis} {numbers.right(row)}")
        )


def _of_bar(label: str, told: str) -> str:
    return f"{label}: {told.rstrip('.')}."


def _modules(snapshot: Snapshot, language: str) -> Iterator[Picture]:
    rows = [
        row for row in snapshot["modules"] if row["adherence"] is not None or row["attendance"] is not None
    ]
    if not rows:
        return
    labels = [f"{row['number']}. {words.in_language(row['title'], language)}" for row in rows]
    series: dict[str, list[float | None]] = {
        _("Kjerneelementer gjennomført"): [row["adherence"] for row in rows],
        _("Voksne som var med eller tok igjen"): [row["attendance"] for row in rows],
    }
    table = [[_("Modul"), *series, _("Det familiene sier")]]
    table += [
        [
            label,
            numbers.percent(row["adherence"]),
            numbers.percent(row["attendance"]),
            words_of_modules.verdict(row),
        ]
        for label, row in zip(labels, rows, strict=True)
    ]
    said = " ".join(_of_bar(label, _of_module(row)) for label, row in zip(labels, rows, strict=True))
    title = _("Gjennomføring og oppmøte for hver modul")
    yield picture("moduler", title, said, table, drawing.bars(title, labels, series))


def _of_module(row: Row) -> str:
    """What of a module is told, and nothing of what is not."""
    told = []
    if row["adherence"] is not None:
        done = _("%(share)s av kjerneelementene gjennomført")
        told.append(done % {"share": numbers.percent(row["adherence"])})
    if row["attendance"] is not None:
        there = _("%(share)s av de voksne var med eller tok kvelden igjen")
        told.append(there % {"share": numbers.percent(row["attendance"])})
    return ", ".join(told)
