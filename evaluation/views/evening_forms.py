"""An evening's anonymous form, for whoever has its code, and its page for those who lead the evening.

No page here reads who is logged in (``cms/middleware.py``: nameless), makes a session or writes a line
anywhere: what is stored of an answer is the answer. Whether as many have come as there is room for is told
by nothing but an answer that is sent: it would tell how many have come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from evaluation import evening_forms
from evaluation.instruments.checking import WrongAnswersError
from evaluation.instruments.frozen import questionnaires_of
from evaluation.views import device_counts, questions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from evaluation.instruments.frozen import Questionnaire
    from evaluation.models import Occasion

CONFLICT, GONE, WRONG = 409, 410, 422


# nobody's login is used, and a token would be one cookie more on a device we want to know nothing of
@csrf_exempt
def evening_form(request: HttpRequest, nonce: str) -> HttpResponse:
    """The form, or what there is to say instead. Five queries at most to show it, whatever it asks.

    Template: ``evaluation/forms/form.html`` or ``standing.html``.
    """
    occasion = _occasion(nonce)
    seats = _seats(occasion)
    why = _refusal(request, occasion)
    if request.method == "POST":
        return _send(request, occasion, why, seats)
    if why:
        return _standing(request, occasion, why)
    asked = questionnaires_of(occasion.wave_id)
    return _form_page(request, occasion, asked, device_counts.new_sheet(occasion), seats)


def evening_received(request: HttpRequest, nonce: str) -> HttpResponse:
    """The receipt, by how many the device remembers. Template: ``evaluation/forms/receipt.html``."""
    occasion = _occasion(nonce)
    sent = device_counts.sent_from(request, occasion)
    ends = _ends(occasion, _seats(occasion), sent)
    if sent and evening_forms.standing_of(occasion) != "open":
        ends["here"] = "closed"
    page = render(request, "evaluation/forms/receipt.html", {"form": ends, "promise": _promise()})
    page["Cache-Control"] = "private, no-cache"  # it is another after the second answer
    return page


def _occasion(nonce: str) -> Occasion:
    """Raises Http404 for what is no evening's code."""
    found = evening_forms.form_of(nonce)
    if found is None:
        raise Http404
    return found


def _seats(occasion: Occasion) -> int:
    """How many may answer; a count that falls shuts nobody out. Three queries at most."""
    return max(occasion.seats, evening_forms.seats_of(occasion.evening)) if occasion.evening else 0


def _refusal(request: HttpRequest, occasion: Occasion) -> str:
    """«planned», «closed» or «device»; «» when there is none."""
    standing = evening_forms.standing_of(occasion)
    if standing != "open":
        return standing
    return "device" if device_counts.sent_from(request, occasion) >= device_counts.MOST else ""


def _send(request: HttpRequest, occasion: Occasion, why: str, seats: int) -> HttpResponse:
    """Takes a form once. Whatever refuses, the page sent again is known by its number, and told so."""
    mark = request.POST.get("mark", "")
    sheet = device_counts.sheet_in(mark, occasion)
    if sheet is None:
        return _not_taken(request, occasion, "gone")
    if why:
        return _sent_before(request, occasion, why, sheet)
    asked = questionnaires_of(occasion.wave_id)
    try:
        answers = questions.taken(asked, request.POST)
    except WrongAnswersError as error:
        if _by_script(request):
            return JsonResponse({"status": "wrong", "faults": error.faults}, status=WRONG)
        return _form_page(request, occasion, asked, mark, seats, error.faults)
    if questions.asks_first(answers, request.POST):
        if _by_script(request):
            return JsonResponse({"status": "empty"}, status=WRONG)
        return _form_page(request, occasion, asked, mark, seats, is_empty=True)
    return _seal(request, occasion, answers, sheet, seats)


def _sent_before(request: HttpRequest, occasion: Occasion, why: str, sheet: int) -> HttpResponse:
    """What is refused may be what arrived already, its answer lost on the way: then it is received."""
    from evaluation.answers import sealing

    if sealing.has_come(occasion=occasion, sheet=sheet):
        return _taken(request, occasion, "already")
    return _not_taken(request, occasion, "late" if why == "closed" else why)


def _seal(
    request: HttpRequest, occasion: Occasion, answers: list[Any], sheet: int, limit: int
) -> HttpResponse:
    from evaluation.answers import sealing  # with its cryptography: no weight on a worker that has no form

    try:
        said = sealing.submit_anonymous(occasion=occasion, forms=answers, limit=limit, sheet=sheet)
    except sealing.FormFullError:
        return _full(request, occasion, limit)
    except sealing.FormClosedError:
        return _not_taken(request, occasion, "late")
    response = _taken(request, occasion, said.state)
    if said.is_new:
        device_counts.count_one_more(request, response, occasion)
    return response


