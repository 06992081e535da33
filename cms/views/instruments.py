"""Questionnaires in the Wagtail admin beside the form: as files, the next version, and what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cms.access_matrix import ROUTES
from courses.access import has_role
from courses.problems import PackageError
from evaluation.instruments import loading, rows, xlsforms, yaml_writing
from evaluation.instruments.faults import warnings
from evaluation.instruments.freezing import all_faults, crosswalk, new_version
from evaluation.models import FrozenError, InstrumentVersion

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.http import HttpRequest

    from courses.models import User

FILES = {  # kind → its media type
    "yaml": "application/yaml; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_BYTES = 2 << 20


class FileForm(forms.Form):
    """A questionnaire as a file."""

    file = forms.FileField(
        label=gettext_lazy("Fil"),
        help_text=gettext_lazy("YAML slik du laster den ned her, eller XLSForm (.xlsx). Høyst 2 MB."),
        error_messages={"required": gettext_lazy("Velg en fil."), "empty": gettext_lazy("Fila er tom.")},
    )
    as_next = forms.BooleanField(
        label=gettext_lazy("Lag ny versjon når den i fila er sendt ut"),
        required=False,
        help_text=gettext_lazy("Kodene i fila må være de samme som før for spørsmål som er de samme."),
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("Fila er større enn 2 MB."))
        if not (file.name or "").lower().endswith(loading.READ):
            raise forms.ValidationError(_("Fila må slutte på .yaml eller .xlsx."))
        return file


def seen(version: InstrumentVersion, user: User) -> dict[str, Any]:
    """What the page of a version shows, also how it differs from the one before that was sent."""
    draft = loading.of_version(version)
    definition = draft.definition
    sent = InstrumentVersion.objects.filter(instrument=version.instrument_id, frozen_at__isnull=False)
    before = sent.filter(number__lt=version.number).order_by("number").last()
    return {
        "definition": definition,
        "sections": [
            (section, [item for item in definition.items if item.section == section.key])
            for section in definition.sections
        ],
        "faults": [] if version.frozen_at else all_faults(version, rows.read(version)),
        "warnings": warnings(definition),
        "before": before,
        "crossings": [row for row in crosswalk(before.frozen, definition) if row.state != "kept"]
        if before
        else [],
        "may_write": has_role(user, *(ROUTES["egs_new_instrument_version"].roles or ())),
    }


def _version(pk: int) -> InstrumentVersion:
    return get_object_or_404(InstrumentVersion.objects.select_related("instrument"), pk=pk)


def download(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The version as a file. 404 for another kind than YAML and XLSForm."""
    if kind not in FILES:
        raise Http404
    version = _version(pk)
    draft = loading.of_version(version)
    content = xlsforms.workbook(draft) if kind == "xlsx" else yaml_writing.text_of(draft).encode()
    response = HttpResponse(content, content_type=FILES[kind])
    name = f"{version.instrument.key}-{version.number}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
def next_version(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft with the same ids, to be changed; the one there is when it was made before."""
    version = _version(pk)
    if version.frozen_at is None:
        messages.warning(request, _("Dette er et utkast. Det kan endres som det er."))
        return _to("edit", version)
    made = new_version(version)
    messages.success(request, _("Versjon %(n)d er et utkast. Kodene er de samme.") % {"n": made.number})
    return _to("edit", made)


def take_in(request: HttpRequest) -> HttpResponse:
    """A file becomes a draft, or says in which line it cannot: then nothing is changed."""
    form = FileForm(request.POST or None, request.FILES or None)
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            draft = loading.read(file.name, file.read())
            version, change = _stored(draft, as_next=form.cleaned_data["as_next"])
        except PackageError as error:
            problems = [str(problem) for problem in error.problems]
        except FrozenError as error:
            problems = [loading.sent_already(draft, error)]
        else:
            messages.success(request, SAID[change] % {"title": str(version)})
            return _to("inspect" if version.frozen_at else "edit", version)
    status = 422 if problems or form.errors else 200
    return render(
        request, "cms/admin/instrument_import.html", {"form": form, "problems": problems}, status=status
    )


SAID = {
    "created": gettext_lazy("«%(title)s» er tatt inn som utkast."),
    "changed": gettext_lazy("«%(title)s» er endret slik fila sier."),
    "unchanged": gettext_lazy("«%(title)s» er som fila fra før."),
}


def _stored(draft: Any, *, as_next: bool) -> tuple[InstrumentVersion, str]:
    """Raises FrozenError when the file's version was sent, and no new one was asked for."""
    try:
        return loading.store(draft)
    except FrozenError:
        if not as_next:
            raise
        return loading.store(draft, as_next=True)


def _to(view: str, version: InstrumentVersion) -> HttpResponse:
    return redirect(InstrumentVersion.snippet_viewset.get_url_name(view), version.pk)
