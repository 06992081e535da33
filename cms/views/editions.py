"""«Utgaver» in the Wagtail admin: publishing an edition, and carrying a corrected wording into one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.access_matrix import ROUTES
from cms.models import PartPage
from cms.publishing import (
    StructuralChangeError,
    carry_correction,
    corrections_of,
    publish_edition,
    waiting_corrections,
)
from cms.readiness import NotReadyError, problems_before_publishing
from courses.access import has_role
from courses.models import Edition, EditionModule, Programme

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from courses.models import User


class PublishForm(forms.Form):
    """The new edition's number and what is new in it."""

    version = forms.RegexField(
        r"^\d{1,2}\.\d{1,2}$",
        label=gettext_lazy("Utgave"),
        help_text=gettext_lazy("To tall med punktum, for eksempel 1.1."),
        error_messages={"invalid": gettext_lazy("Skriv to tall med punktum, for eksempel 1.1.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Hva er nytt, og hvorfor"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
    )


class CarryForm(forms.Form):
    """Why a wording is corrected."""

    reason = forms.CharField(
        max_length=2000, error_messages={"required": gettext_lazy("Skriv hvorfor teksten rettes.")}
    )


def editions(request: HttpRequest) -> HttpResponse:
    """Each programme with its editions, the wordings that wait for one, and those it was given."""
    programmes = []
    modules = EditionModule.objects.filter(edition=OuterRef("pk")).order_by("position")
    first = modules.values("module__slug")[:1]
    for programme in Programme.objects.order_by("name"):
        newest = list(
            programme.editions.newest_first()
            .annotate(first_module=Subquery(first))
            .prefetch_related("groups")
            .select_related("programme")
        )
        try:
            rows = [(edition, waiting_corrections(edition)) for edition in newest if edition.groups.all()]
        except NotReadyError:
            rows = []
        made = corrections_of(programme)
        corrected = [(edition, made[edition.pk]) for edition in newest if edition.pk in made]
        programmes.append(
            {"programme": programme, "editions": newest, "running": rows, "corrected": corrected}
        )
    context = {"programmes": programmes, "may_publish": may_publish(request.user)}
    return render(request, "cms/admin/editions.html", context)


def may_publish(user: User) -> bool:
    """Whether the access matrix lets her publish an edition; others may correct one."""
    return has_role(user, *(ROUTES["egs_publish_edition"].roles or ()))


def publish(request: HttpRequest, programme: str) -> HttpResponse:
    """Freeze the programme as a new edition; what hinders it is listed, and nothing typed is lost."""
    row = get_object_or_404(Programme, slug=programme)
    form = PublishForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            edition = publish_edition(
                programme=row,
                version=form.cleaned_data["version"],
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
        except NotReadyError as error:
            problems: list[str] = error.problems
        else:
            messages.success(
                request,
                _("Utgave %s er publisert. Nye grupper kan velge den; de som er i gang, beholder sin.")
                % edition.version,
            )
            return redirect("egs_editions")
    else:
        problems = _problems(row)
    context = {"programme": row, "form": form, "problems": problems}
    return render(request, "cms/admin/publish.html", context)


def _problems(programme: Programme) -> list[str]:
    try:
        return problems_before_publishing(programme)
    except NotReadyError as error:
        return error.problems


def carry(request: HttpRequest, edition_id: int, page_id: int) -> HttpResponse:
    """Give a running edition the published wording of one part, with the reason."""
    edition = get_object_or_404(Edition.objects.select_related("programme"), pk=edition_id)
    page = get_object_or_404(PartPage.objects.live(), pk=page_id)
    form = CarryForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(form.errors["reason"]))
        return redirect("egs_editions")
    try:
        carry_correction(edition=edition, page=page, by=request.user, reason=form.cleaned_data["reason"])
    except (StructuralChangeError, ValueError) as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            _("«%(title)s» er rettet i utgave %(version)s. Familiene ser den nye teksten nå.")
            % {"title": page.title, "version": edition.version},
        )
    return redirect("egs_editions")