def _full(request: HttpRequest, occasion: Occasion, seats: int) -> HttpResponse:
    """The form again with all that was typed: it can be sent when somebody has put the count right."""
    words = _(
        "%(why)s Derfor ble svaret ditt ikke sendt. Det står her fortsatt. Var dere flere, kan"
        " kontaktpersonen skrive inn hvor mange dere var. Send så en gang til."
    ) % {"why": evening_forms.why_full(occasion.evening)}
    if _by_script(request):
        return JsonResponse({"status": "full", "words": words}, status=CONFLICT)
    asked = questionnaires_of(occasion.wave_id)
    return _form_page(request, occasion, asked, request.POST["mark"], seats, full=words)


def _taken(request: HttpRequest, occasion: Occasion, word: str) -> HttpResponse:
    if _by_script(request):
        return JsonResponse({"status": word})
    return redirect("answers:evening_received", occasion.nonce)


def _not_taken(request: HttpRequest, occasion: Occasion, why: str) -> HttpResponse:
    status = GONE if why == "late" else CONFLICT
    if _by_script(request):
        return JsonResponse({"status": "closed" if why == "late" else why}, status=status)
    return _standing(request, occasion, why, status)


def _form_page(
    request: HttpRequest,
    occasion: Occasion,
    asked: list[Questionnaire],
    mark: str,
    seats: int,
    faults: Mapping[str, str] | None = None,
    *,
    is_empty: bool = False,
    full: str = "",
) -> HttpResponse:
    """``full``: why there is no seat for what was sent."""
    language, sent = get_language(), device_counts.sent_from(request, occasion)
    values = questions.sent_values(request.POST) if faults or is_empty or full else None
    context = {
        "form": _ends(occasion, seats, sent + 1)  # its receipt is for when this one is sent too
        | {
            "title": asked[0].definition.title.in_language(language),
            "mark": mark,
            "questions": questions.fields_of(asked, language, values, faults),
            "faults": questions.named_faults(asked, faults, language) if faults else [],
            "is_empty": is_empty,
            "first": questions.first_field(asked, language) if is_empty else "",
            "minutes": sum(each.version.minutes for each in asked),
            "full": full,
            "sent_before": sent > 0,
            "intro": "evaluation/evenings/_intro.html",
        },
        "promise": _promise(),
    }
    status = CONFLICT if full else WRONG if values is not None else 200
    page = render(request, "evaluation/forms/form.html", context, status=status)
    page["Cache-Control"] = "private, no-cache"  # each page has a number of its own
    return page


def _ends(occasion: Occasion, seats: int, sent: int) -> dict[str, Any]:
    """``sent``: how many have gone from the device when the receipt is read; 0 is unknown."""
    return {
        "title": occasion.wave.name_in(get_language()),
        "action": reverse("answers:evening_form", args=[occasion.nonce]),
        "receipt_url": reverse("answers:evening_received", args=[occasion.nonce]),
        "occasion": "kveld",
        "anonymous": True,
        "closes_at": occasion.closes_at,
        "is_for_few": evening_forms.are_few(seats),
        "sent": "evaluation/evenings/_receipt.html",
        "here": "two" if sent >= device_counts.MOST else "more" if sent else "unknown",
    }


def _promise() -> dict[str, Any]:
    return {"named": False, "short": _("Svarene er anonyme.")}


def _standing(request: HttpRequest, occasion: Occasion, why: str, status: int = 200) -> HttpResponse:
    title, text = _words(occasion)[why]
    context = {"title": title, "text": text, "url": "", "button": ""}
    if why == "gone":
        context |= {
            "url": reverse("answers:evening_form", args=[occasion.nonce]),
            "button": _("Åpne skjemaet"),
        }
    return render(request, "evaluation/forms/standing.html", context, status=status)


def _words(occasion: Occasion) -> dict[str, tuple[str, str]]:
    """What each refusal says: its heading and a sentence."""
    opens = date_format(localtime(occasion.opens_at), "l j. F H.i")
    return {
        "planned": (
            _("Skjemaet er ikke åpnet ennå"),
            _("Det åpner mot slutten av kvelden, %(at)s. Ta vare på lenken så lenge.") % {"at": opens},
        ),
        "closed": (
            _("Skjemaet er lukket"),
            _(
                "Tiden for å svare på denne kvelden er ute. Det gjør ingenting, og ingen vet hvem som ikke"
                " svarte."
            ),
        ),
        "late": (
            _("Skjemaet er lukket"),
            _("Tiden er ute. Kom svaret ditt fram før det, er det med, og ellers gjør det ingenting."),
        ),
        "device": (
            _("Herfra er det sendt to svar"),
            _(
                "Flere enn to tar vi ikke imot fra samme telefon. Har dere ikke fått svart alle, kan"
                " dere bruke en annen. Takk!"
            ),
        ),
        "gone": (
            _("Skjemaet må åpnes på nytt"),
            _("Siden var for gammel eller ikke hel. Ingenting er sendt. Åpne skjemaet og svar der."),
        ),
    }


def _by_script(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")
