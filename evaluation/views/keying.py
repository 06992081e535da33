"""Forms on paper are put in: the code, then every answer twice on one page, by somebody from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evaluation import evening_forms, papers
from evaluation.answers import paper
from evaluation.answers.sealing import FormClosedError, FormFullError
from evaluation.instruments.checking import WrongAnswersError
from evaluation.instruments.frozen import questionnaires_of
from evaluation.views import questions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from evaluation.instruments.frozen import Questionnaire
    from evaluation.papers import PaperSheet

KEYINGS = ("a", "b")  # before the names of the fields
EMPTY = "empty"  # what the button sends of whoever was asked whether the sheet has no answer
WRONG = 422


def keying(request: HttpRequest) -> HttpResponse:
    """The code; with it the form twice; with both alike it is sealed. What is typed is kept nowhere else.

    Template: ``evaluation/paper/code.html`` or ``keying.html``.
    """
    if request.method != "POST":
        return render(request, "evaluation/paper/code.html", {"code": "", "fault": ""})
    code = papers.tidy(request.POST.get("code", ""))
    sheet = papers.sheet_to_key(request.user, code) if code else None
    fault = _fault(sheet)
    if sheet is None or fault:
        context = {"code": request.POST.get("code", "")[:20], "fault": fault}
        return render(request, "evaluation/paper/code.html", context, status=WRONG)
    asked = questionnaires_of(sheet.occasion.wave_id)
    if "keyed" not in request.POST:
        return _page(request, sheet, asked)
    return _take(request, sheet, asked)


def _fault(sheet: PaperSheet | None) -> str:
    if sheet is None:
        return _(
            "Vi finner ikke koden her. Se om den er skrevet riktig. Ark fra egen kommune må andre føre inn."
        )
    if sheet.is_keyed:
        return _("Arket er ført inn før. Det kan makuleres.")
    if sheet.occasion.state == "planned":
        opens = date_format(localtime(sheet.occasion.opens_at), "j. F H.i")
        return _("Skjemaet er ikke åpnet ennå. Arket kan føres inn fra %(at)s.") % {"at": opens}
    if sheet.occasion.state != "open":
        return _("Skjemaet er lukket. Arket kan ikke føres inn lenger, og skal makuleres.")
    if sheet.is_old:
        return _(
            "Arket er skrevet ut før siden ble hentet tilbake fra en sikkerhetskopi. Det kan ikke føres inn,"
            " og skal makuleres. Be kontaktpersonen skrive ut et nytt ark til den som vil svare på papir."
        )
    return ""


def _take(request: HttpRequest, sheet: PaperSheet, asked: list[Questionnaire]) -> HttpResponse:
    sent = {each: _keying(request.POST, each) for each in KEYINGS}
    faults: dict[str, dict[str, str]] = {each: {} for each in KEYINGS}
    read: dict[str, Any] = {}
    for each in KEYINGS:
        try:
            read[each] = questions.taken(asked, sent[each])
        except WrongAnswersError as error:
            faults[each] = dict(error.faults)
    missing = [each for each in KEYINGS if not _typed(sent[each])]
    if any(faults.values()) or len(missing) == 1:
        return _page(request, sheet, asked, sent, faults, missing=missing)
    if request.POST["keyed"] != EMPTY and not any(
        given for each in KEYINGS for _version, given in read[each]
    ):
        return _page(request, sheet, asked, sent, is_empty=True)
    return _seal(request, sheet, asked, sent, read)


def _seal(
    request: HttpRequest,
    sheet: PaperSheet,
    asked: list[Questionnaire],
    sent: dict[str, QueryDict],
    read: dict[str, Any],
) -> HttpResponse:
    evening = sheet.occasion.evening
    limit = evening_forms.seats_of(evening) if evening else 0
    try:
        said = paper.seal_keyed(sheet=sheet, asked=asked, first=read["a"], second=read["b"], limit=limit)
    except paper.KeyedDifferentlyError as error:
        words = paper.fault_words()
        return _page(
            request, sheet, asked, sent, {each: dict.fromkeys(error.names, words) for each in KEYINGS}
        )
    except FormClosedError:
        messages.error(request, _("Skjemaet er lukket. Arket kan ikke føres inn lenger, og skal makuleres."))
        return redirect("answers:keying")
    except FormFullError:
        messages.error(request, _full(sheet))
        return redirect("answers:keying")
    if said.is_new:
        messages.success(request, _("Arket er ført inn og forseglet. Nå kan det makuleres."))
        if evening is None:
            words = _("Har den som svarte, sagt nei eller ikke samtykket, blir det ikke talt med.")
            messages.info(request, words)
    else:
        messages.info(request, _("Arket er ført inn før. Det kan makuleres."))
    return redirect("answers:keying")


def _full(sheet: PaperSheet) -> str:
    """The head count can be put right for as long as the form is open: then there is a seat for it."""
    closes = localtime(sheet.occasion.closes_at)
    return _(
        "%(why)s Legg arket til side. Var de flere, kan kontaktpersonen skrive inn hvor mange de var før"
        " %(day)s kl. %(time)s, og arket føres inn etter det. Ellers makuleres det."
    ) % {
        "why": evening_forms.why_full(sheet.occasion.evening),
        "day": date_format(closes, "j. F"),
        "time": date_format(closes, "H.i"),
    }


def _keying(posted: QueryDict, which: str) -> QueryDict:
    """The fields of one of the two, by the names that the form itself has."""
    own = QueryDict(mutable=True)
    for name, values in posted.lists():
        if name.startswith(f"{which}-"):
            own.setlist(name.removeprefix(f"{which}-"), [value for value in values if value])
    return own


def _typed(sent: QueryDict) -> bool:
    return any(value.strip() for _name, values in sent.lists() for value in values)


def _page(
    request: HttpRequest,
    sheet: PaperSheet,
    asked: list[Questionnaire],
    sent: dict[str, QueryDict] | None = None,
    faults: dict[str, dict[str, str]] | None = None,
    *,
    missing: Sequence[str] = (),
    is_empty: bool = False,
) -> HttpResponse:
    """``missing``: the keying nothing was typed in; both are no fault of the one or the other."""
    language, faults = get_language(), faults or {}
    titles = {"a": _("Første føring"), "b": _("Andre føring")}
    lacking = missing if len(missing) == 1 else ()
    values = {which: dict(own.lists()) for which, own in (sent or {}).items()}
    keyings = [
        {
            "which": which,
            "title": titles[which],
            "fault": _missing_words(which) if which in lacking else "",
            "sections": _sections(asked, language, values.get(which, {}), faults.get(which, {})),
        }
        for which in KEYINGS
    ]
    together = faults.get("a", {}) | faults.get("b", {})
    context = {
        "code": sheet.code,
        "shown_code": papers.spaced(sheet.code),
        "title": papers.name_of(sheet.occasion, language),
        "is_anonymous": sheet.occasion.evening is not None,
        "keyings": keyings,
        "faults": [
            row | {"which": "a" if row["name"] in faults.get("a", {}) else "b"}
            for row in questions.named_faults(asked, together, language)
        ],
        "is_empty": is_empty,
    }
    status = WRONG if together or lacking or is_empty else 200
    return render(request, "evaluation/paper/keying.html", context, status=status)


def _missing_words(which: str) -> str:
    if which == "a":
        return _("Første føring mangler. Før inn arket der også. Det som står i den andre, er beholdt.")
    return _("Andre føring mangler. Før inn arket en gang til der. Det som står i den første, er beholdt.")


def _sections(
    asked: list[Questionnaire], language: str, values: dict[str, list[str]], faults: dict[str, str]
) -> list[dict[str, Any]]:
    """The questions, numbered as on the paper."""
    rows = [row for each in asked for row in questions.sections_of(each, language, values, faults)]
    for number, item in enumerate((item for row in rows for item in row["items"]), start=1):
        item["number"] = number
    return rows
