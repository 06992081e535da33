"""The project page: how municipalities, groups and evenings stand; wishes for guidance; the logs' changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cms import project_words as words
from courses import project_logs, projecting
from courses.erasure_requests import wishes_for
from courses.models import Group
from courses.outbox.lost import count_of_no_group
from courses.project_sums import PER_PAGE
from courses.projecting import InAll, Reach, reach_of
from evaluation.answers.names import names_in
from evaluation.answers.redacting import redact

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.core.paginator import Page
    from django.http import HttpRequest, HttpResponse

    from courses.models import EveningLog, User

PHASES = dict(Group.Phase.choices)


def project(request: HttpRequest) -> HttpResponse:
    """The state of the project. The same number of queries at any size; a page shows twelve places.

    A leader sees her own municipalities, coarsely; what needs somebody is the project leader's.
    """
    reach, now = reach_of(request.user), timezone.now()
    labels, phase_labels = words.place_labels(), words.phase_labels()
    sought = request.GET.get("sok", "").replace("\0", "").strip()[:100]
    places = reach.places()
    if sought:  # SQLite knows small and capital letters of English alone
        places = places.filter(Q(name__icontains=sought.lower()) | Q(name__icontains=sought.capitalize()))
    page = Paginator(places.values_list("pk", "name", "slug"), PER_PAGE).get_page(request.GET.get("side"))
    ids = [pk for pk, _name, _slug in page]
    groups, learning = (projecting.first_groups(reach, now, training=t) for t in (False, True))
    context = {
        "leads": reach.leads,
        "is_region": reach.is_region,
        "in_all": InAll(now) if reach.is_region else None,
        "page": page,
        "sought": sought,
        "query": f"{urlencode({'sok': sought})}&" if sought else "",
        "links": _links(request.user, reach),
        "place_labels": labels,
        "places": place_rows(page, projecting.standing_of_places(ids, now), reach, labels),
        "phase_labels": phase_labels,
        "phases": phase_rows(page, projecting.phases_of_places(ids), now, phase_labels),
        "group_labels": words.group_labels(),
        "groups": group_rows(groups, reach, now),
        "more_groups": len(groups) == PER_PAGE,
        "training_labels": words.group_labels(training=True),
        "training": group_rows(learning, reach, now, training=True),
        "more_training": len(learning) == PER_PAGE,
        "wishes": _wishes(request, reach),
    }
    return render(request, "cms/project.html", context)


def place_rows(
    places: Page | Sequence[Any], standings: dict[int, projecting.Standing], reach: Reach, labels: list[str]
) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "url": f"/prosjekt/kommune/{slug}/",  # reverse() costs more than the rest of the row
            "cells": list(
                zip(labels, words.place_cells(standings[pk], exact=reach.leads_in(pk)), strict=True)
            ),
        }
        for pk, name, slug in places
    ]


def phase_rows(
    places: Page | Sequence[Any],
    phases: dict[int, list[projecting.Phase]],
    now: datetime,
    labels: list[str],
) -> list[dict[str, Any]]:
    today = timezone.localdate(now)
    return [
        {
            "name": name,
            "url": f"/prosjekt/kommune/{slug}/#faser",
            "cells": words.phase_cells(labels, phases[pk], today),
        }
        for pk, name, slug in places
    ]


def group_rows(
    groups: Sequence[Any], reach: Reach, now: datetime, *, training: bool = False
) -> list[dict[str, Any]]:
    """Rows of at most ``PER_PAGE`` groups; exact for whoever leads one of a group's places.

    Five queries, none without groups.
    """
    if not groups:
        return []
    ids, labels = [group[0] for group in groups], words.group_labels(training=training)
    standings, places = projecting.standing_of_groups(ids, now), projecting.places_of_groups(ids)
    rows = []
    for pk, name, phase, next_at in groups:
        exact, where = any(map(reach.leads_in, places[pk])), ", ".join(places[pk].values())
        cells = words.group_cells(
            str(PHASES[phase]), where, next_at, standings[pk], exact=exact, training=training
        )
        rows.append(
            {
                "name": name,
                "url": f"/gruppe/{pk}/" if exact else "",
                "cells": list(zip(labels, cells, strict=True)),
            }
        )
    return rows


def _links(user: User, reach: Reach) -> list[tuple[str, str]]:
    """The project's other pages, those that are hers; first those with somebody waiting."""
    links = [(_("Tall for året"), reverse("cms:counts")), (_("Møter og papirer"), reverse("cms:meetings"))]
    if not reach.leads:
        return [*links, (_("Svar"), reverse("answers:boards"))]
    links[:0] = [(_("Folk og roller"), reverse("cms:people")), (_("Studier"), reverse("answers:studies"))]
    links += [
        (_("Skjema på papir"), reverse("answers:keying")),
        (_("Endringer underveis"), reverse("cms:changes")),
        (_("Rediger innholdet"), reverse("wagtailadmin_home")),
    ]
    if lost := count_of_no_group(user):
        links.insert(0, (_("Kom ikke fram: %(number)s") % {"number": lost}, reverse("cms:lost_messages")))
    if asked := wishes_for(user).count():
        links.insert(0, (_("Ber om å bli slettet: %(number)s") % {"number": asked}, reverse("cms:erasures")))
    if reach.is_region:
        links.append((_("Ny kommune"), reverse("cms:new_place")))
    return links


