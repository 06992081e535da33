"""Who has asked to be erased, and the button that does it: the project leader's alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from courses.archiving import ArchiveError, has_something, write_archive
from courses.erasing import HoldsRoleError, erase
from courses.erasure_requests import wishes_for
from courses.ledger import LedgerError

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def erasures(request: HttpRequest) -> HttpResponse:
    """Those who have asked and are still here. Template: ``cms/project_erasures.html``."""
    people = [
        {"pk": adult.pk, "name": adult.shown_name, "place": adult.family.municipality if adult.family else ""}
        for adult in wishes_for(request.user)
    ]
    return render(request, "cms/project_erasures.html", {"people": people})


def erase_person(request: HttpRequest, adult_id: int) -> HttpResponse:
    """What goes and what stays, and the button; only of whoever has asked.

    Template: ``cms/erase_person.html``.
    """
    adult = get_object_or_404(wishes_for(request.user), pk=adult_id)
    works = adult.user.roles.active().exists()
    if request.method != "POST":
        context = {"adult": adult, "name": adult.shown_name, "works": works, "archive": has_something(adult)}
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
