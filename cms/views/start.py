"""The first page of whoever works with the programme: what exists for them today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from courses import reading
from courses.access import active_roles

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def start(request: HttpRequest) -> HttpResponse:
    """The first page of whoever takes no course: what exists for them today, and what is on its way."""
    roles = active_roles(request.user)
    if not roles and not hasattr(request.user, "adult"):
        raise Http404
    kinds = {role.kind for role in roles}
    context = {
        "name": request.user.first_name,
        "role_words": ", ".join(sorted({str(role.get_kind_display()) for role in roles})),
        "links": _start_links(kinds),
        "coming": [words for kind, words in _coming().items() if kind in kinds],
    }
    return render(request, "cms/start.html", context)


def _start_links(kinds: set[str]) -> list[tuple[str, str, str]]:
    links = []
    if "project-leader" in kinds:
        links.append((_("Prosjektet"), reverse("cms:project"), _("Grupper, medarbeidere og invitasjoner.")))
    if kinds & {"project-leader", "editor"}:
        links.append(
            (_("Rediger innholdet"), reverse("wagtailadmin_home"), _("Programmet, deler og utgaver."))
        )
    for slug, name, title in reading.first_modules():
        links.append((name, reverse("courses:module", args=[slug, title]), _("Les det deltakerne leser.")))
    links.append((_("Ord og begreper"), reverse("cms:words"), _("Korte forklaringer, på bokmål og nynorsk.")))
    return links


def _coming() -> dict[str, str]:
    """What each role will find here later, said plainly rather than left out."""
    return {
        "contact-person": _("Gruppa di, kveldsplanen og oppmøtet."),
        "project-leader": _("Oppmøte og svarandel for alle gruppene på én side."),
        "leader": _("Hvor mange familier som er med i kommunen, og resultatene når de er offentliggjort."),
        "researcher": _("Offentliggjorte tall, datasett og kodebok."),
        "user-group": _("Papirene til brukergruppas egne møter."),
    }
