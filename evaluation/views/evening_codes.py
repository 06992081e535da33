"""The code of an evening's form on the wall, and what the form said when it has been counted (rule R8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.utils.translation import get_language

from courses.views.evenings import led_evening
from evaluation import evening_forms
from evaluation.papers import paper_occasions

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from evaluation.models import Occasion


def evening_code(request: HttpRequest, evening_id: int) -> HttpResponse:
    """While it is open the code, and not a word of who or how many have answered. Then the verdict.

    What is said after it has closed is the same, byte for byte, for none and for seven answers, and until
    they are counted. Template: ``evaluation/evenings/code.html``.
    """
    evening = led_evening(request.user, evening_id)
    forms = [_form(request, occasion) for occasion in evening_forms.forms_of(evening)]
    context = {
        "evening": evening,
        "forms": forms,
        "is_on_wall": any("picture" in form for form in forms),
        "on_paper": paper_occasions(request.user, evening.group, evening.pk),
    }
    return render(request, "evaluation/evenings/code.html", context)


def _form(request: HttpRequest, occasion: Occasion) -> dict[str, Any]:
    standing = evening_forms.standing_of(occasion)
    row: dict[str, Any] = {
        "name": occasion.wave.name_in(get_language()),
        "standing": standing,
        "opens_at": occasion.opens_at,
        "closes_at": occasion.closes_at,
    }
    seats = evening_forms.seats_of(occasion.evening) if occasion.evening else 0
    row["is_for_few"] = evening_forms.are_few(seats)
    if standing == "closed":
        return row | {"verdict": _verdict(evening_forms.verdict_of(occasion, request.user))}
    picture = _picture(evening_forms.address_of(occasion))
    short = evening_forms.wall_address_of(occasion).split("://", 1)[-1].rstrip("/")
    return row | {"address": short, "picture": picture, "seats": seats}


def _picture(address: str) -> str:
    import segno  # here, so that a web process carries it only once somebody asked for a code

    return segno.make(address, error="m", micro=False).svg_data_uri(
        scale=8, border=4, dark="#000", light="#fff"
    )


def _verdict(snapshot: dict[str, Any] | None) -> dict[str, Any] | None:
    if snapshot is None:
        return None
    nynorsk = get_language() == "nn"
    return {"n": snapshot["n"], "items": [_item(item, nynorsk=nynorsk) for item in snapshot["items"]]}


def _item(item: dict[str, Any], *, nynorsk: bool) -> dict[str, Any]:
    """One question: ``mean`` of ``high``, ``shares`` [.label .percent], or ``mostly``: what most said."""
    labels = [(nynorsk and nn) or nb for nb, nn in item.get("answers", [])]
    labels = labels or [str(code) for code in range(item["low"], item["high"] + 1)]
    mostly, percent = item.get("mostly"), item.get("percent") or []
    return {
        "text": (nynorsk and item["nn"]) or item["nb"],
        "mean": item.get("mean"),
        "low": item["low"],
        "high": item["high"],
        "shares": [{"label": label, "percent": share} for label, share in zip(labels, percent, strict=False)],
        "mostly": labels[mostly] if mostly is not None and mostly < len(labels) else "",
    }
