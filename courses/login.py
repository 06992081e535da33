"""How people log in: allauth's adapters, and when a session has two factors.

Families log in with a mailed or texted code, or a passkey. Staff need two factors: a passkey (which asks for
finger, face or PIN), or two of password, mailed code and app.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import secrets
import time
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.core import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from courses import enrolling, inviting
from courses.access import active_roles
from courses.login_words import ERRORS, MFA_ERRORS, NOTICES, SAID
from courses.outbox.texting import send_text
from courses.reaching import hand_over, normal_mobile, user_at
from courses.sessions import set_lifetime

if TYPE_CHECKING:
    from allauth.account.models import Login
    from django.http import HttpRequest

    from courses.models import User

logger = logging.getLogger(__name__)

OWN_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_two_factors(request: HttpRequest) -> bool:
    """Whether this session was opened with two factors. Reads the session alone."""
    if request.user.is_anonymous:
        return False
    records = get_authentication_records(request, request.user)
    kinds = {record.get("method") for record in records}
    if len(kinds & {"password", "code", "mfa"}) > 1 or any(record.get("passwordless") for record in records):
        return True
    entries = request.session.get("account_authentication_methods", [])
    return settings.DEMO and any(entry.get("method") == "demo" for entry in entries)


def is_freshly_known(request: HttpRequest) -> bool:
    """Whether the person has logged in, or said again who she is, within the last ten minutes."""
    records = get_authentication_records(request, request.user)
    newest = max((record.get("at", 0) for record in records), default=0)
    return time.time() - newest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def may_change_factors(request: HttpRequest) -> bool:
    """Whether this session may add, change or remove ways to log in. Two queries at most.

    Staff who have a factor beyond the mailbox must have used it: else the mailbox alone would open the rest.
    A family's mailbox opens everything by itself, so nothing is gained by asking.
    """
    user = request.user
    if has_two_factors(request) or not active_roles(user):
        return True
    return not (user.has_usable_password() or is_mfa_enabled(user, OWN_FACTORS))


def asks_password(user: User) -> bool:
    """Whether her password says again who she is.

    A family gets a code instead: a password may be forgotten, and the mailbox opens everything anyway.
    """
    return bool(user.has_usable_password() and active_roles(user))


def remember_factor(request: HttpRequest, kind: str) -> None:
    """A factor just made has been used as well: the session holds it. ``kind`` is Authenticator.Type's."""
    passkey = {"passwordless": True} if kind == Authenticator.Type.WEBAUTHN else {}
    record_authentication(request, request.user, "mfa", type=kind, reauthenticated=True, **passkey)


def start_code_login(request: HttpRequest, *, user: User, email: str) -> bool:
    """Mails a code and waits for it at «account_confirm_login_code». False when there were too many."""
    if not ratelimit.consume(request, action="request_login_code", key=email):
        return False
    LoginCodeVerificationProcess.initiate(request=request, user=user, email=email)
    request.session.update({"login_address": email, "remember": False})
    request.session.set_expiry(0)  # the address goes with the browser, if nobody logs in
    return True


def take_seat(request: HttpRequest, user: User, invited_id: int) -> None:
    """Puts an invited adult in her group, once she has shown that the address is hers."""
    try:
        enrolling.accept(invited_id=invited_id, user=user)
    except enrolling.NotOpenError:
        messages.error(request, _("Invitasjonen gjelder ikke lenger. Be kontaktpersonen om en ny."))


def six_digits() -> str:
    return f"{secrets.randbelow(10**6):06}"


