"""The form for a new group: one page, a suggestion for the dates, and every date can be changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from courses import grouping, scheduling
from courses.editions import words_of
from courses.forms.groups import (
    PLACE_HELP,
    ClockField,
    DateField,
    GroupRowForm,
    link_field,
    minutes_field,
    moment,
    text_field,
)
from courses.grouping import GroupPlan
from courses.models import Edition, Municipality

if TYPE_CHECKING:
    from datetime import date

    from courses.models import User

RHYTHMS = [("1", gettext_lazy("Hver uke")), ("2", gettext_lazy("Hver andre uke"))]


class NewGroupForm(GroupRowForm):
    """Everything at once. ``day_1`` … are as many as the edition has modules.

    Asked to suggest, it fills the days from the first one; they are checked when the group is made.
    """

    edition = forms.ModelChoiceField(
        label=gettext_lazy("Program og utgave"),
        queryset=Edition.objects.none(),
        empty_label=None,
        widget=forms.Select(attrs={"class": "ds-input"}),
        error_messages=dict.fromkeys(["required", "invalid_choice"], gettext_lazy("Velg en utgave.")),
    )
    municipalities = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Kommuner"),
        queryset=Municipality.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(
            ["required", "invalid_choice", "invalid_pk_value", "list"],
            gettext_lazy("Velg minst én kommune på lista."),
        ),
    )
    first_day = DateField(label=gettext_lazy("Første kveld"), required=False)
    clock = ClockField(initial="18:00")
    rhythm = forms.ChoiceField(
        label=gettext_lazy("Hvor ofte"),
        choices=RHYTHMS,
        initial="2",
        widget=forms.Select(attrs={"class": "ds-input"}),
    )
    minutes = minutes_field()
    place = text_field(gettext_lazy("Sted"), 120, help_text=PLACE_HELP)
    video_link = link_field()

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        self.suggesting = "suggest" in self.data
        self.suggested: list[datetime] = []
        fields: dict[str, Any] = self.fields
        editions = Edition.objects.newest_first().select_related("programme")
        fields["edition"].queryset = editions
        fields["edition"].label_from_instance = lambda row: f"{row.programme.name}, {row.version}"
        fields["municipalities"].queryset = grouping.places_for(by)
        own = grouping.own_places(by)
        if len(own) == 1:
            self.initial.setdefault("municipalities", list(own))
        self.chosen_edition = self._edition(list(editions))
        self.days = self._add_days()

    def _edition(self, editions: list[Edition]) -> Edition | None:
        """The edition whose modules are the days: the chosen one, else the newest for families."""
        asked = str(self.data.get("edition") or self.initial.get("edition") or "")
        chosen = [row for row in editions if str(row.pk) == asked]
        families = [row for row in editions if row.programme.audience == "families"]
        found = next(iter(chosen or families or editions), None)
        if found:
            self.initial.setdefault("edition", found.pk)
        return found

    def _add_days(self) -> list[str]:
        if self.chosen_edition is None:
            return []
        names = []
        words = words_of(self.chosen_edition, get_language() or "nb")
        for number, module in enumerate(words.values(), start=1):
            label = _("Kveld %(number)s: %(title)s") % {"number": number, "title": module.title}
            self.fields[f"day_{number}"] = DateField(label=label, required=False)
            names.append(f"day_{number}")
        return names

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        places = cleaned.get("municipalities")
        own = grouping.own_places(self.by)
        if places and own and not own & {place.pk for place in places}:
            self.add_error("municipalities", _("Minst én av kommunene må være din egen."))
        if self.suggesting or not any(cleaned.get(name) for name in self.days):
            self._suggest(cleaned)
        elif "clock" in cleaned:
            self._check_days(cleaned)
        return cleaned

    def _suggest(self, cleaned: dict[str, Any]) -> None:
        """Fills the days; the page is shown once more, with them in it."""
        self.suggesting = True
        first, clock = cleaned.get("first_day"), cleaned.get("clock")
        if first is None and not self.has_error("first_day"):
            self.add_error("first_day", _("Velg datoen for den første kvelden."))
        if first is None or clock is None:
            return
        begins = moment(self, "first_day", first, clock)
        if begins is None:
            return
        if begins <= timezone.now():
            self.add_error("first_day", _("Datoen har vært. Velg en som kommer."))
            return
        if begins > timezone.now() + scheduling.FURTHEST:
            self.add_error("first_day", _("Datoen er mer enn tre år fram i tid. Se over årstallet."))
            return
        every = int(cleaned.get("rhythm") or 2)
        places = list(cleaned.get("municipalities") or [])
        try:
            self.suggested = scheduling.suggest(begins, len(self.days), every, places)
        except scheduling.NoSuchTimeError as error:
            self.add_error("clock", str(error))

    def _check_days(self, cleaned: dict[str, Any]) -> None:
        """Every day is there, in the future, and no two are the same."""
        times, seen = [], dict[datetime, str]()
        for name in self.days:
            day = cleaned.get(name)
            if day is None:
                if not self.has_error(name):
                    self.add_error(name, _("Velg en dato."))
                continue
            at = moment(self, name, day, cleaned["clock"])
            if at is None:
                continue
            if at in seen:
                self.add_error(name, _("Gruppa har allerede en kveld denne dagen."))
            try:
                scheduling.refuse(at, cleaned.get("minutes") or 1, [])
            except scheduling.EveningError as error:
                self.add_error(name, str(error))
            seen[at] = name
            times.append(at)
        cleaned["times"] = times

    def with_suggestion(self) -> NewGroupForm:
        """The same form, not yet judged, with the suggested days in it."""
        shown = {name: self.data.get(name) for name in self.fields}
        shown["municipalities"] = self.data.getlist("municipalities")
        for name, at in zip(self.days, self.suggested, strict=True):
            shown[name] = timezone.localtime(at).date().isoformat()
        form = NewGroupForm(initial=shown, by=self.by)
        form.suggested = self.suggested
        return form

    def forget_other_errors(self) -> None:
        """Whoever asked for dates is told only of what stands in their way."""
        for name in set(self.errors) - {"first_day", "clock"}:
            del self.errors[name]

    def day_rows(self) -> list[dict[str, Any]]:
        """The days with what is to be known of each: weekday, and a holiday if it is one. One query."""
        shown = [self._shown(name) for name in self.days]
        known = [day for day in shown if day]
        notes: dict[date, str] = {}
        if known and max(known) - min(known) < timedelta(days=1500):
            places = [place for place in self["municipalities"].value() or [] if str(place).isdigit()]
            chosen = grouping.places_for(self.by).filter(pk__in=places)
            notes = scheduling.closed_days(min(known), max(known), chosen)
        return [
            {"field": self[name], "day": day, "note": notes.get(day, "") if day else ""}
            for name, day in zip(self.days, shown, strict=True)
        ]

    def _shown(self, name: str) -> date | None:
        try:
            value: date | None = self.fields[name].clean(self[name].value())
        except forms.ValidationError:
            return None
        return value

    def plan(self) -> GroupPlan:
        given = self.cleaned_data
        same = ("name", "edition", "phase", "seats", "times", "minutes", "place", "video_link")
        return GroupPlan(
            **{name: given[name] for name in same},
            municipalities=list(given["municipalities"]),
            duties=self.duties(),
        )


def pushed_words(form: NewGroupForm) -> str:
    """How many weeks were skipped for holidays, in a sentence; empty when none were."""
    if len(form.suggested) < 2:
        return ""
    every = int(form["rhythm"].value() or 2)
    weeks = (form.suggested[-1].date() - form.suggested[0].date()).days // 7
    skipped = weeks - every * (len(form.suggested) - 1)
    if skipped <= 0:
        return ""
    return ngettext(
        "Forslaget hopper over %(n)s uke med helligdag eller skoleferie.",
        "Forslaget hopper over %(n)s uker med helligdag eller skoleferie.",
        skipped,
    ) % {"n": skipped}
