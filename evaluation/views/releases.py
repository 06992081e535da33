"""What has been let out, for those who work with the programme.

Every page reads one stored release and its pictures: no answer is read here, and nothing is worked out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, render

from courses.access import has_role
from evaluation.models import Release, ReleasedPicture
from evaluation.releases import words, words_of_dose, words_of_method, words_of_programme, words_of_reasons
from evaluation.views.release_files import written_language

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

DRAWN = ("svg", "narrow", "png")
IN_BRIEF = "kort"
PICTURES = {  # the pictures of each page, by how their names begin
    IN_BRIEF: ("endring", "trafikklys"),
    "hvem": ("flyt", "svarandel"),
    "skalaer": ("endring", "andre", "tilbake"),
    "moduler": ("moduler",),
    "faser": (),
    "endringer": (),
    "metode": (),
}


def named(each: Release) -> dict[str, Any]:
    language = written_language()
    study = {"nb": each.study.name_nb, "nn": each.study.name_nn}
    return {
        "release": each,
        "wave": each.wave.name_in(language),
        "study": words.in_language(study, language),
        "phase": words_of_programme.phase(each.phase),
    }


def release(request: HttpRequest, release_id: int, page: str = IN_BRIEF) -> HttpResponse:
    """One page of a release. Two queries: the release with its study and wave, and its pictures."""
    if page not in PICTURES:
        raise Http404
    found = _found(request, release_id)
    begins = Q(pk__in=())
    for name in PICTURES[page]:
        begins |= Q(name__startswith=name)
    more = {"pictures": _pictures(found).filter(begins), **PAGES[page](request, found)}
    if page == "moduler":
        more["dose_pictures"] = _pictures(found).filter(name="kvelder")
    return _page(request, found, page, more)


def _found(request: HttpRequest, release_id: int) -> Release:
    rows = Release.objects.visible_to(request.user).select_related("study", "wave").defer("technical")
    found: Release = get_object_or_404(rows, pk=release_id)
    return found


def _pictures(found: Release) -> Any:
    return ReleasedPicture.objects.filter(release=found, language=written_language()).defer(*DRAWN)


def _page(request: HttpRequest, found: Release, page: str, more: dict[str, Any]) -> HttpResponse:
    shown = {"page": page, "has_phases": bool(found.snapshot["phases"])}
    return render(request, f"evaluation/releases/{page}.html", named(found) | shown | more)


# --- what each page says
def told_in_brief(snapshot: dict[str, Any]) -> dict[str, Any]:
    """What is read in two minutes: also what is shown before it is let out, and the report's first page."""
    language = written_language()
    reach = words_of_programme.reaim(snapshot["reaim"], language)
    return {
        "findings": words.findings(snapshot, language),
        "rounded": words.rounded(snapshot["scales"]),
        "answered": words_of_programme.answered(snapshot["flow"]),
        "unsaid": words_of_programme.unsaid(snapshot["flow"]),
        "reach": [said for _dimension, said in reach[:1]],
        "decisions": words_of_programme.decisions(snapshot["criteria"], language),
        "has_criteria": bool(snapshot["criteria"]),
        "no_criteria": words_of_method.no_criteria(),
        "limits": words_of_method.limits(),
    }


def told_beside(snapshot: dict[str, Any]) -> dict[str, Any]:
    """What is on other pages once it is out, and is read before: municipalities, and groups' own words."""
    language = written_language()
    rows = [row for row in snapshot["sites"] if not row["why"]]
    return {
        "told_places": [
            (name, [words.in_short(row, language) for row in rows if row["municipality"] == pk])
            for pk, name in _places(snapshot)
        ],
        "changes": snapshot["changes"],
    }


def _brief(request: HttpRequest, found: Release) -> dict[str, Any]:
    snapshot = found.snapshot
    research = has_role(request.user, "researcher")
    return told_in_brief(snapshot) | {"places": _places(snapshot), "is_research": research}


def _who(_request: HttpRequest, found: Release) -> dict[str, Any]:
    snapshot = found.snapshot
    language = written_language()
    left = [
        {"title": words.scale_title(row, language), "said": words.who_left(row)}
        for row in words.in_order(snapshot)
        if words.who_left(row)
    ]
    return {
        "answered": words_of_programme.answered(snapshot["flow"]),
        "unsaid": words_of_programme.unsaid(snapshot["flow"]),
        "reaim": words_of_programme.reaim(snapshot["reaim"], language),
        "left": left,
    }


def _scales(_request: HttpRequest, found: Release) -> dict[str, Any]:
    snapshot = found.snapshot
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
        "places": _places(snapshot),
        "no_places": words_of_reasons.no_places(snapshot["scales"]),
    }


