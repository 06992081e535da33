"""The log's form: a choice for each core element, and three short fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from courses.models import CoreElementTick

if TYPE_CHECKING:
    from courses.models import EveningLog
    from courses.run_sheets import RunSheet

LONGEST_TEXT = 2000
MOST_MINUTES = 240
INPUT = {"class": "ds-input", "autocomplete": "off"}
TEXT = INPUT | {"rows": 3, "data-no-names": True}
TICK = "done-"


class LogForm(forms.Form):
    """``done-<key>`` for each core element of the plan; nothing about persons."""

    shown = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)  # version_of the log
    minutes = forms.IntegerField(
        label=_("Minutter fra planen"),
        min_value=0,
        max_value=MOST_MINUTES,
        required=False,
        widget=forms.NumberInput(attrs=INPUT | {"inputmode": "numeric"}),
        error_messages={
            "invalid": _("Skriv et helt tall."),
            "min_value": _("Skriv et tall fra 0 og oppover."),
            "max_value": _("Skriv et tall som er høyst %(limit_value)s."),
        },
    )
    direction = forms.ChoiceField(
        label=_("Hvilken vei"),
        choices=[("late", _("Vi brukte lengre tid")), ("early", _("Vi ble ferdige før"))],
        widget=forms.RadioSelect,
        required=False,
    )
    changed = forms.CharField(
        label=_("Hva endret dere?"),
        help_text=_("Stikkord er nok. Skriv ikke navn på noen. Prosjektlederen leser det, og lærer av det."),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs=TEXT),
    )
    why = forms.CharField(
        label=_("Hvorfor?"),
        help_text=_("Om planen, ikke om folk."),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs=TEXT),
    )
    wants_guidance = forms.BooleanField(
        label=_("Jeg trenger veiledning"),
        help_text=_("Prosjektlederen får vite det og tar kontakt."),
        required=False,
    )

    def __init__(self, *args: Any, sheet: RunSheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["direction"].initial = "late"
        for name in ("changed", "why"):
            self.fields[name].error_messages["max_length"] = now_(
                "Teksten kan ha høyst %(most)s tegn. Alt du skrev, står her fortsatt."
            ) % {"most": LONGEST_TEXT}
        for core in sheet.core_elements:
            point = core.point
            place = {"data-point": point.number, "data-end": int(point.ends_at.timestamp())} if point else {}
            self.fields[TICK + core.key] = forms.ChoiceField(
                label=core.text,
                choices=CoreElementTick.Done.choices,
                widget=forms.RadioSelect(attrs=place),
                error_messages={"required": _("Velg om dette ble gjort.")},
            )

    @property
    def tick_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(TICK)]

    @property
    def texts(self) -> list[forms.BoundField]:
        return [self["changed"], self["why"]]

    @property
    def ticks(self) -> dict[str, str]:
        """What was chosen, by core element. Only after validation."""
        return {
            name.removeprefix(TICK): value
            for name, value in self.cleaned_data.items()
            if name.startswith(TICK)
        }

    @property
    def minutes_off(self) -> int | None:
        """More than nothing is late. Only after validation."""
        minutes = self.cleaned_data["minutes"]
        if minutes is None:
            return None
        return int(-minutes if self.cleaned_data["direction"] == "early" else minutes)


def initial_of(log: EveningLog | None) -> dict[str, Any]:
    """What the form begins with: the log as it stands, else nothing. One query with a log.

    Only a clock that was used in the room knows what was done, and it is on the device (js/clock.js).
    """
    if log is None:
        return {}
    off = log.minutes_off
    return {
        "minutes": abs(off) if off is not None else None,
        "direction": "early" if off is not None and off < 0 else "late",
        "changed": log.changed,
        "why": log.why,
        "wants_guidance": log.wants_guidance,
    } | {TICK + key: done for key, done in log.ticks.values_list("key", "done")}
