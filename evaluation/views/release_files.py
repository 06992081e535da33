"""Pictures and Word files of what has been let out: made from one stored release, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses.auditing import Action, record
from courses.models import Language
from courses.views.documents import word_file
from evaluation.models import Release, ReleasedPicture
from evaluation.releases.releasing import is_unchanged

if TYPE_CHECKING:
    from django.http import HttpRequest

# an image is a document of its own: its style may be inside it, and nothing may be fetched from it
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def written_language() -> str:
    language = str(get_language())
    return language if language in Language.values else str(Language.NB)


def picture(request: HttpRequest, release_id: int, name: str) -> HttpResponse:
    """A picture as SVG, in the reader's language; with ``?smal`` drawn for a phone."""
    found = get_object_or_404(Release.objects.visible_to(request.user).only("pk"), pk=release_id)
    which = "narrow" if "smal" in request.GET else "svg"
    rows = ReleasedPicture.objects.filter(release=found, name=name, language=written_language())
    return svg(get_object_or_404(rows.values_list(which, flat=True)))


def svg(drawn: str) -> HttpResponse:
    response = HttpResponse(drawn, content_type="image/svg+xml; charset=utf-8")
    response["Content-Security-Policy"] = PICTURE_POLICY
    return response


def word_report(request: HttpRequest, release_id: int) -> HttpResponse:
    """The steering group's report as Word."""
    from evaluation.releases.reports import steering_report  # python-docx is heavy, and few read a file

    return _paper(request, release_id, "report", steering_report, _("resultater"))


def technical_report(request: HttpRequest, release_id: int) -> HttpResponse:
    """Every number with its formula, for the research partner."""
    from evaluation.releases.reports import technical_report as technical

    return _paper(request, release_id, "technical report", technical, _("teknisk-vedlegg"))


def place_report(request: HttpRequest, release_id: int, place_id: int) -> HttpResponse:
    """One page for a municipality that may be told of."""
    from evaluation.releases.reports import place_report as of_place

    def made(found: Release, language: str) -> bytes | None:
        return of_place(found, place_id, language)

    return _paper(request, release_id, f"report of municipality {place_id}", made, _("kommune"), place_id)


def _paper(
    request: HttpRequest, release_id: int, what: str, makes: Any, name: str, *more: int
) -> HttpResponse:
    from evaluation.releases.reports import TemplateError

    rows = Release.objects.visible_to(request.user).select_related("study", "wave")
    found = get_object_or_404(rows, pk=release_id)
    if not is_unchanged(found):
        return render(request, "evaluation/releases/changed.html", {"release": found}, status=409)
    try:
        written = makes(found, written_language())
    except TemplateError as error:
        return render(
            request, "evaluation/releases/bad_template.html", {"release": found, "why": error}, status=409
        )
    if written is None:
        raise Http404
    record(request.user, Action.EXPORTED, detail=f"{what} {found.pk}")
    return word_file(written, "-".join(map(str, (name, *more, found.pk))))
