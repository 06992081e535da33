"""What each page of a release says, from its snapshot alone: the preview says the same, word for word."""

from __future__ import annotations

import re
from typing import Any

from evaluation.releases import (
    words,
    words_of_dose,
    words_of_lights,
    words_of_method,
    words_of_modules,
    words_of_numbers,
    words_of_phases,
    words_of_places,
    words_of_programme,
    words_of_reasons,
)
from evaluation.views.release_files import written_language

Told = dict[str, Any]
Row = dict[str, Any]


def brief(snapshot: Row) -> Told:
    """What is read in two minutes: the report's first page as well."""
    language = written_language()
    return {
        "findings": words.findings(snapshot, language),
        "hedge": words.hedge(snapshot),
        "rounded": words.rounded(snapshot["scales"]),
        "answered": words_of_programme.answered(snapshot["flow"], snapshot.get("audience", words.ADULT)),
        "unsaid": words_of_programme.unsaid(snapshot["flow"]),
        "reach": [said for _dimension, said in words_of_programme.reaim(snapshot, language)[:1]],
        "decisions": words_of_lights.decisions(snapshot["criteria"], language),
        "no_criteria": no_criteria(snapshot),
        "limits": words_of_method.limits(snapshot),
        "places": places(snapshot),
    }


def no_criteria(snapshot: Row) -> str:
    return "" if snapshot["criteria"] else words_of_method.no_criteria()


def who(snapshot: Row) -> Told:
    language = written_language()
    left = [
        {"title": words.scale_title(row, language), "said": words.who_left(row)}
        for row in words.in_order(snapshot)
        if words.who_left(row)
    ]
    return {
        "answered": words_of_programme.answered(snapshot["flow"], snapshot.get("audience", words.ADULT)),
        "unsaid": words_of_programme.unsaid(snapshot["flow"]),
        "reaim": words_of_programme.reaim(snapshot, language),
        "left": left,
    }


def scales(snapshot: Row) -> Told:
    language = written_language()
    return {
        "scales": [
            {
                "slug": words.slug(row),
                "title": words.scale_title(row, language),
                "short": words.in_short(row, language),
            }
            for row in words.in_order(snapshot)
        ],
        "rounded": words.rounded(snapshot["scales"]),
        "places": places(snapshot),
        "no_places": words_of_reasons.no_places(snapshot["scales"]),
    }


def scale(snapshot: Row, row: Row) -> Told:
    """One scale by itself; ``row`` is its own."""
    language = written_language()
    items = [each for each in snapshot["items"] if words.is_of(each, row)]
    return {
        "title": words.scale_title(row, language),
        "slug": words.slug(row),
        "finding": words.finding(row, language),
        "closer": words.closer(row),
        "rounded": words.rounded([row]),
        "mostly": [said for each in items if (said := words.mostly(each, language))],
        "hidden": words_of_reasons.hidden_items(items),
    }


def places(snapshot: Row) -> list[tuple[int, str]]:
    """Municipalities that may be told of, by name."""
    told = {row["municipality"]: row["name"] for row in snapshot["sites"] if not row["why"]}
    return sorted(told.items(), key=lambda place: place[1])


def place(snapshot: Row, place_id: int) -> Told:
    """One municipality beside the region; empty for one that may not be told of."""
    language = written_language()
    rows = words.of_place(snapshot, place_id)
    if not rows:
        return {}
    region = {words.slug(row): row for row in snapshot["scales"]}
    return {
        "title": rows[0]["name"],
        "place_id": place_id,
        "finding": words.finding(rows[0], language),
        "read_so": words_of_places.of_places(rows, snapshot["scales"]),
        "rows": [
            {
                "title": words.scale_title(row, language),
                "here": words_of_places.as_cells(row),
                "region": words_of_places.as_cells(region[words.slug(row)]),
            }
            for row in rows
        ],
        "limits": words_of_method.limits(snapshot, rows),
    }


def modules(snapshot: Row) -> Told:
    language = written_language()
    return {
        "modules": [
            {
                "number": row["number"],
                "title": words.in_language(row["title"], language),
                "adherence": words_of_numbers.percent(row["adherence"]),
                "attendance": words_of_numbers.percent(row["attendance"]),
                "verdict": words_of_modules.verdict(row),
                "held": words_of_modules.held(row),
                "changes": [each for each in snapshot["changes"] if each["module"] == row["number"]],
            }
            for row in snapshot["modules"]
        ],
        "doses": [words_of_dose.dose(row) for row in snapshot.get("dose", [])],
    }


def phases(snapshot: Row) -> Told:
    language = written_language()
    rows = snapshot["phases"]
    return {
        "phases": [words_of_phases.between_phases(row, language) for row in rows],
        "phases_rounded": words_of_phases.rounded(rows),
        "no_phases": "" if rows else words_of_phases.none(snapshot),
    }


def editions(snapshot: Row) -> Told:
    language = written_language()
    rows = [
        each
        | {
            name: [words.in_language(title, language) for title in each[name]]
            for name in ("added", "removed")
        }
        for each in snapshot.get("editions", [])
    ]
    return {"editions": rows[::-1]}


def method(snapshot: Row) -> Told:
    language = written_language()
    return {
        "method": words_of_method.method(snapshot),
        "locked": words_of_method.locked(snapshot["study"]),
        "no_criteria": no_criteria(snapshot),
        "deviations": [words_of_method.deviation(code) for code in snapshot["deviations"]],
        "questionnaires": [
            words_of_method.questionnaire(row, language) for row in snapshot["questionnaires"]
        ],
        "covers_too_little": words_of_method.some_cover_too_little(),
    }


# --- the pictures of each page, by how their names begin
BRIEF = ("endring", "trafikklys")
WHO = ("flyt", "svarandel")
SCALES = ("endring", "andre", "tilbake")
MODULES = ("moduler",)
DOSE = ("kvelder",)


def of_scale(row: Row) -> str:
    """What the names of a scale's pictures match."""
    return rf"^((skala|spredning)-{words.slug(row)}|{words.answers_of(row)})$"


# --- before it is out
def everything(snapshot: Row, drawn: list[Told]) -> Told:
    """Every page of a release, for whoever is to let it out; ``drawn`` its pictures, as .picture and .src."""

    def matching(names: str) -> list[Told]:
        return [each for each in drawn if re.search(names, each["picture"]["name"])]

    def beginning(*names: str) -> list[Told]:
        return matching(f"^({'|'.join(names)})")

    return {
        **(brief(snapshot) | who(snapshot) | modules(snapshot) | phases(snapshot)),
        **(editions(snapshot) | method(snapshot)),
        "modules": [row | {"changes": []} for row in modules(snapshot)["modules"]],  # by themselves
        "no_places": words_of_reasons.no_places(snapshot["scales"]),
        "changes": snapshot["changes"],
        "told_places": [place(snapshot, pk) for pk, _name in places(snapshot)],
        "told_scales": [
            {"scale": scale(snapshot, row), "pictures": matching(of_scale(row))}
            for row in words.in_order(snapshot)
        ],
        "brief_pictures": beginning(*BRIEF),
        "who_pictures": beginning(*WHO),
        "item_pictures": beginning("andre", "tilbake"),
        "module_pictures": beginning(*MODULES),
        "dose_pictures": beginning(*DOSE),
    }
