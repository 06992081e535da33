"""Sentences about scales and items, in the active language: honest about what a number cannot say.

«Endring», never «effekt»: there is nobody to compare with. A sentence says its finding first, then how
sure it is. The same sentences stand on the page, in the report and as text alternatives.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from evaluation.releases.words_of_numbers import between, end, has_a_better_end, moved, number
from evaluation.releases.words_of_reasons import why
from evaluation.releases.words_of_spread import spread

if TYPE_CHECKING:
    from collections.abc import Callable

ADULT = "adult"  # Wave.audience, as it is stored in a release
LONGEST_NAME = 60  # characters; a picture's name has 80


def in_language(text: dict[str, str], language: str) -> str:
    return text.get(language) or text["nb"]


def scale_title(row: dict[str, Any], language: str) -> str:
    return in_language(row["title"], language)


def slug(row: dict[str, Any]) -> str:
    """A scale by its questionnaire and key, as in pictures' names and addresses."""
    return as_name(row["instrument"], row["scale"])


def as_name(*keys: str) -> str:
    """Keys as one name of so many letters that a picture's name has room for it; another for other keys."""
    name = "-".join(keys)
    return (
        name
        if len(name) <= LONGEST_NAME
        else f"{name[: LONGEST_NAME - 9]}-{sha256(name.encode()).hexdigest()[:8]}"
    )


def answers_of(row: dict[str, Any]) -> str:
    """What the names of the pictures of a scale's items match in full: no key begins with a number."""
    return f"svar(-[0-9]+)?-{slug(row)}"


def is_of(item: dict[str, Any], scale: dict[str, Any]) -> bool:
    """Whether an item is one of a scale's: two questionnaires may use the same key."""
    return item["instrument"] == scale["instrument"] and item["item"] in scale.get("keys", ())


def item_text(row: dict[str, Any], language: str) -> str:
    """An item; where the first answer is the best one, beside others whose last is, it is said."""
    text = in_language(row["text"], language)
    if row.get("best") != "first":
        return text
    return _("%(item)s (best: %(answer)s)") % {
        "item": text,
        "answer": in_language(row["answers"][0], language).lower(),
    }


def of_range(row: dict[str, Any]) -> str:
    """«på en skala fra 1 til 5, der høyt er bra»."""
    ends = {"low": end(row["low"]), "high": end(row["high"])}
    if row["better"] == "high":
        return _("på en skala fra %(low)s til %(high)s, der høyt er bra") % ends
    if row["better"] == "low":
        return _("på en skala fra %(low)s til %(high)s, der lavt er bra") % ends
    return _("på en skala fra %(low)s til %(high)s") % ends


def finding(row: dict[str, Any], language: str) -> str:
    """One scale in two or three sentences."""
    title = scale_title(row, language)
    if row["why"]:
        return f"{title}: {why(row['why'])}"
    if "mean" in row:
        told = {"title": title, "mean": number(row["mean"]), "range": of_range(row)}
        return _("%(title)s: gjennomsnittet er %(mean)s %(range)s.") % told
    told = {
        "title": title,
        "before": number(row["before"]),
        "after": number(row["after"]),
        "change": moved(row["change"], row),
        "range": of_range(row),
    }
    said = _("%(title)s: fra %(before)s før til %(after)s etter (%(change)s), %(range)s.") % told
    return f"{said} {certainty(row)}"


def in_short(row: dict[str, Any], language: str) -> str:
    """A further scale in few words."""
    if row["why"] or "mean" in row or row["interval"] is None:
        return finding(row, language)
    told = {
        "title": scale_title(row, language),
        "before": number(row["before"]),
        "after": number(row["after"]),
        "change": moved(row["change"], row),
        "between": between(row["interval"], row),
    }
    return (
        _("%(title)s: fra %(before)s til %(after)s. Endringen er %(change)s, trolig mellom %(between)s.")
        % told
    )


def findings(snapshot: dict[str, Any], language: str) -> list[str]:
    """Every scale, the primary outcome first and in full."""
    rows = in_order(snapshot)
    return [finding(row, language) for row in rows[:1]] + [in_short(row, language) for row in rows[1:]]


def in_order(snapshot: dict[str, Any], table: str = "scales") -> list[dict[str, Any]]:
    """The scales of a table, the primary outcome first."""
    first = snapshot["study"]["primary_outcome"]
    return sorted(snapshot[table], key=lambda row: f"{row['instrument']}.{row['scale']}" != first)


def of_place(snapshot: dict[str, Any], place: int) -> list[dict[str, Any]]:
    """What may be told of one municipality: the primary outcome first where it is among them."""
    return [row for row in in_order(snapshot, "sites") if row["municipality"] == place and not row["why"]]


def hedge(snapshot: dict[str, Any]) -> str:
    """What the first finding is worth: how large the change is, and for how many; or nothing."""
    return " ".join(said for row in in_order(snapshot)[:1] for said in (size(row), spread(row)) if said)


def rounded(rows: list[dict[str, Any]]) -> str:
    """Why a change is not the difference between two numbers beside it; empty where it is."""
    if any(row.get("rounded") for row in rows):
        return _(
            "Hvert tall er avrundet for seg. Derfor kan endringen se ut til å være 0,1 større eller mindre "
            "enn forskjellen mellom før og etter."
        )
    return ""


