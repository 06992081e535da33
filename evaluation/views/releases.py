"""What has been let out, for those who work with the programme; and the project leader's way to let it out.

Every page reads one stored release and its pictures: no answer is read here, and nothing is worked out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses.access import has_role
from courses.auditing import Action, record
from courses.models import Group, Language
from courses.views.documents import word_file
from evaluation import informing
from evaluation.models import IdentityMode, Release, ReleasedPicture, ReleaseDraft, Wave
from evaluation.releases import releasing, words

if TYPE_CHECKING:
    from django.http import HttpRequest

IN_BRIEF, SCALES, MODULES, METHOD = "", "skalaer", "moduler", "metode"
PICTURES = {  # the pictures of each page, by how their names begin
    IN_BRIEF: ("flyt", "trafikklys", "endring"),
    SCALES: ("endring", "svar"),
    MODULES: ("moduler",),
    METHOD: (),
}
# an image is a document of its own: its style may be inside it, and nothing may be fetched from it
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def releases(request: HttpRequest) -> HttpResponse:
    """What is out, the newest first; for the project leader also what can be."""
    out = list(Release.objects.visible_to(request.user).select_related("study", "wave").defer(*HEAVY))
    context: dict[str, Any] = {"releases": [_named(each) for each in out]}
    if has_role(request.user, "project-leader"):
        context["candidates"] = _candidates(request, {(each.wave_id, each.phase) for each in out})
    return render(request, "evaluation/releases/list.html", context)


HEAVY = ("snapshot", "technical")


def _named(each: Release) -> dict[str, Any]:
    language = get_language()
    study = (language == "nn" and each.study.name_nn) or each.study.name_nb
    return {
        "release": each,
        "wave": each.wave.name_in(language),
        "study": study,
        "phase": words.phase(each.phase),
    }


def _candidates(request: HttpRequest, out: set[tuple[int, str]]) -> list[dict[str, Any]]:
    """Waves and phases with occasions that are not out; with what is still open. One query a candidate."""
    studies = informing.led_by(request.user)
    rows = Wave.objects.filter(study__in=studies, occasions__group__isnull=False).select_related("study")
    rows = rows.exclude(identity=IdentityMode.ANONYMOUS)
    pairs = rows.order_by("study", "order", "code").values_list("pk", "occasions__group__phase").distinct()
    waves = rows.in_bulk()
    drafts = {(draft.wave_id, draft.phase): draft for draft in ReleaseDraft.objects.defer("content")}
    found = []
    for wave, phase in dict.fromkeys(pairs):
        if (wave, phase) not in out:
            waiting = releasing.open_occasions(waves[wave], phase)
            found.append(
                {
                    "wave": waves[wave].name_in(get_language()),
                    "phase": words.phase(phase),
                    "waiting": len(waiting),
                    "draft": drafts.get((wave, phase)),
                    "pk": wave,
                    "code": phase,
                }
            )
    return found


def release(request: HttpRequest, release_id: int, page: str = IN_BRIEF) -> HttpResponse:
    """One page of a release. Two queries: the release with its study and wave, and its pictures."""
    rows = Release.objects.visible_to(request.user).select_related("study", "wave").defer("technical")
    found = get_object_or_404(rows, pk=release_id)
    if page not in PICTURES:
        raise Http404
    pictures = ReleasedPicture.objects.filter(release=found, language=_language()).defer("svg", "png")
    shown = [each for each in pictures if each.name.startswith(PICTURES[page] or ("\0",))]
    context = _named(found) | _told(found.snapshot) | {"pictures": shown, "page": page}
    return render(request, "evaluation/releases/release.html", context)


def _language() -> str:
    language = str(get_language())
    return language if language in Language.values else str(Language.NB)


def _told(snapshot: dict[str, Any]) -> dict[str, Any]:
    """A snapshot in sentences; the primary outcome first."""
    language = _language()
    return {
        "snapshot": snapshot,
        "findings": words.findings(snapshot, language),
        "unsaid": words.asked(snapshot["flow"]),
        "criteria": [(words.measure(row), words.criterion(row)) for row in snapshot["criteria"]],
        "deviations": [words.deviation(code) for code in snapshot["deviations"]],
        "sites": [
            {"name": row["name"], "finding": words.finding(row, language)} for row in snapshot["sites"]
        ],
        "phases": [words.between_phases(row, language) for row in snapshot["phases"]],
        "mostly": [words.mostly(row, language) for row in snapshot["items"] if words.mostly(row, language)],
        "reach": [words.reach(row) for row in snapshot["reaim"]],
        "limits": words.limits(),
        "method": words.method(),
        "changes": snapshot["changes"],
        "questionnaires": snapshot["questionnaires"],
    }


def picture(request: HttpRequest, release_id: int, name: str) -> HttpResponse:
    """A picture as SVG, in the reader's language."""
    found = get_object_or_404(Release.objects.visible_to(request.user).only("pk"), pk=release_id)
    drawn = get_object_or_404(
        ReleasedPicture.objects.only("svg"), release=found, name=name, language=_language()
    )
    response = HttpResponse(drawn.svg, content_type="image/svg+xml; charset=utf-8")
    response["Content-Security-Policy"] = PICTURE_POLICY
    return response


