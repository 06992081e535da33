"""The forms around privacy: telling of a breach, and who the municipality's privacy officer is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.project_forms import TEXT
from courses.models import Municipality, PrivacyReport
from courses.typed import cleaned

LONGEST = 4000  # characters


class ReportForm(forms.ModelForm):
    """What happened, where, and whether an answer is wanted."""

    class Meta:
        model = PrivacyReport
        fields = ["municipality", "text", "reply_to"]
        labels = {
            "municipality": gettext_lazy("Hvilken kommune gjelder det?"),
            "text": gettext_lazy("Hva har skjedd?"),
            "reply_to": gettext_lazy("E-posten din, hvis du vil ha svar"),
        }
        help_texts = {
            "text": gettext_lazy(
                "Uten navn på barn. Skriv gjerne når det skjedde, og hvordan du oppdaget det."
            ),
            "reply_to": gettext_lazy("Kan stå tom. Da vet ingen hvem du er."),
        }
        widgets = {
            "municipality": forms.Select(attrs={"class": "ds-input"}),
            "text": forms.Textarea(attrs={"class": "ds-input", "rows": 7, "data-no-names": ""}),
            "reply_to": forms.EmailInput(attrs={"class": "ds-input", "autocomplete": "email"}),
        }
        error_messages = {
            "municipality": {
                "required": gettext_lazy("Velg en kommune."),
                "invalid_choice": gettext_lazy("Velg en kommune."),
            },
            "reply_to": {"invalid": gettext_lazy("Skriv en hel e-postadresse, for eksempel navn@epost.no.")},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places: Any = self.fields["municipality"]
        places.empty_label = _("Velg kommune")
        self.fields["text"].required = True
        self.fields["text"].error_messages["required"] = _("Skriv kort hva som har skjedd.")

    def clean_text(self) -> str:
        text = cleaned(self.cleaned_data["text"])
        if not text:
            raise forms.ValidationError(_("Skriv kort hva som har skjedd."))
        if len(text) > LONGEST:
            raise forms.ValidationError(
                _("Teksten er på %(long)s tegn, og det er plass til %(room)s. Kort den ned.")
                % {"long": len(text), "room": LONGEST}
            )
        return text


class OfficerForm(forms.ModelForm):
    """The privacy officer of a municipality: both fields, or none."""

    class Meta:
        model = Municipality
        fields = ["privacy_officer", "privacy_officer_email"]
        labels = {
            "privacy_officer": gettext_lazy("Navnet på personvernombudet"),
            "privacy_officer_email": gettext_lazy("E-posten til personvernombudet"),
        }
        help_texts = {
            "privacy_officer_email": gettext_lazy(
                "Hit går meldinger om avvik. Bruk gjerne en felles postkasse."
            )
        }
        widgets = {
            "privacy_officer": forms.TextInput(attrs=TEXT),
            "privacy_officer_email": forms.EmailInput(attrs=TEXT),
        }
        error_messages = {
            "privacy_officer_email": {
                "invalid": gettext_lazy("Skriv en hel e-postadresse, for eksempel navn@kommune.no.")
            }
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("privacy_officer") and not given.get("privacy_officer_email") and not self.errors:
            self.add_error("privacy_officer_email", _("Skriv e-postadressen også, eller la navnet stå tomt."))
        return given
