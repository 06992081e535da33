"""What a family and its contact person type to each other: a day, a time, another group."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import CallRequest, Group

if TYPE_CHECKING:
    from django.db.models import QuerySet

FARTHEST = timedelta(days=180)
EARLIEST, LATEST = time(7), time(22)  # no clock is moved in these hours
DAY_FORMATS = ["%Y-%m-%d", "%d.%m.%Y"]  # as a date field sends it, and as people write it
TOO_FAR = _("Velg en dag innen et halvt år.")
PAST = _("Dagen er passert. Velg i dag eller en dag som kommer.")


def day_field(label: Any, *, required: bool) -> forms.DateField:
    """A day as the phone's own calendar gives it, or typed as 26.11.2026."""
    return forms.DateField(
        label=label,
        required=required,
        input_formats=DAY_FORMATS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "ds-input"}),
        error_messages={
            "required": _("Velg en dag."),
            "invalid": _("Skriv dagen slik: 26.11.2026."),
        },
    )


def coming_day(day: date | None) -> date | None:
    """Raises ValidationError for a day that is over or too far away."""
    if day is None:
        return None
    today = timezone.localdate()
    if day < today:
        raise ValidationError(PAST, code="past")
    if day > today + FARTHEST:
        raise ValidationError(TOO_FAR, code="far")
    return day


class MeetingForm(forms.Form):
    """A day and a time of it; ``at`` holds the moment when both are right."""

    day = day_field(_("Dag"), required=True)
    clock = forms.TimeField(
        label=_("Klokkeslett"),
        input_formats=["%H:%M", "%H.%M", "%H:%M:%S"],
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "ds-input"}),
        error_messages={
            "required": _("Velg et klokkeslett."),
            "invalid": _("Skriv klokkeslettet slik: 18.00."),
        },
    )

    def clean_day(self) -> date | None:
        return coming_day(self.cleaned_data["day"])

    def clean_clock(self) -> time:
        clock: time = self.cleaned_data["clock"].replace(second=0, microsecond=0)
        if not EARLIEST <= clock <= LATEST:
            raise ValidationError(_("Velg et klokkeslett mellom 7 og 22."), code="night")
        return clock

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if {"day", "clock"} <= cleaned.keys():
            zone = timezone.get_default_timezone()
            self.at = datetime.combine(cleaned["day"], cleaned["clock"], tzinfo=zone)
            if self.at <= timezone.now():
                self.add_error("clock", _("Klokkeslettet er passert i dag. Velg et som kommer."))
        return cleaned


def meeting_form(at: datetime | None, data: Any = None) -> MeetingForm:
    """Bound to ``data``, or filled in with a moment."""
    if data is not None:
        return MeetingForm(data)
    local = timezone.localtime(at) if at else None
    return MeetingForm(initial={"day": local.date(), "clock": local.time()} if local else None)


class CallForm(forms.Form):
    """When one would like to be called. No reason is asked."""

    wished_on = day_field(_("Dag (du kan la feltet stå tomt)"), required=False)
    wished_time = forms.ChoiceField(
        label=_("Tid på dagen"),
        choices=CallRequest.Time.choices,
        initial=CallRequest.Time.ANY,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Velg en tid på dagen."),
            "invalid_choice": _("Velg en av tidene."),
        },
    )

    def clean_wished_on(self) -> date | None:
        return coming_day(self.cleaned_data["wished_on"])


class MoveForm(forms.Form):
    """Another group of the same programme. The view sets which ones there are."""

    group = forms.ModelChoiceField(
        label=_("Ny gruppe"),
        queryset=Group.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Velg en gruppe."),
            "invalid_choice": _("Velg en av gruppene på lista."),
        },
    )

    def __init__(self, *args: Any, groups: QuerySet[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = groups
