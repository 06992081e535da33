"""The project leader's way to let figures out: what can be, a preview, and the one time it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from courses.access import has_role
from courses.models import Group
from evaluation import informing
from evaluation.models import Release, ReleaseDraft, Wave
from evaluation.releases import releasing, words, words_of_programme
from evaluation.releases.occasions import open_occasions, waves_and_phases
from evaluation.releases.waiting import is_told, that_wait
from evaluation.views.release_files import svg, written_language
from evaluation.views.release_told import everything
from evaluation.views.releases import named

if TYPE_CHECKING:
    from django.http import HttpRequest

    from courses.models import User


HEAVY = ("snapshot", "technical")


def releases(request: HttpRequest) -> HttpResponse:
    """What is out, the newest first; for the project leader also what can be."""
    out = list(Release.objects.visible_to(request.user).select_related("study", "wave").defer(*HEAVY))
    context: dict[str, Any] = {"releases": [named(each) for each in out]}
    if has_role(request.user, "project-leader"):
        context["candidates"] = _candidates(request.user, {(each.wave_id, each.phase) for each in out})
    return render(request, "evaluation/releases/list.html", context)


def _candidates(user: User, out: set[tuple[int, str]]) -> list[dict[str, Any]]:
    """By study: what can be let out, and what waits for groups, or for the next wave. Four queries, and two
    for each of them.
    """
    rows = Wave.objects.filter(study__in=informing.led_by(user)).select_related("study")
    waves = list(rows.order_by("study", "order", "code"))
    with_the_next = that_wait(waves)
    asked = ReleaseDraft.objects.visible_to(user).defer("content", "people")
    drafts = {(draft.wave_id, draft.phase): draft for draft in asked}
    studies: dict[int, dict[str, Any]] = {}
    for wave, phase in waves_and_phases(waves):
        if (wave.pk, phase) in out or is_told(with_the_next.get(wave.pk), phase, out):
            continue
        waiting = [
            str(each.group or _("dem som ikke er i en gruppe")) for each in open_occasions(wave, phase)
        ]
        row = _named(wave, phase) | {"waiting": waiting, "draft": drafts.get((wave.pk, phase))}
        study = studies.setdefault(
            wave.study_id, {"study": row["study"], "ready": [], "waiting": [], "next": []}
        )
        if wave.pk in with_the_next:
            study["next"].append(row)
        else:
            study["ready" if row["draft"] or not waiting else "waiting"].append(row)
    return list(studies.values())


def _named(wave: Wave, phase: str) -> dict[str, Any]:
    study = {"nb": wave.study.name_nb, "nn": wave.study.name_nn}
    return {
        "study": words.in_language(study, written_language()),
        "wave": wave.name_in(written_language()),
        "phase": words_of_programme.phase(phase),
        "pk": wave.pk,
        "code": phase,
    }


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
        return _is_out(request, error)
    except releasing.NotReadyError as error:
        messages.warning(request, str(error))
        return redirect("answers:releases")
    return redirect("answers:release_draft", wave.pk, phase)


def _is_out(request: HttpRequest, error: releasing.ReleasedBeforeError) -> HttpResponse:
    """Another tab, or somebody else, was first: says since when, and leads to it."""
    messages.info(request, str(error))
    return redirect("answers:release", error.release.pk)


def draft(request: HttpRequest, wave_id: int, phase: str) -> HttpResponse:
    """What would be let out, word for word; or that it is being worked out."""
    wave = _wave_or_404(request, wave_id, phase)
    out = Release.objects.visible_to(request.user).filter(wave=wave, phase=phase).only("pk").first()
    if out:  # whoever kept the address is led to what it became
        return redirect("answers:release", out.pk)
    found = get_object_or_404(ReleaseDraft.objects.visible_to(request.user), wave=wave, phase=phase)
    context: dict[str, Any] = {"draft": found} | _named(wave, phase)
    if found.content:
        drawn = [
            {"picture": each, "src": reverse("answers:draft_picture", args=[wave.pk, phase, each["name"]])}
            for each in found.content["pictures"]
            if each["language"] == written_language()
        ]
        context |= everything(found.content["snapshot"], drawn) | {"checksum": _checksum(found)}
    return render(request, "evaluation/releases/draft.html", context)


def draft_picture(request: HttpRequest, wave_id: int, phase: str, name: str) -> HttpResponse:
    """A picture of a preview, as it would be let out."""
    wave = _wave_or_404(request, wave_id, phase)
    found = get_object_or_404(
        ReleaseDraft.objects.visible_to(request.user), wave=wave, phase=phase, state=ReleaseDraft.State.READY
    )
    which = "narrow" if "smal" in request.GET else "svg"
    for each in found.content["pictures"]:
        if (each["name"], each["language"]) == (name, written_language()):
            return svg(each[which])
    raise Http404


def _checksum(found: ReleaseDraft) -> str:
    return releasing.checksum(found.content["snapshot"], found.content["technical"])


def let_out(request: HttpRequest, wave_id: int, phase: str) -> HttpResponse:
    """Lets out the figures she has seen, by their checksum, and no others. Once."""
    wave = _wave_or_404(request, wave_id, phase)
    try:
        releasing.shown(wave, phase)
    except releasing.ReleasedBeforeError as error:
        return _is_out(request, error)
    found = get_object_or_404(
        ReleaseDraft.objects.visible_to(request.user), wave=wave, phase=phase, state=ReleaseDraft.State.READY
    )
    if request.POST.get("checksum") != _checksum(found):
        messages.warning(request, _("Tallene er regnet ut på nytt siden du så dem. Se på dem igjen."))
        return redirect("answers:release_draft", wave.pk, phase)
    if request.POST.get("read") != "1":
        messages.warning(
            request, _("Kryss av for at du har sett gjennom tallene. Da kan de offentliggjøres.")
        )
        return redirect(reverse("answers:release_draft", args=[wave.pk, phase]) + "#ut")
    try:
        made = releasing.release(wave, phase, found.content, request.user)
    except releasing.ReleasedBeforeError as error:
        return _is_out(request, error)
    except releasing.NotReadyError as error:
        messages.warning(request, str(error))
        return redirect("answers:releases")
    messages.success(request, _("Tallene er offentliggjort. De kan ikke endres."))
    return redirect("answers:release", made.pk)