def _modules(_request: HttpRequest, found: Release) -> dict[str, Any]:
    snapshot = found.snapshot
    language = written_language()
    return {
        "modules": [
            {
                "number": row["number"],
                "title": words.in_language(row["title"], language),
                "adherence": words.percent(row["adherence"]),
                "attendance": words.percent(row["attendance"]),
                "verdict": words_of_programme.verdict(row),
                "held": words_of_programme.held(row),
                "changes": [each for each in snapshot["changes"] if each["module"] == row["number"]],
            }
            for row in snapshot["modules"]
        ],
        "doses": [words_of_dose.dose(row) for row in snapshot.get("dose", [])],
    }


def _phases(_request: HttpRequest, found: Release) -> dict[str, Any]:
    snapshot = found.snapshot
    language = written_language()
    rows = [
        {"row": row, "said": words_of_programme.between_phases(row, language), "slug": words.slug(row)}
        for row in snapshot["phases"]
    ]
    return {"phases": rows}


def _editions(_request: HttpRequest, found: Release) -> dict[str, Any]:
    snapshot = found.snapshot
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


def _method(request: HttpRequest, found: Release) -> dict[str, Any]:
    snapshot, language = found.snapshot, written_language()
    research = has_role(request.user, "researcher")
    return {
        "method": words_of_method.method(),
        "locked": words_of_method.locked(snapshot["study"]),
        "no_criteria": "" if snapshot["criteria"] else words_of_method.no_criteria(),
        "deviations": [words_of_method.deviation(code) for code in snapshot["deviations"]],
        "questionnaires": [
            words_of_method.questionnaire(row, language) for row in snapshot["questionnaires"]
        ],
        "covers_too_little": (
            words_of_method.covers_too_little() if research else words_of_method.some_cover_too_little()
        ),
        "is_research": research,
        "data_sets": words_of_method.data_sets(found.pk),
    }


PAGES: dict[str, Any] = {
    IN_BRIEF: _brief,
    "hvem": _who,
    "skalaer": _scales,
    "moduler": _modules,
    "faser": _phases,
    "endringer": _editions,
    "metode": _method,
}


# --- one scale, one municipality
def scale(request: HttpRequest, release_id: int, scale: str) -> HttpResponse:
    """One scale by itself. The others it leads to are those of the same release: nothing is worked out."""
    found, language = _found(request, release_id), written_language()
    rows = words.in_order(found.snapshot)
    row = next((each for each in rows if words.slug(each) == scale), None)
    if row is None:
        raise Http404
    whole = Q(name__in=(f"skala-{scale}", f"spredning-{scale}", f"svar-{scale}"))
    lists = Q(name__regex=rf"^svar-{scale}-[0-9]+$")
    items = [each for each in found.snapshot["items"] if each["item"] in row.get("keys", ())]
    more = {
        "title": words.scale_title(row, language),
        "slug": scale,
        "finding": words.finding(row, language),
        "closer": words.closer(row),
        "rounded": words.rounded([row]),
        "mostly": [said for each in items if (said := words.mostly(each, language))],
        "hidden": words_of_reasons.hidden_items(items),
        "others": [(words.slug(each), words.scale_title(each, language)) for each in rows],
        "pictures": _pictures(found).filter(whole | lists),
    }
    return _page(request, found, "scale", more | {"page_of": "skalaer"})


def _places(snapshot: dict[str, Any]) -> list[tuple[int, str]]:
    """Municipalities that may be told of, by name."""
    told = {row["municipality"]: row["name"] for row in snapshot["sites"] if not row["why"]}
    return sorted(told.items(), key=lambda place: place[1])


def place(request: HttpRequest, release_id: int, place_id: int) -> HttpResponse:
    """One municipality; a 404 for one that may not be told of, as for one that is not there."""
    found, language = _found(request, release_id), written_language()
    rows = [row for row in found.snapshot["sites"] if row["municipality"] == place_id and not row["why"]]
    if not rows:
        raise Http404
    region = {words.slug(row): row for row in found.snapshot["scales"]}
    more = {
        "title": rows[0]["name"],
        "place_id": place_id,
        "finding": words.finding(rows[0], language),
        "read_so": words.of_places(rows, found.snapshot["scales"]),
        "rows": [
            {
                "title": words.scale_title(row, language),
                "here": words.as_cells(row),
                "region": words.as_cells(region[words.slug(row)]),
            }
            for row in rows
        ],
        "limits": words_of_method.limits(),
    }
    return _page(request, found, "place", more)
