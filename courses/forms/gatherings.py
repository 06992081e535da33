"""The forms of gatherings and of school holidays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses import gatherings, grouping
from courses.forms.groups import (
    PLACE_HELP,
    TEXT,
    ClockField,
    DateField,
    link_field,
    minutes_field,
    moment,
    text_field,
)
from courses.models import Gathering, Municipality, SchoolHoliday

if TYPE_CHECKING:
    from courses.models import User

LONGEST_HOLIDAY = 100  # days; a summer is about sixty


class GatheringForm(forms.Form):
    """A theme evening or a course for staff; a refresher keeps its kind and its group's municipalities."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Hva slags samling"),
        widget=forms.Select(attrs={"class": "ds-input"}),
        error_messages=dict.fromkeys(["required", "invalid_choice"], gettext_lazy("Velg hva slags samling.")),
    )
    title = text_field(gettext_lazy("Tittel"), 120, required=True)
    about = forms.CharField(
        label=gettext_lazy("Om samlingen"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={**TEXT, "rows": 4}),
        error_messages={"max_length": gettext_lazy("Skriv litt kortere.")},
    )
    municipalities = forms.ModelMultipleChoiceField(
        label=gettext_lazy("For hvilke kommuner"),
        queryset=Municipality.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(
            ["required", "invalid_choice", "invalid_pk_value", "list"],
            gettext_lazy("Velg minst én kommune på lista."),
        ),
    )
    day = DateField(label=gettext_lazy("Dato"))
    clock = ClockField(initial="18:00")
    minutes = minutes_field()
    place = text_field(gettext_lazy("Sted"), 120, help_text=PLACE_HELP)
    video_link = link_field()
    seats = forms.IntegerField(
        label=gettext_lazy("Plasser"),
        required=False,
        min_value=1,
        max_value=2_000,
        help_text=gettext_lazy("Tomt felt betyr plass til alle."),
        widget=forms.NumberInput(attrs={**TEXT, "inputmode": "numeric"}),
        error_messages=dict.fromkeys(
            ["invalid", "min_value", "max_value"], gettext_lazy("Skriv et tall, eller la feltet stå tomt.")
        ),
    )

    def __init__(self, *args: Any, by: User, gathering: Gathering | None = None, **kwargs: Any) -> None:
        super().__init__(*args, initial=_shown(gathering) | (kwargs.pop("initial", None) or {}), **kwargs)
        self.by = by
        fields: dict[str, Any] = self.fields
        if gathering:
            del fields["kind"], fields["municipalities"]
            return
        kinds = gatherings.kinds_for(by)
        fields["kind"].choices = [choice for choice in Gathering.Kind.choices if choice[0] in kinds]
        fields["municipalities"].queryset = grouping.places_for(by)
        own = grouping.own_places(by)
        if len(own) == 1:
            self.initial.setdefault("municipalities", list(own))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        own, places = grouping.own_places(self.by), cleaned.get("municipalities")
        if places and own and not own & {place.pk for place in places}:
            self.add_error("municipalities", _("Minst én av kommunene må være din egen."))
        if "day" in cleaned and "clock" in cleaned:
            cleaned["starts_at"] = moment(self, "clock", cleaned["day"], cleaned["clock"])
        return cleaned

    def values(self) -> dict[str, Any]:
        """What the row holds, by its own names; without the municipalities."""
        names = ("kind", "title", "about", "starts_at", "minutes", "place", "video_link", "seats")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}


def _shown(gathering: Gathering | None) -> dict[str, Any]:
    if gathering is None:
        return {}
    at = timezone.localtime(gathering.starts_at)
    names = ("title", "about", "minutes", "place", "video_link", "seats")
    return {"day": at.date(), "clock": at.time()} | {name: getattr(gathering, name) for name in names}


class SchoolHolidayForm(forms.Form):
    """Days when a municipality's schools are closed: typed in once a year."""

    municipality = forms.ModelChoiceField(
        label=gettext_lazy("Kommune"),
        queryset=Municipality.objects.none(),
        empty_label=None,
        widget=forms.Select(attrs={"class": "ds-input"}),
        error_messages=dict.fromkeys(["required", "invalid_choice"], gettext_lazy("Velg kommunen.")),
    )
    name = text_field(
        gettext_lazy("Navn"), 60, required=True, help_text=gettext_lazy("For eksempel vinterferie.")
    )
    first_day = DateField(label=gettext_lazy("Første dag"))
    last_day = DateField(label=gettext_lazy("Siste dag"))

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places: Any = self.fields["municipality"]
        places.queryset = grouping.holiday_places(by)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("Siste dag kan ikke være før den første."))
        elif first and last and (last - first).days > LONGEST_HOLIDAY:
            self.add_error("last_day", _("Ferien er lengre enn hundre dager. Se over årstallet."))
        taken = SchoolHoliday.objects.filter(municipality=cleaned.get("municipality"), first_day=first)
        if first and cleaned.get("municipality") and taken.exists():
            self.add_error("first_day", _("Kommunen har allerede en ferie som begynner denne dagen."))
        return cleaned
