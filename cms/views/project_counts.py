"""The municipalities' numbers for a year: seen by all who work with the project, small ones hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.project_forms import YearCountForm
from courses.access import active_roles
from courses.models import Municipality, Region, YearCount
from courses.project_sums import PER_PAGE
from courses.projecting import LEADS, WATCHES, reach_of
from courses.year_counts import FIELDS, years_of

if TYPE_CHECKING:
    from django.core.paginator import Page
    from django.http import HttpRequest, HttpResponse

    from courses.models import User
    from courses.projecting import Reach
    from courses.year_counts import Year


def own_places(user: User) -> frozenset[int]:
    """The municipalities whose small numbers are hers to see: where she has a role of its own, by name."""
    return frozenset(
        role.municipality_id
        for role in active_roles(user)
        if role.kind in (LEADS, WATCHES) and role.municipality_id is not None
    )


def counts(request: HttpRequest) -> HttpResponse:
    """One year of one region: the sum, and each municipality as far as she may see it. Six queries."""
    reach, own = reach_of(request.user), own_places(request.user)
    regions = list(Region.objects.filter(pk__in=reach.places().order_by().values("region")).order_by("name"))
    region = _chosen(regions, request.GET.get("region"), "pk")
    years = years_of(region, own) if region else []
    year = _chosen(years, request.GET.get("aar"), "year")
    places = Municipality.objects.filter(region=region).order_by("name")
    page = Paginator(places, PER_PAGE).get_page(request.GET.get("side"))
    context = {
        "regions": regions,
        "region": region,
        "years": [row.year for row in years],
        "year": year,
        "page": page,
        "query": f"region={region.pk}&aar={year.year}&" if year else "",
        "labels": [str(YearCount._meta.get_field(name).verbose_name) for name in FIELDS],
        "rows": _rows(page, year, reach, own),
        "totals": [year.columns[name].total for name in FIELDS] if year else [],
    }
    return render(request, "cms/project_counts.html", context)


def _chosen(rows: list[Any], asked: str | None, name: str) -> Any:
    """The row that was asked for, else the first, else None."""
    return next((row for row in rows if str(getattr(row, name)) == asked), rows[0] if rows else None)


def _rows(page: Page, year: Year | None, reach: Reach, own: frozenset[int]) -> list[dict[str, Any]]:
    """A municipality with its three cells: a number, «hidden», or «» where none is typed."""
    return [
        {
            "name": place.name,
            "url": reverse("cms:place_counts", args=[place.slug])
            if place.pk in own or reach.leads_in(place.pk)
            else "",
            "cells": [_cell(year, name, place.pk) for name in FIELDS] if year else ["", "", ""],
        }
        for place in page
    ]


def _cell(year: Year, name: str, place: int) -> int | str:
    cells = year.columns[name].cells
    if place not in cells:
        return ""
    count = cells[place]
    return "hidden" if count is None else count


def place_counts(request: HttpRequest, slug: str) -> HttpResponse:
    """A municipality's own numbers, exactly, and the form for a year.

    The leader of the whole region may type for a municipality that cannot, and sees no small number by it:
    her form is empty, and what she saves takes the place of what was there.
    """
    reach, own = reach_of(request.user), own_places(request.user)
    place = get_object_or_404(reach.places(), slug=slug)
    is_own = place.pk in own
    stored = list(place.year_counts.all()) if is_own else []
    if request.method == "POST":
        form = YearCountForm(request.POST)
        if form.is_valid():
            _save(place, form.cleaned_data, request.user)
            messages.success(
                request, _("Tallene for %(year)s er lagret.") % {"year": form.cleaned_data["year"]}
            )
            return redirect("cms:counts")
    else:
        form = YearCountForm(instance=_asked(stored, request.GET.get("aar")))
    context = {"place": place, "is_own": is_own, "stored": stored, "form": form}
    return render(request, "cms/project_place_counts.html", context, status=422 if form.errors else 200)


def _asked(stored: list[YearCount], year: str | None) -> YearCount:
    """The stored numbers of the year that is asked for, otherwise of last year; an empty row without any."""
    last = timezone.localdate().year - 1
    by_year = {str(row.year): row for row in stored}
    return by_year.get(year or "") or by_year.get(str(last)) or YearCount(year=last)


def _save(place: Municipality, given: dict[str, Any], by: User) -> None:
    YearCount.objects.update_or_create(
        municipality=place,
        year=given["year"],
        defaults={name: given[name] for name in FIELDS} | {"by": by, "typed_on": timezone.localdate()},
    )
