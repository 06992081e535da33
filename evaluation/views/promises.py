"""What the pages of a form promise, in words that are true for it: reliability §6.5, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from evaluation.answering import OwnForm


def promise_of(own: OwnForm, is_small: bool) -> dict[str, Any]:
    """``words`` before the first question, ``short`` above each, ``small`` where few are asked, or ""."""
    if own.is_named:
        return {
            "named": True,
            "words": _(
                "Svarene lagres med navnet ditt, i en egen database. De brukes til å gjøre kurset bedre."
                " Ingen kan se på nettsiden hva du har svart, heller ikke prosjektet og lederne:"
                " Der står bare tall for flere samlet. De som drifter databasen, kan lese svarene."
                " Vil du se dine, spør du %(contact)s. Det du skriver med egne ord, lagres uten navn når"
                " svarene telles opp."
            )
            % {"contact": own.contact},
            "short": _("Svarene lagres med navnet ditt."),
            "small": "",
        }
    day = date_format(own.sunset_on, "j. F Y")
    return {
        "named": False,
        "words": _(
            "Svarene lagres uten navn. Systemet kobler svarene dine før og etter."
            " Nøkkelen som kan si hvilke som er dine, slettes %(day)s."
            " Ingen leder, kontaktperson eller kommune kan se hva du svarte."
        )
        % {"day": day},
        "short": _("Svarene lagres uten navn."),
        "small": _small(own) if is_small else "",
    }


def _small(own: OwnForm) -> str:
    """Of how many must have answered and not of how many are asked, for more may come to be asked."""
    if not own.is_of_adults:
        return _(
            "Så lenge færre enn fem har svart, åpner vi ikke svarene: De ligger forseglet til det er nok svar"
            " fra flere i regionen, og telles sammen med dem. Blir det aldri nok, slettes de uten at noen har"
            " lest dem."
        )
    return _(
        "Så lenge færre enn fem voksne eller fire familier har svart, åpner vi ikke svarene fra gruppa for"
        " seg: De ligger forseglet til det er nok svar fra flere grupper i regionen, og telles sammen med"
        " dem. Blir det aldri nok, slettes de uten at noen har lest dem."
    )


def ends_of(own: OwnForm, language: str) -> dict[str, Any]:
    """What the form is called and when things end."""
    return {
        "title": own.wave_name(language),
        "study": own.study_name(language),
        "closes_at": own.closes_at,
        "sunset_on": own.sunset_on,
        "can_withdraw": own.is_research,
        "withdrawn_on": None,
        "own_url": reverse("cms:own_data"),
    }


def standing_of(own: OwnForm, barred: str = "") -> tuple[str, str]:
    """A form that cannot be answered now: its heading and a sentence that says why. ``barred``: what keeps
    somebody who has said no from changing her mind, as in ``answering.barred``."""
    if own.standing == "planned":
        day = date_format(localtime(own.opens_at), "l j. F")
        return _("Skjemaet er ikke åpnet ennå"), _(
            "Det åpner %(day)s. Da får du en beskjed, og skjemaet står på Min side."
        ) % {"day": day}
    if own.standing == "declined" and barred == "consent":
        return _("Du er ikke med i forskningen"), _(
            "Derfor er skjemaet lukket for deg. Det er helt greit, og ingen får vite det. Ombestemmer du deg,"
            " kan du si ja under brevet om undersøkelsen."
        )
    if own.standing == "declined" and barred == "withdrawn":
        return _("Skjemaet er lukket for deg"), _(
            "Du har trukket samtykket etter at det åpnet. Det som er svart her med navnet ditt, tas ut, så"
            " det kan ikke fylles ut på nytt. Det er helt greit. Et nytt ja gjelder fra neste skjema."
        )
    if own.standing == "declined":
        day = date_format(localtime(own.closes_at), "j. F")
        if own.is_named:
            said = _(
                "Det er helt greit. Du får ingen flere påminnelser."
                " Ombestemmer du deg, kan du svare til %(day)s."
            )
            return _("Du har sagt at du ikke vil svare"), said % {"day": day}
        return _("Du har sagt at du ikke vil svare"), _(
            "Det er helt greit, og ingen får vite det. Du får ingen flere påminnelser."
            " Ombestemmer du deg, kan du svare til %(day)s."
        ) % {"day": day}
    return _("Skjemaet er lukket"), _(
        "Tiden for å svare er ute. Det gjør ingenting, og ingen får vite hvem som ikke svarte."
        " Har du svar liggende på telefonen, blir de ikke sendt."
    )


def of_another() -> tuple[str, str]:
    """A form that somebody else opened on this device, heading and sentence."""
    return _("Skjemaet hører til en annen"), _(
        "Det ble åpnet av en annen enn den som er logget inn nå. Ingenting er sendt, og ingenting er slettet."
        " Den det hører til, kan logge inn og fortsette."
    )