class SecondFactorStage(AuthenticateStage):
    """Asks staff for the second factor. For a family the code or the passkey is enough."""

    def _should_handle(self, request: HttpRequest) -> bool:
        return bool(self.login.user and active_roles(self.login.user)) and super()._should_handle(request)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | ERRORS

    # --- codes and the ways they go
    def generate_login_code(self) -> str:
        return six_digits()

    def generate_phone_verification_code(self, *, user: User, phone: str) -> str:
        return six_digits()

    def clean_phone(self, phone: str) -> str:
        return normal_mobile(phone)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        """The number counts as verified: a code sent to it proves it at each login."""
        return (user.mobile, True) if user.mobile else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.mobile = normal_mobile(phone)
        user.save(update_fields=["mobile"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        """Nothing to store."""

    def get_user_by_phone(self, phone: str) -> User | None:
        return user_at(phone)

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        with translation.override(user.language):
            text = _(
                "Koden din er %(code)s. Den varer i ti minutter."
                " Har du ikke bedt om den, kan du se bort fra denne."
            )
        hand_over(lambda: send_text(phone, text % {"code": code}))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the reader's written language, without HTML, and without making anybody wait."""
        user = user_at(email)
        with translation.override(user.language if user else translation.get_language()):
            subject = render_to_string(f"{template_prefix}_subject.txt", context).strip()
            body = render_to_string(f"{template_prefix}_message.txt", context).strip()
        hand_over(EmailMessage(subject, body, self.get_from_email(), [email]).send)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tells the person that her login was changed, but not from where: a mail is kept for long."""
        with translation.override(user.language):
            happened = str(NOTICES[template_prefix])
        if address := email or user.email:
            self.send_mail("account/email/notice", address, {"happened": happened})
        elif user.mobile:
            mobile = user.mobile
            hand_over(lambda: send_text(mobile, happened))

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Says what SAID has words for; the rest of allauth's messages tell what is seen anyway."""
        if text := message or SAID.get(message_template or ""):
            messages.add_message(request, level, text, extra_tags=extra_tags)

    # --- the way in
    def get_login_stages(self) -> list[str]:
        return ["allauth.account.stages.LoginByCodeStage", "courses.login.SecondFactorStage"]

    def is_login_by_code_required(self, login: Login) -> bool:
        """A password needs a mailed code, unless the person's own second factor is asked for next."""
        if active_roles(login.user) and is_mfa_enabled(login.user, OWN_FACTORS):
            return False
        return super().is_login_by_code_required(login)

    def login(self, request: HttpRequest, user: User) -> None:
        """Opens the session: an invitation is taken up, and the session gets its end."""
        super().login(request, user)
        request.session.pop("login_address", None)
        invited = request.session.pop("invitation", None)
        if invited and invited["email"].lower() == (user.email or "").lower():
            key = request.session.session_key
            if not inviting.accept(invitation_id=invited["id"], user=user, session_key=key):
                messages.error(request, _("Invitasjonen gjelder ikke lenger. Be prosjektlederen om en ny."))
        if seat := request.session.pop("invited", None):
            take_seat(request, user, seat)
        inviting.sync_cms_group(user)
        set_lifetime(request, user)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if active_roles(request.user) and not has_two_factors(request):
            return reverse("account_two_factors")
        return super().get_login_redirect_url(request)

    # --- passwords, and saying again who one is
    def set_password(self, user: User, password: str) -> None:
        user.set_password(password)
        user.save(update_fields=["password"])

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")  # the change logs out everywhere

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        return not is_freshly_known(self.request)

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Strongest first. A code will do for families, and for staff who have nothing else yet."""
        if not user.is_authenticated:
            return []
        ways = []
        if is_mfa_enabled(user, [Authenticator.Type.WEBAUTHN]):
            ways.append(("mfa_reauthenticate_webauthn", _("Bruk passnøkkel")))
        if is_mfa_enabled(user, [Authenticator.Type.TOTP]):
            ways.append(("mfa_reauthenticate", _("Bruk kode fra appen")))
        if asks_password(user):
            ways.append(("account_reauthenticate", _("Bruk passord")))
        elif not ways or not active_roles(user):
            ways.append(("account_reauthenticate", _("Få en kode")))
        return [{"id": name, "description": words, "url": reverse(name)} for name, words in ways]


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | MFA_ERRORS

    def get_totp_issuer(self) -> str:
        return "En god start"

    def get_totp_label(self, user: User) -> str:
        return user.email or user.mobile or ""

    def encrypt(self, text: str) -> str:
        """An app's secret, unreadable in a copy of the database alone."""
        return _vault().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Under a SECRET_KEY that does not open it: a secret that nobody has, so that every code is wrong."""
        try:
            return _vault().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            logger.error("A second factor does not open: is the old SECRET_KEY in SECRET_KEY_FALLBACKS?")
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        return _("Passnøkkel")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The site's own host name also covers the editor's, where that lies below it."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        site = settings.SITE_URL.partition("://")[2].partition(":")[0]
        belongs = entity["id"].endswith(f".{site}")
        return {"id": site if belongs else entity["id"], "name": "En god start"}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return entity | {"name": self.get_totp_label(user), "display_name": str(user)}


def _vault() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"second factor:" + key.encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
