"""The form a person answers: shown, sent, received, declined. Every page starts from her own participation.

Script sends the same form with «Accept: application/json» and is told in one word what became of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evaluation import answering
from evaluation.instruments.checking import WrongAnswersError
from evaluation.instruments.frozen import questionnaires_of
from evaluation.views import marks, promises, questions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from evaluation.answering import OwnForm
    from evaluation.instruments.frozen import Questionnaire

GONE, CONFLICT, WRONG = 410, 409, 422
STATUS = {"closed": GONE, "planned": CONFLICT, "declined": CONFLICT, "other": CONFLICT}


def form(request: HttpRequest, occasion_id: int) -> HttpResponse:
    """The form, or what there is to say instead. Six queries; one more for a version not seen before.

    Template: ``evaluation/forms/form.html`` or ``standing.html``.
    """
    if request.method == "POST":
        return _send(request, occasion_id)
    own = _own(request, occasion_id)
    if own.standing == "done":
        return redirect("answers:receipt", occasion_id)
    if own.standing != "open":
        return _standing(request, own)
    if request.session.get("notes_shut"):  # half an hour away: a draft is as private as a note
        return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': request.path})}")
    if own.has_letter and answering.has_read_letter(own, request.user) is False:
        letter = reverse("answers:information", args=[own.study_id])
        return redirect(f"{letter}?{urlencode({'next': request.path})}")
    return _form_page(request, own, questionnaires_of(own.wave_id))


def _send(request: HttpRequest, occasion_id: int) -> HttpResponse:
    """Takes a posted form once. What was typed stays on the page, or on the device, when it is not taken."""
    if marks.is_of_another(request.POST.get("mark", ""), request.user, occasion_id):
        return _not_taken(request, "other")
    own = _own(request, occasion_id)
    if not marks.is_own(request.POST.get("mark", ""), request.user, occasion_id):
        return _not_taken(request, "other", own)
    if own.standing == "done":
        return _taken(request, own, "already")
    if own.standing != "open":
        return _not_taken(request, own.standing, own)
    asked = questionnaires_of(own.wave_id)
    try:
        answers = questions.taken(asked, request.POST)
    except WrongAnswersError as error:
        if _by_script(request):
            return JsonResponse({"status": "wrong", "faults": error.faults}, status=WRONG)
        return _form_page(request, own, asked, error.faults, WRONG)
    if questions.asks_first(answers, request.POST):
        return _ask_first(request, own, asked)
    return _seal(request, own, answers)


def _ask_first(request: HttpRequest, own: OwnForm, asked: list[Questionnaire]) -> HttpResponse:
    if _by_script(request):
        return JsonResponse({"status": "empty"}, status=WRONG)
    return _form_page(request, own, asked, status=WRONG, is_empty=True)


def _seal(request: HttpRequest, own: OwnForm, answers: list[Any]) -> HttpResponse:
    from evaluation.answers import sealing  # with its cryptography: no weight on a worker that has no form

    try:
        said = sealing.submit(user=request.user, occasion_id=own.occasion_id, forms=answers)
    except (sealing.NotInvitedError, sealing.FormClosedError):  # a no, or the closing, a moment ago
        now = _own(request, own.occasion_id)
        return _not_taken(request, now.standing if now.standing in STATUS else "closed", now)
    return _taken(request, own, said.state)


def _taken(request: HttpRequest, own: OwnForm, word: str) -> HttpResponse:
    if _by_script(request):
        return JsonResponse({"status": word})
    return redirect("answers:receipt", own.occasion_id)


def _not_taken(request: HttpRequest, why: str, own: OwnForm | None = None) -> HttpResponse:
    if _by_script(request):
        return JsonResponse({"status": why}, status=STATUS[why])
    if why == "other" or own is None:
        title, text = promises.of_another()
        return _page(request, title, text, reverse("cms:min_side"), _("Til Min side"), status=CONFLICT)
    return _standing(request, own, STATUS[why])


def _form_page(
    request: HttpRequest,
    own: OwnForm,
    asked: list[Questionnaire],
    faults: Mapping[str, str] | None = None,
    status: int = 200,
    *,
    is_empty: bool = False,
) -> HttpResponse:
    language = get_language()
    values = questions.sent_values(request.POST) if faults or is_empty else None
    here = reverse("answers:form", args=[own.occasion_id])
    context = {
        "form": promises.ends_of(own, language)
        | {
            "action": here,
            "mark": marks.mark_of(request.user, own.occasion_id),
            "occasion": own.occasion_id,
            "questions": questions.fields_of(asked, language, values, faults),
            "faults": questions.named_faults(asked, faults, language) if faults else [],
            "is_empty": is_empty,
            "first": questions.first_field(asked, language) if is_empty else "",
            "minutes": sum(each.version.minutes for each in asked),
            "key_url": f"{here}nokkel/",
            "receipt_url": f"{here}takk/",
            "decline_url": f"{here}nei/",
            "information_url": _letter_url(request, own),
            "has_words": _has_words(asked),
            "is_paper": own.state == answering.State.PAPER,
            "intro": "evaluation/forms/_intro.html",
            "sent": "evaluation/forms/_receipt.html",
        },
        "promise": promises.promise_of(own, answering.is_small(own)),
        "help_place": own.place,
    }
    return render(request, "evaluation/forms/form.html", context, status=status)


def draft_key(request: HttpRequest, occasion_id: int) -> HttpResponse:
    """The key of one's own draft, while the form is open, and what only the device works out. JSON."""
    if marks.is_of_another(request.POST.get("mark", ""), request.user, occasion_id):
        return JsonResponse({"status": "other"}, status=CONFLICT)
    own = _own(request, occasion_id)
    if own.standing == "done":
        return JsonResponse({"status": "already"}, status=CONFLICT)
    if own.standing != "open":
        return JsonResponse({"status": own.standing}, status=STATUS[own.standing])
    if request.session.get("notes_shut"):
        return JsonResponse({"status": "login"}, status=403)
    key = answering.draft_key(request.user, occasion_id)
    if key is None:  # sent or declined in another tab meanwhile
        return JsonResponse({"status": "already"}, status=CONFLICT)
    low = questions.low_help_of(questionnaires_of(own.wave_id), get_language())
    return JsonResponse({"key": key.hex(), "low": low})


