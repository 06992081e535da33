"""What has been let out, for those who work with the programme.

Every page reads one stored release and its pictures: no answer is read here, and nothing is worked out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from courses.access import has_role
from evaluation.models import Release, ReleasedPicture
from evaluation.releases import words, words_of_method, words_of_programme
from evaluation.views import release_told as told
from evaluation.views.release_files import written_language

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

DRAWN = ("svg", "narrow", "png")
IN_BRIEF = "kort"
PAGES: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], tuple[str, ...]]] = {
    IN_BRIEF: (told.brief, told.BRIEF),  # what it says, and how the names of its pictures begin
    "hvem": (told.who, told.WHO),
    "skalaer": (told.scales, told.SCALES),
    "moduler": (told.modules, told.MODULES),
    "faser": (told.phases, ()),
    "endringer": (told.editions, ()),
    "metode": (told.method, ()),
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
    """One page of a release. Two or three queries: the release with its study and wave, and what it shows."""
    if page not in PAGES:
        raise Http404
    found = _found(request, release_id)
    says, pictures = PAGES[page]
    more = says(found.snapshot) | {"pictures": _beginning(found, *pictures)}
    if page == "moduler":
        more["dose_pictures"] = _beginning(found, *told.DOSE)
    if page == "faser" and not found.snapshot["phases"]:
        more["compared_in"] = _other_phase(request, found)
    if has_role(request.user, "researcher"):
        more |= _for_research(found)
    return _page(request, found, page, more)


def _other_phase(request: HttpRequest, found: Release) -> Release | None:
    """The same wave's release of the other phase: if it came second, it has the comparison. One query."""
    rows = Release.objects.visible_to(request.user).filter(wave=found.wave_id).exclude(phase=found.phase)
    other: Release | None = rows.filter(pk__gt=found.pk).only("pk").first()
    return other


def _for_research(found: Release) -> dict[str, Any]:
    return {
        "is_research": True,
        "covers_too_little": words_of_method.covers_too_little(),
        "data_sets": words_of_method.data_sets(found.pk),
    }


def _found(request: HttpRequest, release_id: int) -> Release:
    rows = Release.objects.visible_to(request.user).select_related("study", "wave").defer("technical")
    found: Release = get_object_or_404(rows, pk=release_id)
    return found


def _beginning(found: Release, *names: str) -> list[dict[str, Any]]:
    """The pictures whose names begin so. One query."""
    return _pictures(found, f"^({'|'.join(names)})") if names else []


def _pictures(found: Release, names: str) -> list[dict[str, Any]]:
    """The pictures whose names match, with where each is. One query."""
    rows = ReleasedPicture.objects.filter(release=found, language=written_language(), name__regex=names)
    return [
        {"picture": row, "src": reverse("answers:picture", args=[found.pk, row.name])}
        for row in rows.defer(*DRAWN)
    ]


def _page(request: HttpRequest, found: Release, page: str, more: dict[str, Any]) -> HttpResponse:
    shown = {"page": page, "has_phases": bool(found.snapshot["phases"])}
    return render(request, f"evaluation/releases/{page}.html", named(found) | shown | more)


# --- one scale, one municipality
def scale(request: HttpRequest, release_id: int, scale: str) -> HttpResponse:
    """One scale by itself. The others it leads to are those of the same release: nothing is worked out."""
    found, language = _found(request, release_id), written_language()
    rows = words.in_order(found.snapshot)
    row = next((each for each in rows if words.slug(each) == scale), None)
    if row is None:
        raise Http404
    more = {
        "scale": told.scale(found.snapshot, row),
        "others": [(words.slug(each), words.scale_title(each, language)) for each in rows],
        "pictures": _pictures(found, told.of_scale(row)),
    }
    return _page(request, found, "scale", more | {"page_of": "skalaer"})


def place(request: HttpRequest, release_id: int, place_id: int) -> HttpResponse:
    """One municipality; a 404 for one that may not be told of, as for one that is not there."""
    found = _found(request, release_id)
    if not (here := told.place(found.snapshot, place_id)):
        raise Http404
    return _page(request, found, "place", {"place": here, "limits": here["limits"]})