def _wishes(request: HttpRequest, reach: Reach) -> list[dict[str, Any]]:
    return [
        {
            "url": f"/prosjekt/onske/{log}/gitt/",
            "group": group,
            "number": number,
            "day": timezone.localtime(starts_at),
            "by": by or _("noen"),
        }
        for log, starts_at, number, group, by in project_logs.open_wishes(request.user, reach)
    ]


def guidance_given(request: HttpRequest, log_id: int) -> HttpResponse:
    """«Gitt»: the wish leaves the list. A log she may not see, or without an open wish, is a 404."""
    if not project_logs.give_guidance(user=request.user, log_id=log_id, on=timezone.localdate()):
        raise Http404
    messages.success(request, _("Ønsket om veiledning er notert som gitt."))
    return redirect("cms:project")


def all_groups(request: HttpRequest) -> HttpResponse:
    """Every group she may see, twelve on a page, those that meet next first."""
    reach, now, which = reach_of(request.user), timezone.now(), _which_course(request)
    training = which["training"]
    found = projecting.groups_of(reach, now, training=training)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("side"))
    context = which | {
        "page": page,
        "labels": words.group_labels(training=training),
        "groups": group_rows(list(page), reach, now, training=training),
    }
    return render(request, "cms/project_groups.html", context)


def _which_course(request: HttpRequest) -> dict[str, Any]:
    """Whether a page is asked about the course for contact persons, and so its next pages too."""
    training = request.GET.get("for") == "kontaktpersoner"
    return {"training": training, "query": "for=kontaktpersoner&" if training else ""}


def changes(request: HttpRequest) -> HttpResponse:
    """What contact persons changed from the plan, and how much of each module's plan was done."""
    which = _which_course(request)
    training = which["training"]
    found = project_logs.adaptations(request.user, training=training)
    context = which | {
        "page": _without_names(Paginator(found, 20).get_page(request.GET.get("side"))),
        "modules": [
            {"programme": programme, "number": number, "title": title, "done": words.percent(share)}
            for programme, number, title, share in project_logs.adherence_of_modules(
                request.user, get_language() or "nb", training=training
            )
        ],
    }
    return render(request, "cms/project_changes.html", context)


def _without_names(page: Page[EveningLog]) -> Page[EveningLog]:
    """What was written, without those it may be about, as in what is let out. Four queries."""
    logs = list(page)
    names = names_in({log.evening.group_id for log in logs})
    for log in logs:
        log.changed, log.why = redact(log.changed, names), redact(log.why, names)
    page.object_list = logs
    return page
