"""The form of a wave: whom it asks, how, and when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.forms.groups import HOLD, TEXT
from evaluation.forms import CHOOSE, SELECT
from evaluation.guards import has_answers, is_being_asked
from evaluation.models import Audience, IdentityMode, InstrumentVersion, Occasion, Wave
from evaluation.models.studies import EVENING_DAYS, PROMISED
from evaluation.obstacles import asked_of_evenings, unlike
from evaluation.setting_up import newest_versions
from evaluation.versions_field import VersionsField

USUAL_DAYS = 14  # that a form is open, when nothing else is said
MOST_DAYS = 730  # from the evening it counts from, either way
PAIRED = {"audience", "identity", "anchor", "versions"}  # by these before and after meet, or cannot
PROMISED_ALREADY = gettext_lazy(
    "Noen er invitert, og det de fikk vite, kan ikke endres. Lag en ny måling i stedet."
)


class WaveForm(forms.ModelForm):
    """One measurement. What has been promised to somebody is refused, not silently left."""

    code = forms.CharField(
        label=gettext_lazy("Kode"),
        max_length=12,
        help_text=gettext_lazy("Kort, til tabeller og filer: T0, T1, kveld."),
        widget=forms.TextInput(attrs=TEXT),
        error_messages=HOLD | {"max_length": gettext_lazy("Skriv litt kortere.")},
    )
    versions = VersionsField(
        label=gettext_lazy("Skjemaer"),
        queryset=InstrumentVersion.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(
            ["invalid_choice", "invalid_pk_value", "list"], gettext_lazy("Velg skjemaer på lista.")
        ),
    )

    class Meta:
        model = Wave
        fields = [
            "name_nb",
            "name_nn",
            "code",
            "audience",
            "identity",
            "anchor",
            "opens_after_days",
            "open_for_days",
        ]
        help_texts = {
            "open_for_days": gettext_lazy("Tomt blir 14 dager, eller 48 timer etter hver kveld."),
        }
        widgets = {
            **dict.fromkeys(["name_nb", "name_nn"], forms.TextInput(attrs=TEXT)),
            **dict.fromkeys(["audience", "identity", "anchor"], forms.Select(attrs=SELECT)),
            **dict.fromkeys(
                ["opens_after_days", "open_for_days"],
                forms.NumberInput(attrs={**TEXT, "inputmode": "numeric"}),
            ),
        }
        error_messages = {"name_nb": HOLD, **dict.fromkeys(["audience", "identity", "anchor"], CHOOSE)} | {
            name: dict.fromkeys(["required", "invalid", "min_value", "max_value"], words)
            for name, words in (
                ("opens_after_days", gettext_lazy("Skriv et helt tall. Minus betyr dager før.")),
                ("open_for_days", gettext_lazy("Skriv et helt tall fra 1 til 90.")),
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = list(self.instance.instruments.values_list("version", flat=True)) if self.instance.pk else []
        choices = newest_versions(asked)
        self.fields["versions"].queryset = InstrumentVersion.objects.filter(
            pk__in=[version.pk for version in choices]
        ).select_related("instrument")
        self.initial.setdefault("versions", asked)
        self.fields["open_for_days"].required = False
        if not self.instance.pk:
            self.initial["open_for_days"] = None  # by what it is asked after: clean_open_for_days
        for name in ("identity", "anchor"):
            choices = self.fields[name].choices
            self.fields[name].choices = [(value, label if value else _("Velg")) for value, label in choices]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].strip()
        if not code.replace("-", "").isalnum() or not code.isascii():
            raise forms.ValidationError(_("Bruk bare bokstavene a–z, tall og bindestrek."))
        others = Wave.objects.filter(study=self.instance.study_id, code=code).exclude(pk=self.instance.pk)
        if others.exists():
            raise forms.ValidationError(_("Studien har en måling med denne koden fra før."))
        return code

    def clean_opens_after_days(self) -> int:
        days: int = self.cleaned_data["opens_after_days"]
        if abs(days) > MOST_DAYS:
            raise forms.ValidationError(
                _("Skriv et helt tall fra −%(days)d til %(days)d.") % {"days": MOST_DAYS}
            )
        return days

    def clean_open_for_days(self) -> int:
        days: int | None = self.cleaned_data["open_for_days"]
        is_of_evening = self.cleaned_data.get("identity") == IdentityMode.ANONYMOUS
        if days is None:
            return EVENING_DAYS if is_of_evening else USUAL_DAYS
        if is_of_evening and days != EVENING_DAYS:
            raise forms.ValidationError(_("Etter hver kveld er skjemaet åpent i 48 timer. Skriv 2."))
        if not 1 <= days <= 90:
            raise forms.ValidationError(_("Skriv et helt tall fra 1 til 90."))
        return days

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        identity, anchor = cleaned.get("identity"), cleaned.get("anchor")
        if cleaned.get("audience") == Audience.ADULT and identity == IdentityMode.NAMED:
            self.add_error("identity", _("Det familiene svarer, lagres aldri med navn."))
        elif anchor and identity:
            self._fit_evenings(cleaned)
        if not self.errors and PAIRED & set(self.changed_data):
            for said in unlike(self.instance, **{name: cleaned[name] for name in PAIRED}):
                self.add_error("identity", said)
        if self.instance.pk:
            self._keep_promises(cleaned)
        return cleaned

    def _fit_evenings(self, cleaned: dict[str, Any]) -> None:
        is_anonymous = cleaned["identity"] == IdentityMode.ANONYMOUS
        by_name = (Audience.CONTACT_PERSON, IdentityMode.NAMED)
        if cleaned["anchor"] != Wave.Anchor.EACH_EVENING:
            if is_anonymous:
                self.add_error("identity", _("Bare skjemaer etter hver kveld er anonyme."))
        elif is_anonymous and "identity" in self.changed_data:
            if other := asked_of_evenings(self.instance.study):
                said = _("«%(study)s» spør de samme gruppene etter hver kveld. To skjemaer er ett for mye.")
                self.add_error("anchor", said % {"study": other})
        elif not is_anonymous and (cleaned.get("audience"), cleaned["identity"]) != by_name:
            words = _("Etter hver kveld svarer familiene anonymt, og kontaktpersonene med navn.")
            self.add_error("identity", words)

    def _keep_promises(self, cleaned: dict[str, Any]) -> None:
        before = Wave.objects.get(pk=self.instance.pk)
        for name in sorted(PROMISED & set(cleaned)):
            if cleaned[name] != getattr(before, name) and self._opened().exists():
                self.add_error(name, PROMISED_ALREADY)
        chosen, asked = {version.pk for version in cleaned.get("versions") or ()}, self.initial["versions"]
        if chosen != set(asked) and is_being_asked(self.instance.pk):
            self.add_error("versions", _("Noen har svart eller svarer nå. Vent til svarene er talt opp."))
        elif set(asked) - chosen and has_answers(self.instance.pk):
            said = _("Noen har svart på et skjema som ikke er valgt nå. Lag en ny måling i stedet.")
            self.add_error("versions", said)

    def _opened(self) -> Any:
        return Occasion.objects.opened().filter(wave=self.instance.pk)

    def in_order(self) -> list[InstrumentVersion]:
        """The chosen ones: those that were there in their order, then the new."""
        chosen = {version.pk: version for version in self.cleaned_data["versions"]}
        before = [pk for pk in self.initial["versions"] if pk in chosen]
        return [chosen[pk] for pk in [*before, *(pk for pk in chosen if pk not in before)]]
