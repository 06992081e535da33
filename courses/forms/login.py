"""The forms of logging in: allauth's, with our words and one field for e-mail and mobile."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from allauth.account import forms as account_forms
from allauth.account.adapter import get_adapter
from allauth.core import context, ratelimit
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from courses.reaching import normal_address, user_at

if TYPE_CHECKING:
    from courses.models import User

UNREACHABLE = _("Skriv en e-postadresse eller et mobilnummer.")
SIX_DIGITS = _("Koden er seks siffer. Se etter i meldingen.")
TEXT = {"class": "ds-input"}


class CodeField(forms.CharField):
    """One field, so that the phone can fill it from the message. «123 456» is read as 123456."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {**TEXT, "autocomplete": "one-time-code", "inputmode": "numeric"}
        messages = dict.fromkeys(["required", "max_length", "null_characters_not_allowed"], SIX_DIGITS)
        given = {"label": _("Kode"), "max_length": 20, "error_messages": messages}
        super().__init__(widget=forms.TextInput(attrs=attributes), **(given | kwargs))

    def to_python(self, value: Any) -> str:
        return re.sub(r"[\s\-]", "", super().to_python(value))


class NewPasswordField(account_forms.SetPasswordField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(help_text=_("Minst tolv tegn. Gjerne flere vanlige ord etter hverandre."), **kwargs)
        self.widget.attrs = {**TEXT, "autocomplete": "new-password"}


class PasswordField(account_forms.PasswordField):
    def __init__(self, *, autocomplete: str = "current-password", **kwargs: Any) -> None:
        super().__init__(**({"label": _("Passord")} | kwargs))
        self.widget.attrs = {**TEXT, "autocomplete": autocomplete}


class RequestCodeForm(forms.Form):
    """Where to send the code. An unknown address is answered as a known one is."""

    login = forms.CharField(
        label=_("E-post eller mobilnummer"),
        max_length=254,
        widget=forms.TextInput(
            attrs={**TEXT, "autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages=dict.fromkeys(["required", "max_length", "null_characters_not_allowed"], UNREACHABLE),
    )
    remember = forms.BooleanField(label=_("Husk denne telefonen (30 dager)"), required=False)
    _user: User | None = None

    def clean_login(self) -> str:
        try:
            address = normal_address(self.cleaned_data["login"])
        except ValidationError as error:
            raise ValidationError(UNREACHABLE, code="unreachable") from error
        if not ratelimit.consume(context.request, action="request_login_code", key=address):
            raise get_adapter().validation_error("too_many_login_attempts")
        self._user = user_at(address)
        self.cleaned_data["email" if "@" in address else "phone"] = address
        return address


class ConfirmCodeForm(account_forms.ConfirmLoginCodeForm):
    code = CodeField()

    def clean_code(self) -> str:
        """A slip of the finger is said, but is not one of the three tries: only six digits are compared."""
        if not re.fullmatch(r"[0-9]{6}", self.cleaned_data["code"]):
            raise ValidationError(SIX_DIGITS, code="not_six_digits")
        return super().clean_code()


class PasswordLoginForm(account_forms.LoginForm):
    password = PasswordField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.EmailField(
            label=_("E-post"),
            max_length=254,
            widget=forms.EmailInput(attrs={**TEXT, "autocomplete": "username"}),
        )

    def clean_login(self) -> str:
        return self.cleaned_data["login"].lower()


class PasswordAgainForm(account_forms.ReauthenticateForm):
    password = PasswordField()


class TypedTwice:
    """The new password, and the same again."""

    def clean_password2(self) -> str:
        again: str = self.cleaned_data["password2"]  # type: ignore[attr-defined]
        if again != self.cleaned_data.get("password1", again):  # type: ignore[attr-defined]
            raise ValidationError(_("De to passordene er ikke like."), code="password_mismatch")
        return again


class SetPasswordForm(TypedTwice, account_forms.SetPasswordForm):
    password1 = NewPasswordField(label=_("Nytt passord"))
    password2 = PasswordField(label=_("Nytt passord en gang til"), autocomplete="new-password")


class ChangePasswordForm(TypedTwice, account_forms.ChangePasswordForm):
    oldpassword = PasswordField(label=_("Passordet du har nå"))
    password1 = NewPasswordField(label=_("Nytt passord"))
    password2 = PasswordField(label=_("Nytt passord en gang til"), autocomplete="new-password")


class SecondFactorForm(mfa_forms.AuthenticateForm):
    code = CodeField(label=_("Kode fra appen, eller en reservekode"))


class SecondFactorAgainForm(mfa_forms.ReauthenticateForm):
    code = CodeField(label=_("Kode fra appen, eller en reservekode"))


class ActivateAppForm(ActivateTOTPForm):
    code = CodeField(label=_("Koden appen viser"))


class AnswerField(forms.JSONField):
    """What a passkey answers. Anything may be posted here, also what breaks the JSON reader."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except (ValueError, RecursionError) as error:
            raise get_mfa_adapter().validation_error("incorrect_code") from error


class ReadsAnswer:
    """An answer that cannot be read is a wrong answer."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except ValidationError:
            raise
        except Exception as error:  # the readers of CBOR and keys raise many kinds
            raise get_mfa_adapter().validation_error("incorrect_code") from error


class PasskeyLoginForm(ReadsAnswer, webauthn_forms.LoginWebAuthnForm):
    credential = AnswerField()


class PasskeyFactorForm(ReadsAnswer, webauthn_forms.AuthenticateWebAuthnForm):
    credential = AnswerField()


class PasskeyAgainForm(ReadsAnswer, webauthn_forms.ReauthenticateWebAuthnForm):
    credential = AnswerField()


class AddPasskeyForm(webauthn_forms.AddWebAuthnForm):
    """Always a passkey that logs in by itself; the person chooses only what to call it."""

    name = forms.CharField(
        label=_("Hva heter den?"),
        help_text=_("For eksempel telefonen eller jobbmaskinen."),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={**TEXT, "autocomplete": "off"}),
    )
    passwordless = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)
    credential = AnswerField()

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except ValidationError:
            raise
        except Exception as error:  # as in ReadsAnswer
            raise get_mfa_adapter().validation_error("incorrect_code") from error


class RenamePasskeyForm(webauthn_forms.EditWebAuthnForm):
    name = forms.CharField(
        label=_("Hva heter den?"),
        max_length=60,
        widget=forms.TextInput(attrs={**TEXT, "autocomplete": "off"}),
    )
