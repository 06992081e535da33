"""The first page of whoever works with the programme: what exists for them today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cms.access_matrix import BODIES, RESULTS
from cms.own_groups import own_groups
from courses import reading
from courses.access import active_roles
from courses.models import Municipality
from courses.preparing import has_led
from evaluation.own_forms import own_forms

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cms.own_groups import Link
    from courses.models import Role, User


def start(request: HttpRequest) -> HttpResponse:
    """The first page of whoever takes no course. Without a role either, it says whom to ask."""
    roles = active_roles(request.user)
    context = {
        "name": request.user.first_name,
        **_work(request.user, roles),
        "help_place": _place(roles),
        "forms": own_forms(request.user, get_language() or "nb"),
    }
    return render(request, "cms/start.html", context)


def staff_links(user: User) -> dict[str, Any] | None:
    """The same for whoever takes a course as well. One query without a role."""
    roles = active_roles(user)
    if not roles:
        return None
    return _work(user, roles)


def _work(user: User, roles: list[Role]) -> dict[str, Any]:
    """What her roles are called, the evenings she leads today, and the ways on."""
    is_contact_person = any(role.kind == "contact-person" for role in roles)
    evenings, groups = own_groups(user) if is_contact_person else ([], [])
    return {"role_words": _words(roles), "tonight": evenings, "links": _links(user, roles, groups)}


def _words(roles: list[Role]) -> str:
    return ", ".join(sorted({str(role.get_kind_display()) for role in roles}))


def _place(roles: list[Role]) -> str:
    """The municipality of one's roles, when it is one. One query then."""
    places = {role.municipality_id for role in roles}
    if len(places) != 1 or None in places:
        return ""
    return str(Municipality.objects.values_list("slug", flat=True).get(pk=places.pop()))


def _first_steps(user: User, kinds: set[str]) -> list[Link]:
    """«Før din første kveld», until a contact person has held one. One query then."""
    if "contact-person" not in kinds or has_led(user):
        return []
    words = _("Det som bør være på plass, i den rekkefølgen du vil.")
    return [(_("Før din første kveld"), reverse("evenings:before_first"), words)]


def _links(user: User, roles: list[Role], groups: list[Link]) -> list[Link]:
    """Everything that exists for a person's roles, what she does most first. At most four queries."""
    kinds = {role.kind for role in roles}
    links = [*_first_steps(user, kinds), *groups, *_project_links(roles)]
    if kinds & {"contact-person", "project-leader"}:
        links.append((_("Grupper"), reverse("evenings:groups"), _("Alle gruppene, og en ny.")))
    if kinds & {"contact-person", "project-leader", "leader"}:
        words = _("Fosterhjemskvelder, oppfriskning og kurs for ansatte.")
        links.append((_("Samlinger"), reverse("evenings:gatherings"), words))
    if kinds & RESULTS:
        words = _("Tall som er offentliggjort, og hva de kan si.")
        links.append((_("Resultater"), reverse("answers:releases"), words))
    if kinds & BODIES:
        words = _("Saklister og referater fra gruppene du sitter i.")
        links.append((_("Møter og papirer"), reverse("cms:meetings"), words))
    return [*links, *_text_links(kinds)]


def _project_links(roles: list[Role]) -> list[Link]:
    kinds = {role.kind for role in roles}
    if "project-leader" in kinds:
        return [
            (_("Prosjektet"), reverse("cms:project"), _("Kommuner, faser, grupper og kvelder.")),
            (_("Folk og roller"), reverse("cms:people"), _("Medarbeidere og invitasjoner.")),
            (
                _("Studier"),
                reverse("answers:studies"),
                _("Skjemaene: hva, når, og hvor mange som har svart."),
            ),
        ]
    if "leader" in kinds:
        return [
            (_("Prosjektet"), reverse("cms:project"), _("Slik går det i kommunen din.")),
            (_("Tall for året"), reverse("cms:counts"), _("Fosterhjem, nye fosterhjem og flyttinger.")),
        ]
    return []


def _text_links(kinds: set[str]) -> list[Link]:
    links = []
    if kinds & {"project-leader", "editor"}:
        words = (
            _("Programmet, deler og utgaver.") if "project-leader" in kinds else _("Programmet og delene.")
        )
        links.append((_("Rediger innholdet"), reverse("wagtailadmin_home"), words))
    for slug, name in reading.readable_programmes() if kinds else []:
        links.append((name, reverse("courses:programme", args=[slug]), _("Les det deltakerne leser.")))
    links.append((_("Ordliste"), reverse("cms:words"), _("Korte forklaringer, på bokmål og nynorsk.")))
    return links
