"""What a study is measured against: one outcome named beforehand, and limits with traffic lights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.forms.groups import TEXT
from evaluation.figures.disclosure import told_mean
from evaluation.forms import CHOOSE, SELECT
from evaluation.models import Criterion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from evaluation.models import Study

MEASURES = {  # measure → green, red (programme §2.2)
    Criterion.Measure.ATTENDANCE: (80, 60),
    Criterion.Measure.PAIRS: (70, 50),
    Criterion.Measure.ADHERENCE: (80, 60),
    Criterion.Measure.OUTCOME: (None, None),
}


def as_told(value: float) -> None:
    """Raises ValidationError for a per cent that is not whole: it is held against one that is."""
    if not 0 <= value <= 100 or value % 1:
        raise ValidationError(_("Skriv et helt tall fra 0 til 100."))


def as_told_mean(value: float) -> None:
    """Raises ValidationError for more decimals than a mean is told with."""
    if told_mean(value) != value:
        raise ValidationError(_("Skriv tallet med høyst én desimal, for eksempel 3,5."))


def limit_field(label: Any, *, is_mean: bool) -> forms.FloatField:
    """Of what is held against a figure as it is told: 66,4 would be above a told «66 %» of 66,45."""
    return forms.FloatField(
        label=label,
        required=False,
        localize=True,
        validators=[as_told_mean if is_mean else as_told],
        widget=forms.TextInput(attrs={**TEXT, "inputmode": "decimal"}),
        error_messages={"invalid": gettext_lazy("Skriv et tall, for eksempel 80 eller 3,5.")},
    )


class CriteriaForm(forms.Form):
    """The primary outcome, and a green and a red limit for each measure that is to count."""

    primary_outcome = forms.ChoiceField(
        label=gettext_lazy("Hovedutfall"),
        required=False,
        help_text=gettext_lazy("Skalaen rapporten skal svare på først. Bare én."),
        widget=forms.Select(attrs=SELECT),
        error_messages=CHOOSE,
    )

    def __init__(
        self,
        study: Study,
        scales: list[tuple[str, str]],
        low_is_good: set[str],
        has_no_good_end: set[str],
        *args: Any,
        ranges: Mapping[str, tuple[float, float]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.ranges = ranges or {}
        self.study, self.low_is_good, self.has_no_good_end = study, low_is_good, has_no_good_end
        self.fields["primary_outcome"].choices = [("", _("Ikke valgt")), *scales]
        self.initial["primary_outcome"] = study.primary_outcome
        stored = {row.measure: row for row in study.criteria.all()}
        for measure, suggested in MEASURES.items():
            row = stored.get(measure)
            under = _("Rødt under")
            if measure == Criterion.Measure.OUTCOME:
                under = _("Rødt under (over, der lavt er bra)")
            for name, label, place in (("green", _("Grønt fra og med"), 0), ("red", under, 1)):
                field = f"{measure}_{name}"
                self.fields[field] = limit_field(label, is_mean=measure == Criterion.Measure.OUTCOME)
                self.initial[field] = getattr(row, name) if row else (None if stored else suggested[place])

    def rows(self) -> Iterator[tuple[str, forms.BoundField, forms.BoundField]]:
        """Each measure in words, with its two fields."""
        for measure in MEASURES:
            yield str(Criterion.Measure(measure).label), self[f"{measure}_green"], self[f"{measure}_red"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for measure in MEASURES:
            green, red = cleaned.get(f"{measure}_green"), cleaned.get(f"{measure}_red")
            if (green is None) != (red is None):
                missing = f"{measure}_{'green' if green is None else 'red'}"
                if missing not in self.errors:
                    self.add_error(missing, _("Skriv begge grensene, eller ingen."))
            elif green is not None and red is not None:
                self._check_order(measure, green, red)
        if cleaned.get(f"{Criterion.Measure.OUTCOME}_green") is not None:
            self._check_scale(cleaned.get("primary_outcome") or "")
        return cleaned

    def _check_scale(self, scale: str) -> None:
        """Limits of a mean are of a scale with a good end."""
        if not scale:
            self.add_error("primary_outcome", _("Velg skalaen som gjennomsnittet skal regnes av."))
        elif scale in self.has_no_good_end:
            said = _(
                "På denne skalaen er verken høyt eller lavt bra. Da kan den ikke ha grønn og rød grense."
            )
            self.add_error(f"{Criterion.Measure.OUTCOME}_green", said)
        elif scale in self.ranges:
            self._check_range(*self.ranges[scale])

    def _check_range(self, low: float, high: float) -> None:
        for name in (f"{Criterion.Measure.OUTCOME}_{light}" for light in ("green", "red")):
            limit = self.cleaned_data.get(name)
            if limit is not None and not low <= limit <= high:
                ends = {"low": floatformat(low), "high": floatformat(high)}
                self.add_error(name, _("Skalaen går fra %(low)s til %(high)s.") % ends)

    def _check_order(self, measure: Any, green: float, red: float) -> None:
        """Red is below green; above it on a scale where low is good."""
        is_turned = measure == Criterion.Measure.OUTCOME and (
            self.cleaned_data.get("primary_outcome") in self.low_is_good
        )
        if is_turned and red < green:
            said = _("På denne skalaen er lavt bra. Da kan den røde grensen ikke være under den grønne.")
            self.add_error(f"{measure}_red", said)
        elif red > green and not is_turned:
            self.add_error(f"{measure}_red", _("Den røde grensen kan ikke være over den grønne."))

    def criteria(self) -> list[dict[str, Any]]:
        """The rows to store; the mean on a scale is that of the primary outcome."""
        given = self.cleaned_data
        return [
            {
                "measure": measure,
                "scale": given["primary_outcome"] if measure == Criterion.Measure.OUTCOME else "",
                "green": given[f"{measure}_green"],
                "red": given[f"{measure}_red"],
            }
            for measure in MEASURES
            if given[f"{measure}_green"] is not None
        ]
