"""The first page of whoever works with the programme: what exists for them today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from courses import reading
from courses.access import active_roles
from courses.models import Municipality

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from courses.models import Role, User


def start(request: HttpRequest) -> HttpResponse:
    """The first page of whoever takes no course: what exists for them today, and what is on its way.

    Without a role either, it says whom to ask.
    """
    roles = active_roles(request.user)
    kinds = {role.kind for role in roles}
    context = {
        "name": request.user.first_name,
        "role_words": _words(roles),
        "links": _start_links(kinds),
        "coming": [words for kind, words in _coming().items() if kind in kinds],
        "help_place": _place(roles),
    }
    return render(request, "cms/start.html", context)


def staff_links(user: User) -> dict[str, Any] | None:
    """The same for whoever takes a course as well. One query, and one more for whoever has a role."""
    roles = active_roles(user)
    if not roles:
        return None
    return {"role_words": _words(roles), "links": _start_links({role.kind for role in roles})}


def _words(roles: list[Role]) -> str:
    return ", ".join(sorted({str(role.get_kind_display()) for role in roles}))


def _place(roles: list[Role]) -> str:
    """The municipality of one's roles, when it is one. One query then."""
    places = {role.municipality_id for role in roles}
    if len(places) != 1 or None in places:
        return ""
    return str(Municipality.objects.values_list("slug", flat=True).get(pk=places.pop()))


def _start_links(kinds: set[str]) -> list[tuple[str, str, str]]:
    links = []
    if "project-leader" in kinds:
        links.append((_("Prosjektet"), reverse("cms:project"), _("Grupper, medarbeidere og invitasjoner.")))
    if kinds & {"project-leader", "editor"}:
        words = (
            _("Programmet, deler og utgaver.") if "project-leader" in kinds else _("Programmet og delene.")
        )
        links.append((_("Rediger innholdet"), reverse("wagtailadmin_home"), words))
    for slug, name in reading.readable_programmes() if kinds else []:
        links.append((name, reverse("courses:programme", args=[slug]), _("Les det deltakerne leser.")))
    links.append((_("Ordliste"), reverse("cms:words"), _("Korte forklaringer, på bokmål og nynorsk.")))
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
