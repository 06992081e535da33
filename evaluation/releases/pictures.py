"""Which pictures a release has, in both languages: drawn from what is told, with words and a table each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as _

from courses.models import Language
from evaluation.releases import drawing, words, words_of_dose, words_of_programme, words_of_reasons

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.releases.sheet import Drawn

Snapshot = dict[str, Any]
Row = dict[str, Any]
Picture = dict[str, Any]
Rows = list[list[str]]


def pictures(snapshot: Snapshot) -> list[Picture]:
    """As rows of ReleasedPicture, with the PNG in hexadecimal."""
    found = []
    for language in Language.values:
        with translation.override(language):
            for makes in (_flow, _answered, _lights, _changes, _scales, _items, _back, _dose, _modules):
                found += [picture | {"language": language} for picture in makes(snapshot, language)]
    return found


def _picture(name: str, title: str, said: str, table: Rows, drawn: Drawn) -> Picture:
    return {
        "name": name[:80],
        "title": title[:200],
        "words": said,
        "table": table,
        "svg": drawn.svg,
        "narrow": drawn.narrow,
        "png": drawn.png.hex(),
    }


# --- people
def _flow(snapshot: Snapshot, language: str) -> Iterator[Picture]:
    lines = words_of_programme.steps(snapshot["flow"], language)
    if not lines or snapshot["flow"]["why"] == "few":
        return
    said = ". ".join(", ".join(line) for line in lines).replace("\n", " ") + "."
    title = _("Fra spurt til svart")
    yield _picture("flyt", title, said, _flow_table(snapshot["flow"], language), drawing.flow(title, lines))


def _flow_table(flow: Row, language: str) -> Rows:
    table = [[_("Måling"), _("Spurt"), _("Svarte"), _("Andel")]]
    for row in flow.get("waves", []):
        share = words.percent(row.get("percent"))
        told = [row.get("asked", "–"), row.get("answered", "–"), share]
        table.append([words.in_language(row, language), *told])
    if "pairs" in flow:
        table.append([_("Både før og etter"), "–", flow["pairs"], words.percent(flow.get("kept_percent"))])
    return table


def _answered(snapshot: Snapshot, language: str) -> Iterator[Picture]:
    rows = [row for row in snapshot["flow"].get("waves", []) if row.get("percent") is not None]
    if len(rows) < 2:  # one share is a sentence
        return
    labels = [words.in_language(row, language) for row in rows]
    shares = [row["percent"] for row in rows]
    table = [[_("Måling"), _("Svarte, av dem som ble spurt")]]
    table += [[label, words.percent(share)] for label, share in zip(labels, shares, strict=True)]
    said = " ".join(f"{label}: {share}." for label, share in table[1:])
    title = _("Hvor mange som svarte")
    yield _picture("svarandel", title, said, table, drawing.bars(title, labels, {table[0][1]: shares}))


def _lights(snapshot: Snapshot, language: str) -> Iterator[Picture]:
    rows = [
        (words_of_programme.measure(row, language), row["light"], words_of_programme.criterion(row))
        for row in snapshot["criteria"]
    ]
    if not rows:
        return
    said = " ".join(f"{what}: {told}." for what, _light, told in rows)
    table = [[_("Mål"), _("Resultat")], *([what, told] for what, _light, told in rows)]
    title = _("Målene vi satte på forhånd")
    yield _picture("trafikklys", title, said, table, drawing.lights(title, rows))


# --- scales
def _changes(snapshot: Snapshot, language: str) -> Iterator[Picture]:
    """Scales of one range together, apart where neither end is better: the axis means the same for all."""
    shown = [row for row in words.in_order(snapshot) if not row["why"] and "change" in row]
    for nth, rows in enumerate(_of_one_axis(shown), 1):
        dots = [
            drawing.Dot(words.scale_title(row, language), row["change"], *(row["interval"] or (None, None)))
            for row in rows
        ]
        axis = f"{_('Endring')} {words.of_range(rows[0] | {'better': 'neither'})}.{_right(rows[0])}"
        said = " ".join(words.finding(row, language) for row in rows)
        title = _("Endring fra før til etter")
        drawn = drawing.dots(title, dots, axis)
        yield _picture(f"endring-{nth}", title, said, change_table(rows, language), drawn)


def _of_one_axis(rows: list[Row]) -> list[list[Row]]:
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault((row["low"], row["high"], words.has_a_better_end(row)), []).append(row)
    return list(found.values())


def _right(row: Row) -> str:
    """After a sentence; a change is turned so that plus is better, where anything is."""
    return " " + _("Til høyre er bedre.") if words.has_a_better_end(row) else ""


def change_table(rows: list[Row], language: str) -> Rows:
    """Scales as rows of a table, the first the headings."""
    table = [[_("Skala"), _("Før"), _("Etter"), _("Endring"), _("Trolig mellom"), _("Svar")]]
    for row in rows:
        told = [words.number(row.get("before")), words.number(row.get("after")), words.signed(row["change"])]
        table.append([words.scale_title(row, language), *told, words.interval(row["interval"]), row["n"]])
    return table


def _scales(snapshot: Snapshot, language: str) -> Iterator[Picture]:
    """Of each scale: before and after on its own range, and how many changed more than chance."""
    for row in snapshot["scales"]:
        title = words.scale_title(row, language)
        if not row["why"] and row.get("before") is not None:
            step = drawing.Step(title, row["before"], row["after"], row["low"], row["high"])
            drawn = drawing.steps(title, [step], _("Før"), _("Etter"))
            said, table = words.finding(row, language), change_table([row], language)
            yield _picture(
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
    up, down = (_("Bedre"), _("Dårligere")) if words.has_a_better_end(row) else (_("Høyere"), _("Lavere"))
    labels = [up, _("Omtrent likt"), down]
    told = [words.amount(spread[name]) for name in ("better", "same", "worse")]
    table = [[_("Etter kurset"), _("Hvor mange")]]
    table += [[label, word] for label, (_many, word) in zip(labels, told, strict=True)]
    said = " ".join(f"{label}: {word}." for label, (_many, word) in zip(labels, told, strict=True))
    told_limit = {"up": up, "down": down.lower(), "limit": words.number(spread["limit"])}
    said += " " + _("%(up)s og %(down)s betyr en endring på mer enn %(limit)s.") % told_limit
    title = _("%(scale)s: hvor mange som endret seg tydelig") % {"scale": scale}
    return _picture(f"spredning-{words.slug(row)}", title, said, table, drawing.amounts(title, labels, told))


# --- items
def _items(snapshot: Snapshot, language: str) -> Iterator[Picture]:
    """Items after the course, by scale; those of none by their list of answers. Of some only «de fleste»
    is told, in words.
    """
    left = [row for row in snapshot["items"] if _is_spread(row)]
    wave = words.in_language(snapshot["wave"], language)  # when: an item is told of this wave alone
    for scale in snapshot["scales"]:
        mine = [
            row
            for row in left
            if row["instrument"] == scale["instrument"] and row["item"] in scale.get("keys", ())
        ]
        title = _("%(scale)s: svarene på hvert spørsmål (%(wave)s)")
        title %= {"scale": words.scale_title(scale, language), "wave": wave}
        yield from _spread_of(mine, f"svar-{words.slug(scale)}", title, language)
        left = [row for row in left if row not in mine]
    for instrument in dict.fromkeys(row["instrument"] for row in left):
        rows = [row for row in left if row["instrument"] == instrument]
        title = _("Svarene på de andre spørsmålene (%(wave)s)") % {"wave": wave}
        yield from _spread_of(rows, f"andre-{instrument}", title, language)


def _is_spread(row: Row) -> bool:
    return row["kind"] == "agreement" and not row["why"] and bool(row["shares"]["after"]["percent"])


def _spread_of(rows: list[Row], name: str, title: str, language: str) -> Iterator[Picture]:
    """One picture for each list of answers."""
    lists: list[Any] = []
    for row in rows:
        if row["answers"] not in lists:
            lists.append(row["answers"])
    for nth, answers in enumerate(lists, 1):
        mine = [row for row in rows if row["answers"] == answers]
        shares = [row["shares"]["after"]["percent"] for row in mine]
        suffix = f"-{nth}" if len(lists) > 1 else ""
        yield _spread_picture(name + suffix, title, mine, shares, language)


def _spread_picture(
    name: str, title: str, rows: list[Row], shares: list[list[int]], language: str
) -> Picture:
    labels = [words.in_language(answer, language) for answer in rows[0]["answers"]]
    texts = [words.in_language(row["text"], language) for row in rows]
    table = [[_("Spørsmål"), *labels]]
    table += [[text, *map(words.percent, row)] for text, row in zip(texts, shares, strict=True)]
    said = " ".join(_most(text, row, labels) for text, row in zip(texts, shares, strict=True))
    return _picture(name, title, said, table, drawing.diverging(title, texts, shares, labels))


def _most(text: str, shares: list[int], labels: list[str]) -> str:
    """The answer most people gave: what the bar shows first."""
    most = max(range(len(shares)), key=lambda place: shares[place])
    told = {"item": text.rstrip(".?"), "share": words.percent(shares[most]), "answer": labels[most].lower()}
    return _("%(item)s: flest, om lag %(share)s, svarte «%(answer)s».") % told


def _back(snapshot: Snapshot, language: str) -> Iterator[Picture]:
    """«Tenk tilbake»: a figure of its own, never beside before and after."""
    rows = [row for row in snapshot.get("look_back", []) if not row["why"] and row["shares"]["percent"]]
    title = _("Når de tenker tilbake (%(wave)s)") % {"wave": words.in_language(snapshot["wave"], language)}
    for nth, answers in enumerate({str(row["answers"]): row["answers"] for row in rows}.values(), 1):
        mine = [row for row in rows if row["answers"] == answers]
        shares = [row["shares"]["percent"] for row in mine]
        yield _spread_picture(f"tilbake-{nth}", title, mine, shares, language)


# --- the programme
def _dose(snapshot: Snapshot, language: str) -> Iterator[Picture]:
    for row in snapshot.get("dose", []):
        bands = [] if row["why"] else [band for band in row["bands"] if not band["why"]]
        if not bands:
            continue
        dots = [drawing.Dot(words.in_language(band["label"], language), band["change"]) for band in bands]
        table = [[_("Kvelder, etter eget utsagn"), _("Endring"), _("Svar")]]
        for band in row["bands"]:
            change = words_of_reasons.why(band["why"]) if band["why"] else words.signed(band["change"])
            table.append([words.in_language(band["label"], language), change, band.get("n", "–")])
        title = _("Endring etter hvor mange kvelder de sier de var med på")
        axis = _("%(scale)s: endring.") % {"scale": words.scale_title(row, language)} + _right(row)
        said = words_of_dose.dose(row)
        yield _picture("kvelder", title, said, table, drawing.dots(title, dots, axis))


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
            words.percent(row["adherence"]),
            words.percent(row["attendance"]),
            words_of_programme.verdict(row),
        ]
        for label, row in zip(labels, rows, strict=True)
    ]
    told = _(
        "%(module)s: %(done)s av kjerneelementene gjennomført, %(there)s av de voksne var med eller tok"
        " kvelden igjen."
    )
    said = " ".join(
        told % {"module": label, "done": done, "there": there} for label, done, there, _verdict in table[1:]
    )
    title = _("Gjennomføring og oppmøte for hver modul")
    yield _picture("moduler", title, said, table, drawing.bars(title, labels, series))