def word_report(request: HttpRequest, release_id: int) -> HttpResponse:
    """The steering report as Word; for the research partner with the technical appendix."""
    found = get_object_or_404(
        Release.objects.visible_to(request.user).select_related("study", "wave"), pk=release_id
    )
    from evaluation.releases.reports import report  # here: python-docx is heavy, and few read a file

    research = has_role(request.user, "researcher")
    record(request.user, Action.EXPORTED, detail=f"report {found.pk}")
    return word_file(report(found, _language(), technical=research), f"resultater-{found.pk}")


# --- letting out
def _wave_or_404(request: HttpRequest, wave_id: int, phase: str) -> Wave:
    if phase not in Group.Phase.values:
        raise Http404
    rows = Wave.objects.filter(study__in=informing.led_by(request.user)).select_related("study")
    wave: Wave = get_object_or_404(rows, pk=wave_id)
    return wave


def ask_draft(request: HttpRequest, wave_id: int, phase: str) -> HttpResponse:
    """Asks for a preview. It is worked out by whoever may read answers, so it takes a moment."""
    wave = _wave_or_404(request, wave_id, phase)
    try:
        releasing.ask(wave, phase, request.user)
    except releasing.ReleasedBeforeError as error:
        return redirect("answers:release", error.release.pk)
    except releasing.NotReadyError as error:
        messages.warning(request, str(error))
        return redirect("answers:releases")
    return redirect("answers:release_draft", wave.pk, phase)


def draft(request: HttpRequest, wave_id: int, phase: str) -> HttpResponse:
    """What would be let out, word for word; or that it is being worked out."""
    wave = _wave_or_404(request, wave_id, phase)
    found = get_object_or_404(ReleaseDraft, wave=wave, phase=phase)
    context: dict[str, Any] = {
        "draft": found,
        "wave": wave.name_in(get_language()),
        "phase": words.phase(phase),
        "pk": wave.pk,
        "code": phase,
    }
    if found.content:
        told = [each for each in found.content["pictures"] if each["language"] == _language()]
        context |= _told(found.content["snapshot"]) | {"pictures": told}
    return render(request, "evaluation/releases/draft.html", context)


def let_out(request: HttpRequest, wave_id: int, phase: str) -> HttpResponse:
    """Lets the previewed figures out. Once."""
    wave = _wave_or_404(request, wave_id, phase)
    found = get_object_or_404(ReleaseDraft, wave=wave, phase=phase, state=ReleaseDraft.State.READY)
    try:
        made = releasing.release(wave, phase, found.content, request.user)
    except releasing.ReleasedBeforeError as error:
        messages.info(request, str(error))
        return redirect("answers:release", error.release.pk)
    except releasing.NotReadyError as error:
        messages.warning(request, str(error))
        return redirect("answers:releases")
    messages.success(request, _("Tallene er offentliggjort. De kan ikke endres."))
    return redirect("answers:release", made.pk)