def receipt(request: HttpRequest, occasion_id: int) -> HttpResponse:
    """What is true when a form is received. Template: ``evaluation/forms/receipt.html``."""
    own = _own(request, occasion_id)
    if own.standing != "done":
        return redirect("answers:form", occasion_id)
    withdrawn = answering.withdrawn_on(own, request.user)
    words = {
        "sent": "evaluation/forms/_receipt.html",
        "received": own.occasion_id,
        "withdrawn_on": withdrawn,
        "has_words": _has_words(questionnaires_of(own.wave_id)),
        "information_url": _letter_url(request, own),
    }
    context = {
        "form": promises.ends_of(own, get_language()) | words,
        "promise": promises.promise_of(own, answering.is_small(own)),
        "help_place": own.place,
    }
    return render(request, "evaluation/forms/receipt.html", context)


def _has_words(asked: list[Questionnaire]) -> bool:
    """Whether something is to be answered in one's own words: those cannot be found again to be withdrawn."""
    return any(each.definition.text_items for each in asked)


def decline(request: HttpRequest, occasion_id: int) -> HttpResponse:
    """«Jeg vil ikke svare»: one tap, no reason. Script sends whose form it is, and nothing else, and opens
    the form's page when it has an answer."""
    if marks.is_of_another(request.POST.get("mark", ""), request.user, occasion_id):
        return _not_taken(request, "other")
    own = _own(request, occasion_id)
    if own.standing == "open":
        answering.decline(request.user, occasion_id)
    if _by_script(request):
        return JsonResponse({"status": "told"})
    return redirect("answers:form", occasion_id)


def undo_decline(request: HttpRequest, occasion_id: int) -> HttpResponse:
    _own(request, occasion_id)
    answering.undo_decline(request.user, occasion_id)
    return redirect("answers:form", occasion_id)


def _own(request: HttpRequest, occasion_id: int) -> OwnForm:
    """Raises Http404 for whoever is not asked there. One query."""
    own = answering.own_form(request.user, occasion_id)
    if own is None:
        raise Http404
    return own


def _letter_url(request: HttpRequest, own: OwnForm) -> str:
    """The page with the letter, or "" where there is none for her. One query at most."""
    if not own.has_letter or answering.has_read_letter(own, request.user) is None:
        return ""
    return reverse("answers:information", args=[own.study_id])


def _standing(request: HttpRequest, own: OwnForm, status: int = 200) -> HttpResponse:
    said_no = own.standing == "declined"
    barred = answering.barred(own, request.user) if said_no else ""
    title, text = promises.standing_of(own, barred)
    url, button, letter = reverse("cms:min_side"), _("Til Min side"), _letter_url(request, own)
    if barred == "consent" and letter:
        here = reverse("answers:form", args=[own.occasion_id])
        url, button = f"{letter}?{urlencode({'next': here})}", _("Til brevet")
        letter = ""  # the button leads there
    undo = reverse("answers:undo_decline", args=[own.occasion_id]) if said_no and not barred else ""
    return _page(request, title, text, url, button, status=status, undo_url=undo, letter_url=letter)


def _page(
    request: HttpRequest, title: str, text: str, url: str, button: str, *, status: int, **more: str
) -> HttpResponse:
    """``more``: undo_url and letter_url, where there are such."""
    context = {"title": title, "text": text, "url": url, "button": button} | more
    return render(request, "evaluation/forms/standing.html", context, status=status)


def _by_script(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")
