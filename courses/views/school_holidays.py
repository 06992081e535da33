"""The school holidays of one's municipalities: dates are never suggested on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from courses import grouping
from courses.forms.gatherings import SchoolHolidayForm
from courses.models import SchoolHoliday

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def school_holidays(request: HttpRequest) -> HttpResponse:
    """Those to come, and one more. Four queries at any size."""
    form = SchoolHolidayForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        SchoolHoliday.objects.create(**form.cleaned_data)
        messages.success(request, _("Ferien er lagret. Nye forslag går utenom den."))
        return redirect("evenings:school_holidays")
    places = grouping.holiday_places(request.user)
    rows = SchoolHoliday.objects.filter(municipality__in=places, last_day__gte=timezone.localdate())
    context = {"form": form, "holidays": rows.select_related("municipality")}
    return render(request, "courses/groups/holidays.html", context, status=422 if form.errors else 200)


def remove_school_holiday(request: HttpRequest, holiday_id: int) -> HttpResponse:
    rows = SchoolHoliday.objects.filter(municipality__in=grouping.holiday_places(request.user))
    get_object_or_404(rows, pk=holiday_id).delete()
    messages.success(request, _("Ferien er fjernet."))
    return redirect("evenings:school_holidays")
