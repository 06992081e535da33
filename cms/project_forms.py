"""The forms of the project pages: phases, yearly numbers, meetings and their papers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import (
    BodyMeeting,
    Municipality,
    MunicipalPhase,
    YearCount,
)

if TYPE_CHECKING:
    pass

TEXT = {"class": "ds-input", "autocomplete": "off"}
DAY_ERRORS = {"invalid": gettext_lazy("Skriv datoen som dag.måned.år, for eksempel 17.8.2026.")}
NUMBER_ERRORS = {
    "required": gettext_lazy("Skriv et tall. Null er også et tall."),
    "invalid": gettext_lazy("Skriv et helt tall."),
    "min_value": gettext_lazy("Tallet kan ikke være under null."),
    "max_value": gettext_lazy("Tallet er for stort."),
}
DAY_FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"]
FIRST_YEAR = 2015


def day_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    """A day: the browser's own calendar where it has one, otherwise typed as 17.8.2026."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        input_formats=DAY_FORMATS,
        error_messages=DAY_ERRORS | {"required": gettext_lazy("Velg en dag.")},
        widget=forms.DateInput(attrs={"class": "ds-input", "type": "date"}, format="%Y-%m-%d"),
    )


class PhaseForm(forms.ModelForm):
    """When a municipality is in one phase, and who is responsible there. All may be empty."""

    starts_on, ends_on = day_field(gettext_lazy("Fra")), day_field(gettext_lazy("Til"))

    class Meta:
        model = MunicipalPhase
        fields = ["starts_on", "ends_on", "responsible"]
        widgets = {"responsible": forms.TextInput(attrs=TEXT)}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("Fasen kan ikke slutte før den begynner."))
        return cleaned

    @property
    def title(self) -> str:
        return f"{self.instance.number} {MunicipalPhase.NAMES[self.instance.number - 1]}"


def phase_forms(place: Municipality | None, data: Any = None) -> list[PhaseForm]:
    """Five forms, one for each phase; with what is stored for ``place``. One query for a place."""
    stored = {row.number: row for row in place.phases.all()} if place else {}
    return [
        PhaseForm(data, prefix=f"fase-{number}", instance=stored.get(number) or MunicipalPhase(number=number))
        for number in range(1, 6)
    ]


def save_phases(place: Municipality, rows: list[PhaseForm]) -> None:
    """Stores what was typed; a phase that was never dated gets no row."""
    for form in rows:
        if form.instance.pk or any(form.cleaned_data.values()):
            form.instance.municipality = place
            form.save()


class YearCountForm(forms.ModelForm):
    """A municipality's three numbers for a year: numbers, never cases."""

    class Meta:
        model = YearCount
        fields = ["year", "foster_homes", "new_foster_homes", "unplanned_moves"]
        widgets = dict.fromkeys(fields, forms.NumberInput(attrs=TEXT | {"inputmode": "numeric", "min": 0}))
        labels = {
            "year": gettext_lazy("År"),
            "foster_homes": gettext_lazy("Fosterhjem kommunen har ansvar for"),
            "new_foster_homes": gettext_lazy("Av dem nye i løpet av året"),
            "unplanned_moves": gettext_lazy("Utilsiktede flyttinger i løpet av året"),
        }
        error_messages = dict.fromkeys(fields, NUMBER_ERRORS)

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if not FIRST_YEAR <= year <= timezone.localdate().year:
            raise forms.ValidationError(
                _("Skriv et år fra %(first)s til i år.") % {"first": FIRST_YEAR}, code="year"
            )
        return year

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        homes, new = cleaned.get("foster_homes"), cleaned.get("new_foster_homes")
        if homes is not None and new is not None and new > homes:
            self.add_error("new_foster_homes", _("Det kan ikke være flere nye fosterhjem enn fosterhjem."))
        for name in ("foster_homes", "unplanned_moves"):
            if (cleaned.get(name) or 0) > 20_000:
                self.add_error(name, NUMBER_ERRORS["max_value"])
        return cleaned


class MeetingForm(forms.ModelForm):
    """A meeting of one of the project's bodies."""

    held_on = day_field(gettext_lazy("Dato"), required=True)

    class Meta:
        model = BodyMeeting
        fields = ["body", "held_on", "title"]
        widgets = {"body": forms.Select(attrs={"class": "ds-input"}), "title": forms.TextInput(attrs=TEXT)}
        labels = {"title": gettext_lazy("Tittel")}
        help_texts = {"title": gettext_lazy("Uten navn. Kan stå tom.")}
        error_messages = {
            "body": {
                "required": gettext_lazy("Velg en gruppe."),
                "invalid_choice": gettext_lazy("Velg en gruppe."),
            }
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].choices = [("", _("Velg en gruppe")), *BodyMeeting.Body.choices]


class PaperForm(forms.Form):
    """A paper of a meeting. The view washes the file; here it is only there."""

    title = forms.CharField(
        label=gettext_lazy("Hva er det?"),
        max_length=120,
        help_text=gettext_lazy("For eksempel saksliste eller referat. Uten navn."),
        error_messages={"required": gettext_lazy("Skriv hva papiret er.")},
        widget=forms.TextInput(attrs=TEXT),
    )
    file = forms.FileField(
        label=gettext_lazy("Fil"),
        max_length=200,
        help_text=gettext_lazy("PDF, Word (.docx) eller OpenDocument (.odt), høyst 10 MB."),
        error_messages={
            "required": gettext_lazy("Velg en fil."),
            "empty": gettext_lazy("Filen er tom."),
            "max_length": gettext_lazy("Filnavnet er for langt."),
            "missing": gettext_lazy("Velg en fil."),
            "invalid": gettext_lazy("Velg en fil."),
        },
        widget=forms.FileInput(attrs={"class": "ds-input", "accept": ".pdf,.docx,.odt"}),
    )
