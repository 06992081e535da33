"""Who has asked to be erased, and the button that does it: the project leader's alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.archiving import ArchiveError, has_something, write_archive
from courses.erasing import HoldsRoleError, erase
from courses.erasure_requests import wishes_for
from courses.ledger import LedgerError
from courses.models import Enrolment

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from courses.models import Adult

TIME_TO_ERASE = timedelta(days=30)  # art. 12 (3) has a month; the shortest that is said of it


def erasures(request: HttpRequest) -> HttpResponse:
    """Those who have asked and are still here. Template: ``cms/project_erasures.html``."""
    asked = list(wishes_for(request.user).order_by("asked_erasure_on", "pk"))
    groups = _groups_of(asked)
    people = [{"pk": each.pk, "name": each.shown_name, "lines": _lines(each, groups)} for each in asked]
    return render(request, "cms/project_erasures.html", {"people": people})


def _groups_of(adults: list[Adult]) -> dict[int, str]:
    """The name of each one's group today. One query."""
    current = Enrolment.objects.current().filter(adult__in=[adult.pk for adult in adults])
    return dict(current.values_list("adult", "group__name"))


def _lines(adult: Adult, groups: dict[int, str]) -> list[str]:
    """What tells two of one name apart, and how long there is."""
    place = str(adult.family.municipality) if adult.family else ""
    asked = adult.asked_erasure_on
    day, due = (date_format(each, "j. F Y") for each in (asked, asked + TIME_TO_ERASE))
    return [
        ", ".join(filter(None, (place, groups.get(adult.pk)))),
        _("Ba om det %(day)s. Frist %(due)s.") % {"day": day, "due": due},
    ]


def erase_person(request: HttpRequest, adult_id: int) -> HttpResponse:
    """What goes and what stays, and the button; only of whoever has asked.

    Template: ``cms/erase_person.html``.
    """
    adult = get_object_or_404(wishes_for(request.user), pk=adult_id)
    works = adult.user.roles.active().exists()
    if request.method != "POST":
        context = {
            "adult": adult,
            "name": adult.shown_name,
            "lines": _lines(adult, _groups_of([adult])),
            "works": works,
            "archive": has_something(adult),
        }
        return render(request, "cms/erase_person.html", context)
    try:
        if works:  # before anything of hers is written
            raise HoldsRoleError
        write_archive(adult, settings.ARCHIVE_DIR)
        erase(adult)
    except HoldsRoleError:
        messages.error(
            request, _("Personen har en rolle i prosjektet. Avslutt den først, under «Folk og roller».")
        )
    except (ArchiveError, LedgerError):
        messages.error(request, _("Noe på maskinen må rettes før vi kan slette. Ingenting er slettet."))
    else:
        messages.success(
            request, _("Personen er slettet. Det arkivet skal ha, ligger klart hos den som driver tjenesten.")
        )
    return redirect("cms:erasures")
