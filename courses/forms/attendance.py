"""What a contact person types on the evening page: a first name, a number, who it was."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.attending import LONGEST_NAME, MOST_HEADS
from courses.models import Adult

INPUT = {"class": "ds-input", "autocomplete": "off"}


class WalkInForm(forms.Form):
    """Somebody in the room who is not on the list. ``client_id`` makes a tap sent twice one row."""

    name = forms.CharField(
        label=_("Fornavn"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs=INPUT),
        error_messages={
            "required": _("Skriv fornavnet."),
            "max_length": _("Fornavnet kan ha høyst %(limit_value)s tegn."),
        },
    )
    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean_name(self) -> str:
        """Half a character, as JSON can carry it, fits in no database."""
        return str(self.cleaned_data["name"]).encode("utf-8", "replace").decode("utf-8")


class HeadCountForm(forms.Form):
    """How many were counted in the room, the leaders left out."""

    heads = forms.IntegerField(
        label=_("Talt i rommet"),
        help_text=_("Tell deltakerne, ikke dere som leder."),
        min_value=0,
        max_value=MOST_HEADS,
        required=False,
        widget=forms.NumberInput(attrs=INPUT | {"inputmode": "numeric"}),
        error_messages={
            "invalid": _("Skriv et helt tall."),
            "min_value": _("Skriv et tall fra 0 og oppover."),
            "max_value": _("Skriv et tall som er høyst %(limit_value)s."),
        },
    )


class JoinForm(forms.Form):
    """Who on the list it was. The view sets whom one can choose."""

    adult = forms.ModelChoiceField(queryset=Adult.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["adult"].error_messages["invalid_choice"] = _("Velg hvem på lista det var.")
