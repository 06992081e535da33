"""The form of the study pages: the study itself. That of a wave: wave_forms.py."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.forms.groups import HOLD, TEXT, DateField
from courses.models import Programme, Region
from evaluation.guards import STUDY_PROMISED, has_uncounted, was_invited
from evaluation.models import Study
from evaluation.setting_up import key_of

SELECT = {"class": "ds-input"}
UNTIL_SUNSET = timedelta(days=30)  # after the last answer, when nothing else is said
FARTHEST = timedelta(days=20 * 365)  # from today, that a day of a study may be
CHOOSE = dict.fromkeys(["required", "invalid_choice"], gettext_lazy("Velg fra lista."))
EMAIL = {"invalid": gettext_lazy("Skriv en hel e-postadresse, for eksempel navn@kommune.no.")}


class StudyForm(forms.ModelForm):
    """What the study is, who stands behind it, and when. ``set_up`` only for a new one."""

    set_up = forms.BooleanField(
        label=gettext_lazy("Lag standardoppsettet med en gang"),
        required=False,
        initial=True,
        help_text=gettext_lazy(
            "Før første kveld, etter siste, et halvt år etter, etter hver kveld, og ett for kontaktpersonene."
        ),
    )

    class Meta:
        model = Study
        fields = [
            "name_nb",
            "name_nn",
            "programme",
            "region",
            "purpose_nb",
            "purpose_nn",
            "controller",
            "is_research",
            "partner",
            "contact_name",
            "contact_email",
            "starts_on",
            "ends_on",
            "sunset_on",
        ]
        widgets = {
            **dict.fromkeys(
                ["name_nb", "name_nn", "controller", "partner", "contact_name"], forms.TextInput(attrs=TEXT)
            ),
            **dict.fromkeys(["purpose_nb", "purpose_nn"], forms.Textarea(attrs={**TEXT, "rows": 4})),
            **dict.fromkeys(["programme", "region"], forms.Select(attrs=SELECT)),
            "contact_email": forms.EmailInput(attrs=TEXT),
        }
        help_texts = {
            "purpose_nb": gettext_lazy("Hvorfor dere spør, slik familiene skal lese det. Et par setninger."),
            "controller": gettext_lazy("For eksempel kommunen, eller kommunene sammen."),
            "contact_name": gettext_lazy("Den familiene kan spørre."),
        }
        error_messages = {
            **dict.fromkeys(["name_nb", "purpose_nb", "controller", "contact_name"], HOLD),
            **dict.fromkeys(["programme", "region"], CHOOSE),
            "contact_email": HOLD | EMAIL,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_on"] = DateField(
            label=gettext_lazy("Fra"), help_text=gettext_lazy("Ingen får brev eller skjema før denne dagen.")
        )
        self.fields["ends_on"] = DateField(
            label=gettext_lazy("Til"), help_text=gettext_lazy("Når det siste svaret kan komme.")
        )
        self.fields["sunset_on"] = DateField(
            label=gettext_lazy("Koblingsnøkkelen slettes"),
            required=False,
            help_text=gettext_lazy("Senest da. Står den tom, blir det tretti dager etter siste dag."),
        )
        self.fields["programme"].queryset = Programme.objects.order_by("name")
        self.fields["region"].queryset = Region.objects.order_by("name")
        if self.instance.pk:
            del self.fields["set_up"]

    def clean_name_nb(self) -> str:
        return " ".join(self.cleaned_data["name_nb"].split())

    def clean_name_nn(self) -> str:
        return " ".join(self.cleaned_data["name_nn"].split())

    def clean(self) -> dict[str, Any]:
        """Must run in the transaction that saves: of two who write the same name, the second waits."""
        cleaned = super().clean() or self.cleaned_data
        self._keep_name_apart(cleaned)
        for name in ("starts_on", "ends_on", "sunset_on"):
            if cleaned.get(name) and cleaned[name] > timezone.localdate() + FARTHEST:
                self.add_error(name, _("Velg en dag innen tjue år."))
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("Studien kan ikke slutte før den begynner."))
        if first and not self.instance.pk and first <= timezone.localdate():
            self.add_error(
                "starts_on", _("Velg en dag fram i tid, så dere får sett over brevet og målingene først.")
            )
        if last and not cleaned.get("sunset_on") and "sunset_on" not in self.errors:
            cleaned["sunset_on"] = last + UNTIL_SUNSET
        if last and cleaned.get("sunset_on") and cleaned["sunset_on"] <= last:
            self.add_error("sunset_on", _("Nøkkelen trengs til siste dag. Velg en senere dag."))
        if self.instance.pk:
            self._keep_promises(cleaned)
        return cleaned

    def _keep_name_apart(self, cleaned: dict[str, Any]) -> None:
        """Within a programme nobody finds two studies of one name, in either language. Two queries."""
        if not cleaned.get("programme"):
            return
        Programme.objects.select_for_update(no_key=True).get(pk=cleaned["programme"].pk)
        others = Study.objects.filter(programme=cleaned["programme"]).exclude(pk=self.instance.pk)
        rows = others.values_list("name_nb", "name_nn")
        taken = {" ".join(name.split()).casefold() for names in rows for name in names if name}
        for field in ("name_nb", "name_nn"):
            if cleaned.get(field, "").casefold() in taken:
                self.add_error(
                    field,
                    _(
                        "Det finnes alt en studie med dette navnet i programmet. Skriv noe som skiller dem,"
                        " for eksempel året eller stedet."
                    ),
                )

    def _keep_promises(self, cleaned: dict[str, Any]) -> None:
        before = Study.objects.get(pk=self.instance.pk)
        names = [*(name.removesuffix("_id") for name in STUDY_PROMISED), "starts_on"]
        changed = [name for name in names if name in cleaned and cleaned[name] != getattr(before, name)]
        later = cleaned.get("sunset_on") and cleaned["sunset_on"] > before.sunset_on
        if (changed or later) and was_invited(before):
            for name in changed:
                self.add_error(name, _("Noen er invitert. Dette kan ikke endres lenger."))
            if later:
                self.add_error("sunset_on", _("De som er invitert, er lovet at nøkkelen slettes før det."))
        last = cleaned.get("ends_on")
        if last and last < before.ends_on and has_uncounted(before):
            day = date_format(before.ends_on, "j. F Y")
            self.add_error(
                "ends_on",
                _(
                    "Svar som ikke er talt opp ennå, venter til %(day)s på å bli mange nok. Slutter studien"
                    " før det, går de tapt. Prøv igjen når alt er talt opp."
                )
                % {"day": day},
            )

    def save(self, commit: bool = True) -> Study:
        if not self.instance.pk:
            self.instance.key = key_of(self.cleaned_data["name_nb"])
        found: Study = super().save(commit)
        return found


def first_study() -> dict[str, Any]:
    """What a new study's form begins with."""
    today = timezone.localdate()
    regions = list(Region.objects.values_list("pk", flat=True)[:2])
    programmes = Programme.objects.filter(audience=Programme.Audience.FAMILIES).order_by("pk")
    return {
        "starts_on": today + timedelta(days=7),
        "ends_on": today + timedelta(days=548),
        "region": regions[0] if len(regions) == 1 else None,
        "programme": programmes.values_list("pk", flat=True).first(),
    }
