"""Pictures of the answers to single items: by scale, the others, and when people think back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from evaluation.releases import drawing, words
from evaluation.releases import words_of_numbers as numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.releases.sheet import Drawn

Snapshot = dict[str, Any]
Row = dict[str, Any]
Picture = dict[str, Any]
Rows = list[list[str]]


def picture(name: str, title: str, said: str, table: Rows, drawn: Drawn) -> Picture:
    return {
        "name": name,
        "title": title[:200],
        "words": said,
        "table": table,
        "svg": drawn.svg,
        "narrow": drawn.narrow,
        "png": drawn.png.hex(),
    }


def items(snapshot: Snapshot, language: str) -> Iterator[Picture]:
    """Items after the course, by scale; those of none by their list of answers. Of some only «de fleste»
    is told, in words.
    """
    left = [row for row in snapshot["items"] if _is_spread(row)]
    wave = words.in_language(snapshot["wave"], language)  # when: an item is told of this wave alone
    for scale in snapshot["scales"]:
        mine = [row for row in left if words.is_of(row, scale)]
        title = _("%(scale)s: svarene på hvert spørsmål (%(wave)s)")
        title %= {"scale": words.scale_title(scale, language), "wave": wave}
        yield from _spread_of(mine, "svar", words.slug(scale), title, language)
        left = [row for row in left if row not in mine]
    for instrument in dict.fromkeys(row["instrument"] for row in left):
        rows = [row for row in left if row["instrument"] == instrument]
        title = _("Svarene på de andre spørsmålene (%(wave)s)") % {"wave": wave}
        yield from _spread_of(rows, "andre", words.as_name(instrument), title, language)


def _is_spread(row: Row) -> bool:
    return not row["why"] and bool(row["shares"]["after"]["percent"])


def _spread_of(rows: list[Row], kind: str, name: str, title: str, language: str) -> Iterator[Picture]:
    """One picture for each list of answers, with its number before the name; of answers that are no steps
    from one end to the other one for each item.
    """
    lists: list[list[Row]] = []
    for row in rows:
        same = [each for each in lists if each[0]["answers"] == row["answers"] and _is_of_steps(row)]
        if same:
            same[0].append(row)
        else:
            lists.append([row])
    for nth, mine in enumerate(lists, 1):
        shares = [row["shares"]["after"]["percent"] for row in mine]
        named = f"{kind}-{nth}-{name}" if len(lists) > 1 else f"{kind}-{name}"
        if _is_of_steps(mine[0]):
            yield _spread_picture(named, title, mine, shares, language)
        else:
            yield _bars_picture(named, mine[0], shares[0], language)


def _is_of_steps(row: Row) -> bool:
    return bool(row["kind"] == "agreement")


def _bars_picture(name: str, row: Row, shares: list[int], language: str) -> Picture:
    """One item with a bar for each answer: one of a list, or from 0 to 10."""
    title, labels = words.item_text(row, language), _labels(row, language)
    table = [
        [_("Svar"), _("Andel")],
        *([each, numbers.percent(share)] for each, share in zip(labels, shares, strict=True)),
    ]
    drawn = drawing.bars(title, labels, {table[0][1]: shares})
    return picture(name, title, _most(title, shares, labels), table, drawn)


def _spread_picture(
    name: str, title: str, rows: list[Row], shares: list[list[int]], language: str
) -> Picture:
    labels = _labels(rows[0], language)
    texts = [words.item_text(row, language) for row in rows]
    table = [[_("Spørsmål"), *labels]]
    table += [[text, *map(numbers.percent, row)] for text, row in zip(texts, shares, strict=True)]
    said = " ".join(_most(text, row, labels) for text, row in zip(texts, shares, strict=True))
    return picture(name, title, said, table, drawing.diverging(title, texts, shares, labels))


def _labels(row: Row, language: str) -> list[str]:
    return [words.in_language(answer, language) for answer in row["answers"]]


def _most(text: str, shares: list[int], labels: list[str]) -> str:
    """The answer most people gave: what the bar shows first. All of those that are told as the same share: as
    it is told in steps, nobody can see which is the larger.
    """
    most = [f"«{label.lower()}»" for label, share in zip(labels, shares, strict=True) if share == max(shares)]
    told = {"item": text.rstrip(".?"), "share": numbers.percent(max(shares)), "answer": most[-1]}
    if len(most) == 1:
        return _("%(item)s: flest, om lag %(share)s, svarte %(answer)s.") % told
    told["others"] = ", ".join(most[:-1])
    return _("%(item)s: flest svarte %(others)s og %(answer)s, om lag %(share)s hver.") % told


def back(snapshot: Snapshot, language: str) -> Iterator[Picture]:
    """«Tenk tilbake»: a figure of its own, never beside before and after."""
    rows = [row for row in snapshot.get("look_back", []) if not row["why"] and row["shares"]["percent"]]
    title = _("Når de tenker tilbake (%(wave)s)") % {"wave": words.in_language(snapshot["wave"], language)}
    for nth, answers in enumerate({str(row["answers"]): row["answers"] for row in rows}.values(), 1):
        mine = [row for row in rows if row["answers"] == answers]
        shares = [row["shares"]["percent"] for row in mine]
        yield _spread_picture(f"tilbake-{nth}", title, mine, shares, language)
