"""The forms of groups: a new one with all its dates, the row itself, and one evening."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses import grouping, scheduling
from courses.access import has_role
from courses.grouping import Duty
from courses.models import Group, User

if TYPE_CHECKING:
    from datetime import date, time

    from courses.models import Evening, Municipality

TEXT = {"class": "ds-input", "autocomplete": "off"}
HOLD = {"required": gettext_lazy("Fyll ut feltet.")}
NO_DATE = gettext_lazy("Velg en dato.")
NO_TIME = gettext_lazy("Skriv klokkeslettet, for eksempel 18.00.")


class DateField(forms.DateField):
    """The phone's own calendar; «24.12.2026» is read as well."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={**TEXT, "type": "date"})
        given = {
            "input_formats": ["%Y-%m-%d", "%d.%m.%Y"],
            "error_messages": {"required": NO_DATE, "invalid": gettext_lazy("Skriv en dato som finnes.")},
        }
        super().__init__(widget=widget, **(given | kwargs))


class ClockField(forms.TimeField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TimeInput(format="%H:%M", attrs={**TEXT, "type": "time"})
        given = {
            "label": gettext_lazy("Klokka"),
            "input_formats": ["%H:%M", "%H.%M", "%H:%M:%S"],
            "error_messages": {"required": NO_TIME, "invalid": NO_TIME},
        }
        super().__init__(widget=widget, **(given | kwargs))


def text_field(label: Any, length: int, *, required: bool = False, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=length,
        required=required,
        help_text=help_text,
        widget=forms.TextInput(attrs=TEXT),
        error_messages=HOLD | {"max_length": gettext_lazy("Skriv litt kortere.")},
    )


def link_field() -> forms.URLField:
    return forms.URLField(
        label=gettext_lazy("Videolenke"),
        required=False,
        max_length=200,
        assume_scheme="https",
        help_text=gettext_lazy("Når dere møtes på skjerm. Vises bare for dem som er logget inn."),
        widget=forms.URLInput(attrs=TEXT),
        error_messages={"invalid": gettext_lazy("Lenken er ikke hel. Lim inn hele adressen.")},
    )


def minutes_field() -> forms.IntegerField:
    words = gettext_lazy("Skriv et tall mellom 15 og 480.")
    return forms.IntegerField(
        label=gettext_lazy("Varer, i minutter"),
        min_value=15,
        max_value=480,
        initial=135,
        widget=forms.NumberInput(attrs={**TEXT, "inputmode": "numeric"}),
        error_messages=dict.fromkeys(["required", "invalid", "min_value", "max_value"], words),
    )


PLACE_HELP = gettext_lazy("Vises bare for dem som er logget inn.")


class PeopleField(forms.ModelChoiceField):
    def __init__(self, label: Any, *, required: bool = False) -> None:
        super().__init__(
            label=label,
            queryset=User.objects.none(),
            required=required,
            empty_label=gettext_lazy("Ingen"),
            widget=forms.Select(attrs={"class": "ds-input"}),
            error_messages={
                "required": gettext_lazy("Velg hvem som leder gruppa."),
                "invalid_choice": gettext_lazy("Velg en av kontaktpersonene på lista."),
            },
        )


class LedForm(forms.Form):
    """Who leads, who leads along, and who stands in until a day. Shared by a new group and one that runs."""

    leader = PeopleField(gettext_lazy("Leder gruppa"), required=True)
    co_leader = PeopleField(gettext_lazy("Medleder"))
    stand_in = PeopleField(gettext_lazy("Vikar"))
    stand_in_until = DateField(
        label=gettext_lazy("Vikar til og med"),
        required=False,
        help_text=gettext_lazy("Dagen etter er gruppa stengt for vikaren."),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        people = grouping.contact_persons_in(grouping.places_for(by))
        for name in ("leader", "co_leader", "stand_in"):
            field: Any = self.fields[name]
            field.queryset = people
            field.label_from_instance = lambda user: user.first_name or user.email
        if not self.initial.get("leader") and has_role(by, "contact-person"):
            self.initial["leader"] = by.pk

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen = [cleaned.get(name) for name in ("leader", "co_leader", "stand_in")]
        people = [user for user in chosen if user]
        if len(set(people)) < len(people):
            self.add_error("co_leader", _("Velg tre forskjellige personer, eller la feltet stå tomt."))
        until = cleaned.get("stand_in_until")
        if cleaned.get("stand_in") and not until and not self.has_error("stand_in_until"):
            self.add_error("stand_in_until", _("En vikar trenger en sluttdato."))
        if until and until < timezone.localdate():
            self.add_error("stand_in_until", _("Datoen har vært. Velg en som kommer."))
        if people and self.by not in people and not has_role(self.by, "project-leader"):
            self.add_error("leader", _("Du må være en av dem, ellers ser du ikke gruppa."))
        if places := self.places(cleaned):
            self._refuse_strangers(cleaned, places)
        return cleaned

    def places(self, cleaned: dict[str, Any]) -> list[Municipality]:
        """The municipalities the group is for, as far as they are known."""
        return list(cleaned.get("municipalities") or [])

    def _refuse_strangers(self, cleaned: dict[str, Any], places: list[Municipality]) -> None:
        """Whoever has no role in the group's municipalities would be shut out of what she is to lead."""
        inside = set(grouping.contact_persons_in(places).values_list("pk", flat=True))
        for name in ("leader", "co_leader", "stand_in"):
            user = cleaned.get(name)
            if user and user.pk not in inside:
                words = _("%(name)s er ikke kontaktperson i kommunene til gruppa. Velg en annen.")
                self.add_error(name, words % {"name": user.first_name or user.email})

    def duties(self) -> list[Duty]:
        given = self.cleaned_data
        rows = [
            (given["leader"], "leader", None),
            (given["co_leader"], "co-leader", None),
            (given["stand_in"], "stand-in", given["stand_in_until"]),
        ]
        return [Duty(user, kind, ends_on) for user, kind, ends_on in rows if user]


class GroupRowForm(LedForm):
    """What can be changed while a group runs."""

    name = text_field(gettext_lazy("Gruppas navn"), 80, required=True)
    phase = forms.ChoiceField(
        label=gettext_lazy("Fase"),
        choices=lambda: [(value, str(label).capitalize()) for value, label in Group.Phase.choices],
        widget=forms.Select(attrs={"class": "ds-input"}),
    )
    seats = forms.IntegerField(
        label=gettext_lazy("Plasser for voksne"),
        min_value=1,
        max_value=60,
        initial=12,
        help_text=gettext_lazy("Et par tar to plasser."),
        widget=forms.NumberInput(attrs={**TEXT, "inputmode": "numeric"}),
        error_messages=dict.fromkeys(
            ["required", "invalid", "min_value", "max_value"], gettext_lazy("Skriv et tall mellom 1 og 60.")
        ),
    )
    field_order = ["name", "phase", "seats", "leader", "co_leader", "stand_in", "stand_in_until"]

    def __init__(self, *args: Any, group: Group | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group = group

    def places(self, cleaned: dict[str, Any]) -> list[Municipality]:
        return list(self.group.municipalities.all()) if self.group else super().places(cleaned)


class EveningForm(forms.Form):
    """One evening; with ``series``, those after it as well."""

    day = DateField(label=gettext_lazy("Dato"))
    clock = ClockField()
    minutes = minutes_field()
    place = text_field(gettext_lazy("Sted"), 120, help_text=PLACE_HELP)
    video_link = link_field()
    bring = text_field(gettext_lazy("Ta med"), 160)
    series = forms.BooleanField(
        label=gettext_lazy("Flytt også kveldene etter denne"),
        required=False,
        help_text=gettext_lazy("Like mange dager, og til samme sted."),
        widget=forms.CheckboxInput(attrs={"class": "ds-input"}),
    )

    def __init__(self, *args: Any, evening: Evening, **kwargs: Any) -> None:
        at = timezone.localtime(evening.starts_at)
        shown = {"day": at.date(), "clock": at.time()}
        for name in ("minutes", "place", "video_link", "bring"):
            shown[name] = getattr(evening, name)
        super().__init__(*args, initial=shown, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "day" in cleaned and "clock" in cleaned:
            cleaned["starts_at"] = moment(self, "clock", cleaned["day"], cleaned["clock"])
        return cleaned


def moment(form: forms.Form, field: str, day: date, clock: time) -> datetime | None:
    """The moment of a day and a clock; with an error at ``field`` where the clock skips it."""
    try:
        return scheduling.by_the_clock(datetime.combine(day, clock))
    except scheduling.NoSuchTimeError as error:
        form.add_error(field, str(error))
        return None
