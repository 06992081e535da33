"""What logging in says: allauth speaks English, so everything a person may meet is written here."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WRONG_PASSWORD = _("E-posten og passordet passer ikke sammen.")

ERRORS = {
    "account_inactive": _("Kontoen er stengt."),
    "email_password_mismatch": WRONG_PASSWORD,
    "phone_password_mismatch": WRONG_PASSWORD,
    "username_password_mismatch": WRONG_PASSWORD,
    "invalid_login": WRONG_PASSWORD,
    "enter_current_password": _("Dette er ikke passordet du har nå."),
    "incorrect_password": _("Passordet stemmer ikke."),
    "incorrect_code": _("Koden stemmer ikke."),
    "too_many_login_attempts": _("Det ble mange forsøk på kort tid. Vent noen minutter og prøv igjen."),
    "rate_limited": _("Det ble mange forsøk på kort tid. Vent noen minutter og prøv igjen."),
    "same_as_current": _("Det nye må være et annet enn det du har."),
}
MFA_ERRORS = {
    "incorrect_code": _("Koden stemmer ikke."),
    "cannot_delete_authenticator": _("Den kan ikke fjernes."),
    "cannot_generate_recovery_codes": _("Legg til en passnøkkel eller en app først."),
}

# allauth's message templates → what is said on the page; a message without words here is not said
SAID = {
    "account/messages/logged_out.txt": _("Du er logget ut."),
    "account/messages/password_changed.txt": _("Passordet er byttet. Logg inn på nytt."),
    "account/messages/password_set.txt": _("Passordet er laget. Logg inn på nytt."),
    "mfa/messages/webauthn_added.txt": _("Passnøkkelen er lagt til."),
    "mfa/messages/webauthn_removed.txt": _("Passnøkkelen er fjernet."),
    "mfa/messages/totp_activated.txt": _("Appen er koblet til."),
    "mfa/messages/totp_deactivated.txt": _("Appen er koblet fra."),
}

# allauth's mail templates → what happened, told to the person's own address
NOTICES = {
    "account/email/password_changed": _("Passordet ditt er byttet."),
    "account/email/password_set": _("Innloggingen din har fått et passord."),
    "mfa/email/webauthn_added": _("En passnøkkel er lagt til innloggingen din."),
    "mfa/email/webauthn_removed": _("En passnøkkel er fjernet fra innloggingen din."),
    "mfa/email/totp_activated": _("En app for engangskoder er koblet til innloggingen din."),
    "mfa/email/totp_deactivated": _("Appen for engangskoder er koblet fra innloggingen din."),
    "mfa/email/recovery_codes_generated": _("Innloggingen din har fått nye reservekoder."),
}
