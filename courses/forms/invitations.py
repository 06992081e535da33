"""The form that invites one family: one adult or two, each by e-mail or mobile."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.enrolling import AdultToInvite
from courses.forms.groups import TEXT
from courses.models import Municipality
from courses.reaching import normal_address

if TYPE_CHECKING:
    from courses.models import Group

NO_NAME = gettext_lazy("Skriv fornavnet.")
ID_NUMBER = re.compile(r"(?<!\d)\d{6}[ .-]?\d{5}(?!\d)")  # a Norwegian birth number


def first_name(text: str) -> str:
    """A first name, tidied. Raises ValidationError, with a sentence, for what is no name."""
    name = " ".join(text.split())
    if not name:
        raise ValidationError(str(NO_NAME))
    if ID_NUMBER.search(name):
        raise ValidationError(_("Dette ligner et fødselsnummer. Det skal ikke stå her."))
    if len(name) > 60:
        raise ValidationError(_("Navnet er for langt. Fornavnet er nok."))
    if "@" in name or sum(sign.isdigit() for sign in name) > 2:
        raise ValidationError(_("Dette ligner en adresse eller et nummer, ikke et navn."))
    if not any(sign.isalpha() for sign in name):
        raise ValidationError(str(NO_NAME))
    return name


def reachable_address(text: str) -> str:
    """A normal address that a message can be sent to today. Raises ValidationError, with a sentence."""
    try:
        way = normal_address(text)
    except ValidationError as error:
        raise ValidationError(
            _("Skriv en e-postadresse eller et mobilnummer."), code="unreachable"
        ) from error
    if "@" not in way and not settings.SMS_BACKEND:
        raise ValidationError(_("Vi kan ikke sende SMS ennå. Skriv en e-postadresse."), code="no-texts")
    return way


def adult_of(name: str, address: str, alias: str = "") -> AdultToInvite:
    """What was typed, as it is stored. Raises ValidationError."""
    way = reachable_address(address)
    return AdultToInvite(
        name=first_name(name),
        email=way if "@" in way else None,
        mobile=None if "@" in way else way,
        alias=" ".join(alias.split())[:40],
    )


def name_field(label: Any, *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=60,
        widget=forms.TextInput(attrs=TEXT),
        error_messages={
            "required": NO_NAME,
            "max_length": gettext_lazy("Navnet er for langt. Fornavnet er nok."),
        },
    )


def address_field(*, required: bool = False) -> forms.CharField:
    words = gettext_lazy("Skriv en e-postadresse eller et mobilnummer.")
    return forms.CharField(
        label=gettext_lazy("E-post eller mobilnummer"),
        required=required,
        max_length=254,
        widget=forms.TextInput(attrs={**TEXT, "autocapitalize": "none", "spellcheck": "false"}),
        error_messages=dict.fromkeys(["required", "max_length", "null_characters_not_allowed"], words),
    )


def alias_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Dekknavn"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Bare for en skjermet familie. Står på lister i stedet for navnet."),
        widget=forms.TextInput(attrs=TEXT),
    )


class AdultsForm(forms.Form):
    """What the forms share: ``name_1``, ``address_1`` and ``alias_1`` are one adult."""

    def adult(self, cleaned: dict[str, Any], seat: int) -> AdultToInvite | None:
        """One adult, with errors where they belong; None when something is missing."""
        name, address, alias = (f"{field}_{seat}" for field in ("name", "address", "alias"))
        if not self.has_error(name):
            try:
                first_name(cleaned.get(name, ""))
            except ValidationError as error:
                self.add_error(name, error)
        if not self.has_error(address):
            try:
                reachable_address(cleaned.get(address, ""))
            except ValidationError as error:
                self.add_error(address, error)
        if self.has_error(name) or self.has_error(address):
            return None
        given = cleaned.get(alias, "") if cleaned.get("shielded") else ""
        return adult_of(cleaned[name], cleaned[address], given)


class InviteFamilyForm(AdultsForm):
    """Two adults at most; the second may be left empty. A shielded family gets aliases."""

    name_1 = name_field(gettext_lazy("Fornavn"), required=True)
    address_1 = address_field(required=True)
    name_2 = name_field(gettext_lazy("Fornavn"))
    address_2 = address_field()
    municipality = forms.ModelChoiceField(
        label=gettext_lazy("Kommune"),
        queryset=Municipality.objects.none(),
        empty_label=gettext_lazy("Velg kommune"),
        widget=forms.Select(attrs={"class": "ds-input"}),
        error_messages=dict.fromkeys(["required", "invalid_choice"], gettext_lazy("Velg kommunen.")),
    )
    shielded = forms.BooleanField(
        label=gettext_lazy("Familien er skjermet"),
        required=False,
        help_text=gettext_lazy(
            "Familien vises ikke i noen liste som andre familier eller en utskrift kan vise."
        ),
        widget=forms.CheckboxInput(attrs={"class": "ds-input"}),
    )
    alias_1 = alias_field()
    alias_2 = alias_field()

    def __init__(self, *args: Any, group: Group, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places: Any = self.fields["municipality"]
        places.queryset = group.municipalities.all()
        self.one_place = places.queryset.count() == 1
        if self.one_place:
            places.initial = places.queryset.first()
            places.empty_label = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        second = bool(cleaned.get("name_2") or cleaned.get("address_2"))
        adults = [self.adult(cleaned, 1), *([self.adult(cleaned, 2)] if second else [])]
        cleaned["adults"] = [adult for adult in adults if adult]
        if len(cleaned["adults"]) == 2:
            one, two = cleaned["adults"]
            if (one.email or one.mobile) == (two.email or two.mobile):
                words = _("To voksne trenger hver sin adresse. Bruk gjerne mobilnummeret til den ene.")
                self.add_error("address_2", words)
        return cleaned


class SecondAdultForm(AdultsForm):
    """The other adult of a household. The alias is asked for when the family is shielded."""

    name_1 = name_field(gettext_lazy("Fornavn"), required=True)
    address_1 = address_field(required=True)
    alias_1 = alias_field()

    def __init__(self, *args: Any, shielded: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shielded = shielded
        if not shielded:
            del self.fields["alias_1"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["shielded"] = self.shielded
        cleaned["adult"] = self.adult(cleaned, 1)
        return cleaned