def certainty(row: dict[str, Any]) -> str:
    """How sure the change is."""
    if row["interval"] is None:
        return _("Det er for få par, eller for lite spredning, til å si hvor sikker endringen er.")
    ends = {"between": between(row["interval"], row)}
    if row["verdict"] not in ("better", "worse"):
        return _("Endringen er usikker: den kan være alt mellom %(between)s, også ingen.") % ends
    return MOVED[row["verdict"], has_a_better_end(row)]() % ends


MOVED: dict[tuple[str, bool], Callable[[], str]] = {  # the verdict, and whether the scale has a better end
    ("better", True): lambda: _(
        "De som svarte begge ganger, ligger bedre an etter enn før: trolig mellom %(between)s."
    ),
    ("worse", True): lambda: _(
        "De som svarte begge ganger, ligger dårligere an etter enn før: trolig mellom %(between)s."
    ),
    ("better", False): lambda: _(
        "De som svarte begge ganger, ligger høyere etter enn før: trolig mellom %(between)s."
    ),
    ("worse", False): lambda: _(
        "De som svarte begge ganger, ligger lavere etter enn før: trolig mellom %(between)s."
    ),
}


SIZES = {
    "none": lambda: _("svært liten"),
    "small": lambda: _("liten"),
    "medium": lambda: _("middels"),
    "large": lambda: _("stor"),
}


def size(row: dict[str, Any]) -> str:
    """How large a change is, in a word; empty where it is not told."""
    if not row.get("size"):
        return ""
    return _("Endringen er %(size)s når vi ser på hvor ulike svarene er.") % {"size": SIZES[row["size"]]()}


def closer(row: dict[str, Any]) -> list[str]:
    """What else is told of a change: its size, ends of the scale, who left, homes and groups."""
    if row.get("alone"):
        return [
            _(
                "Sammen med en tidligere offentliggjøring kunne endringen røpet svar. Derfor vises bare"
                " nivået nå."
            )
        ]
    if row["why"] or "mean" in row:
        return []
    said = [_("Antall som svarte begge ganger: %(n)s.") % {"n": row["n"]}]
    said += filter(None, [size(row)])
    said += [tell() for end, tell in AT_AN_END[row["better"]].items() if row.get(end)]
    return [*said, *_with_others(row)]


AT_AN_END: dict[
    str, dict[str, Callable[[], str]]
] = {  # which end of the scale is good, and what many there could not show
    "high": {
        "ceiling": lambda: _("Mange hadde øverste skår alt før kurset. De kunne ikke vise bedring."),
        "floor": lambda: _("Mange hadde nederste skår før kurset. De kunne ikke vise tilbakegang."),
    },
    "low": {
        "ceiling": lambda: _("Mange hadde øverste skår før kurset. De kunne ikke vise tilbakegang."),
        "floor": lambda: _("Mange hadde nederste skår alt før kurset. De kunne ikke vise bedring."),
    },
    "neither": {
        "ceiling": lambda: _("Mange hadde øverste skår alt før kurset. De kunne ikke komme høyere."),
        "floor": lambda: _("Mange hadde nederste skår alt før kurset. De kunne ikke komme lavere."),
    },
}


def _with_others(row: dict[str, Any]) -> list[str]:
    said = []
    for name, tell in (("households", _households), ("clusters", _clusters), ("left", _left)):
        part = row.get(name)
        if isinstance(part, dict):
            said.append(tell(part, row))
    return said


def _households(part: dict[str, Any], row: dict[str, Any]) -> str:
    if part["why"]:
        return _("Hvert hjem telt én gang: %(why)s") % {"why": why(part["why"])}
    told = {"change": moved(part["change"], row), "between": between(part["interval"], row)}
    if part["interval"] is None:
        return _("Hvert hjem telt én gang: %(change)s.") % told
    return _("Hvert hjem telt én gang: %(change)s, trolig mellom %(between)s.") % told


def _clusters(part: dict[str, Any], row: dict[str, Any]) -> str:
    if part["why"]:
        return why(part["why"])
    told = {"n": part["groups"], "between": between(part["interval"], row)}
    return _("Når vi tar høyde for at %(n)s grupper er ulike: trolig mellom %(between)s.") % told


def who_left(row: dict[str, Any]) -> str:
    """How those who answered only before differed then; empty where nothing is told of it."""
    part = row.get("left")
    return _left(part, row) if isinstance(part, dict) else ""


def _left(part: dict[str, Any], row: dict[str, Any]) -> str:
    if part["why"]:
        return _("De som bare svarte før: %(why)s") % {"why": why(part["why"])}
    told = {"left": number(part["left"]), "stayed": number(part["stayed"])}
    said = (
        _("De som bare svarte før, lå da på %(left)s. De som svarte begge ganger, lå på %(stayed)s.") % told
    )
    if part["interval"] is None:
        return said
    ends = [-each for each in part["interval"][::-1]] if row["better"] == "low" else part["interval"]
    more = _("Forskjellen er trolig mellom %(between)s for dem som bare svarte før.")
    return f"{said} {more % {'between': between(ends, row)}}"


def mostly(row: dict[str, Any], language: str) -> str:
    """«De fleste svarte …», of an item whose spread would tell on those who did not; else empty."""
    after = {} if row["why"] else row["shares"].get("after", {})
    if after.get("mostly") is None:
        return ""
    answer = in_language(row["answers"][after["mostly"]], language)
    told = {"item": in_language(row["text"], language), "answer": answer.lower()}
    return _("%(item)s De fleste svarte «%(answer)s» i denne målingen.") % told
