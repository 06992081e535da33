"""A new municipality in one go: the place, its help numbers, who leads there, and its phases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.project_forms import TEXT, phase_forms, save_phases
from courses import inviting
from courses.models import HelpNumber, Language, Municipality, Region, Role
from courses.slugs import in_plain_letters

if TYPE_CHECKING:
    from courses.models import Invitation, User

# the local numbers the texts ask for, with words until somebody changes them in the CMS
SKELETON: dict[str, dict[str, Any]] = {
    "barnevernvakt": {
        "label": "Barnevernvakta",
        "label_nn": "Barnevernvakta",
        "who": "Når et barn eller en familie trenger hjelp nå, og kontoret er stengt.",
        "who_nn": "Når eit barn eller ein familie treng hjelp no, og kontoret er stengt.",
        "hours": "Når barnevernstjenesten er stengt",
        "hours_nn": "Når barnevernstenesta er stengd",
    },
    "vakttelefon": {
        "label": "Vakttelefonen for fosterhjem",
        "label_nn": "Vakttelefonen for fosterheimar",
        "who": "Råd og støtte når noe er vanskelig hjemme. Du trenger ikke vente til det haster.",
        "who_nn": "Råd og støtte når noko er vanskeleg heime. Du treng ikkje vente til det hastar.",
        "hours": "Spør kontaktpersonen om åpningstidene",
        "hours_nn": "Spør kontaktpersonen om opningstidene",
    },
    "kontaktperson": {
        "label": "Barnevernstjenesten på dagtid",
        "label_nn": "Barnevernstenesta på dagtid",
        "who": "Spørsmål om hverdagen, avtaler og oppfølging. Be om kontaktpersonen din.",
        "who_nn": "Spørsmål om kvardagen, avtalar og oppfølging. Be om kontaktpersonen din.",
        "hours": "På dagtid, hverdager",
        "hours_nn": "På dagtid, kvardagar",
    },
}


def slug_of(name: str) -> str:
    """«Storøy» → «storoy», one that no municipality has. One query."""
    slug = slugify(in_plain_letters(name))[:40] or "kommune"
    taken = set(Municipality.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    return next(one for one in (slug, *(f"{slug}-{number}" for number in range(2, 1000))) if one not in taken)


def number_field(label: Any) -> forms.CharField:
    """A telephone number; one that is not known yet may wait."""
    return forms.CharField(
        label=label,
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs=TEXT | {"inputmode": "tel"}),
    )


class NewPlaceForm(forms.Form):
    """Everything but the phases, which are five forms beside this one."""

    name = forms.CharField(
        label=gettext_lazy("Kommunens navn"),
        max_length=100,
        error_messages={"required": gettext_lazy("Skriv navnet på kommunen.")},
        widget=forms.TextInput(attrs=TEXT),
    )
    written_language = forms.ChoiceField(
        label=gettext_lazy("Skriftspråk"), choices=Language, widget=forms.Select(attrs={"class": "ds-input"})
    )
    region = forms.ModelChoiceField(
        Region.objects.order_by("name"),
        label=gettext_lazy("Region"),
        required=False,
        empty_label=gettext_lazy("Velg, eller skriv en ny"),
        error_messages={"invalid_choice": gettext_lazy("Velg en region.")},
        widget=forms.Select(attrs={"class": "ds-input"}),
    )
    new_region = forms.CharField(
        label=gettext_lazy("Ny region"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Bare når regionen ikke står i lista."),
        widget=forms.TextInput(attrs=TEXT),
    )
    barnevernvakt = number_field(gettext_lazy("Barnevernvakta"))
    vakttelefon = number_field(gettext_lazy("Vakttelefonen for fosterhjem"))
    kontaktperson = number_field(gettext_lazy("Barnevernstjenesten på dagtid"))
    contact_name = forms.CharField(
        label=gettext_lazy("Navnet på kontaktpersonen"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs=TEXT),
    )
    contact_email = forms.EmailField(
        label=gettext_lazy("E-posten til kontaktpersonen"),
        required=False,
        help_text=gettext_lazy("Får en invitasjon med en gang. Kan vente."),
        error_messages={"invalid": gettext_lazy("Skriv en hel e-postadresse, for eksempel navn@kommune.no.")},
        widget=forms.EmailInput(attrs=TEXT),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = list(Region.objects.order_by("name")[:2])
        if not regions:  # the first municipality: nothing to choose from
            self.fields["region"].widget = forms.HiddenInput()
            self.fields["new_region"].help_text = ""
        elif len(regions) == 1:
            self.fields["region"].initial = regions[0].pk
        self.phases = phase_forms(None, self.data if self.is_bound else None)

    def is_valid(self) -> bool:
        return all([super().is_valid(), *[form.is_valid() for form in self.phases]])

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        if Municipality.objects.filter(name__iexact=name).exists():
            raise forms.ValidationError(_("Kommunen er med fra før."))
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in SKELETON:
            if (number := cleaned.get(name)) and sum(sign.isdigit() for sign in number) < 3:
                self.add_error(name, _("Skriv et telefonnummer."))
        self._check_region(cleaned)
        self._check_contact(cleaned)
        return cleaned

    def _check_region(self, cleaned: dict[str, Any]) -> None:
        fresh = cleaned.get("new_region", "").strip()
        if not fresh and not cleaned.get("region") and "region" not in self.errors:
            if self.fields["region"].widget.is_hidden:
                self.add_error("new_region", _("Skriv navnet på regionen."))
            else:
                self.add_error("region", _("Velg en region."))
        elif fresh and Region.objects.filter(name__iexact=fresh).exists():
            self.add_error("new_region", _("Regionen er med fra før. Velg den i lista."))

    def _check_contact(self, cleaned: dict[str, Any]) -> None:
        name, email = cleaned.get("contact_name"), cleaned.get("contact_email")
        if name and not email and "contact_email" not in self.errors:
            self.add_error("contact_email", _("Skriv e-postadressen også, eller la navnet stå tomt."))
        if email and not name:
            self.add_error("contact_name", _("Skriv navnet også, eller la e-posten stå tom."))

    @transaction.atomic
    def save(self, *, by: User) -> tuple[Municipality, tuple[Invitation, str] | None]:
        """The municipality, and the invitation with its token when a contact person was named."""
        given = self.cleaned_data
        fresh = given["new_region"].strip()
        region = Region.objects.create(name=fresh) if fresh else given["region"]
        place = Municipality.objects.create(
            name=given["name"],
            slug=slug_of(given["name"]),
            region=region,
            written_language=given["written_language"],
        )
        save_phases(place, self.phases)
        for position, (key, words) in enumerate(SKELETON.items()):
            if given[key]:
                self._add_number(place, key, words | {"number": given[key], "position": position})
        if not given["contact_email"]:
            return place, None
        return place, inviting.invite(
            kind=Role.Kind.CONTACT_PERSON,
            municipality=place,
            name=given["contact_name"],
            email=given["contact_email"],
            by=by,
        )

    def _add_number(self, place: Municipality, key: str, row: dict[str, Any]) -> None:
        owner = _("Barnevernstjenesten i %(place)s") % {"place": place.name}
        HelpNumber.objects.create(
            municipality=place, key=key, owner=owner[:100], checked_on=timezone.localdate(), **row
        )
