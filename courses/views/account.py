"""Logging in, out and in again: allauth's views where people here are met differently."""

from __future__ import annotations

import time
from functools import wraps
from typing import TYPE_CHECKING, Any

from allauth.account import app_settings
from allauth.account import views as allauth
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.stages import LoginByCodeStage, LoginStageController
from allauth.core.internal import ratelimit
from allauth.mfa.base.views import ReauthenticateView as AppAgainView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.views import AddWebAuthnView, LoginWebAuthnView, ReauthenticateWebAuthnView
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.forms import Form
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache

from courses.access import active_roles
from courses.forms.login import ConfirmCodeForm
from courses.login import (
    asks_password,
    has_two_factors,
    is_freshly_known,
    may_change_factors,
    remember_factor,
    six_digits,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

PASSKEY_FAILED = gettext_lazy("Passnøkkelen kunne ikke brukes. Prøv igjen, eller be om en kode.")


def freshly_known(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Asks again who it is, also where allauth would not: before a password is made, with one factor of two.

    Allauth's way of asking keeps what was posted in the session, a new password too: ours keeps nothing.
    """

    @wraps(view)
    def asks(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_freshly_known(request) and may_change_factors(request):
            return view(request, *args, **kwargs)
        strongest = get_adapter().get_reauthentication_methods(request.user)[0]
        return redirect_to_login(request.get_full_path(), strongest["url"])

    return asks


class StartsOver:
    """Lets somebody begin again who has a login under way: another address, or the passkey after all."""

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: object) -> None:
        return None


class RequestCodeView(StartsOver, allauth.RequestLoginCodeView):
    """One field; the same answer whether or not anybody is there."""

    def get_initial(self) -> dict[str, Any]:
        return {"login": self.request.session.get("login_address", "")}

    def form_valid(self, form: Form) -> HttpResponse:
        self.request.session["login_address"] = form.cleaned_data["login"]
        self.request.session["remember"] = form.cleaned_data["remember"]
        self.request.session.set_expiry(0)  # the address goes with the browser, if nobody logs in
        return super().form_valid(form)


class ConfirmCodeView(allauth.ConfirmLoginCodeView):
    """Three tries within ten minutes, and five in five minutes for an address, whoever tries."""

    @method_decorator(never_cache)  # each of its pages holds an address
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            stage = LoginStageController.enter(request, LoginByCodeStage.key)
            process = LoginCodeVerificationProcess(stage) if stage else None
            if process and not process.is_valid():
                process.abort()
            if not process or not process.is_valid():
                return self.needs_new_code()
        return super().dispatch(request, *args, **kwargs)

    @property
    def recipient(self) -> str:
        return self._process.state.get("email") or self._process.state["phone"]

    def needs_new_code(self) -> HttpResponse:
        """One page for a code that is old, used, meant for another browser or guessed at too often."""
        address = self.request.session.get("login_address")
        if not address:
            if self.request.method == "POST":
                messages.error(self.request, _("Vi må lage en ny kode. Den forrige kan ikke brukes lenger."))
            return redirect("account_request_login_code")
        context = {
            "address": address,
            "remember": self.request.session.get("remember", False),
            "next": self.get_next_url(),
        }
        return render(self.request, "account/new_code.html", context)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self._action == "verify":
            self._guess = ratelimit.consume(
                request, app="allauth.account", action="login_failed", key=f"code:{self.recipient}"
            )
            if not self._guess:
                return ratelimit.respond_429(request)
        return super().post(request, *args, **kwargs)

    def _resend_form_valid(self, form: Form) -> HttpResponse:
        """A new code with ten new minutes. To an unknown address nothing is sent, and nothing is said."""
        request = self.request
        if not ratelimit.consume(
            request, app="allauth.account", action="request_login_code", key=self.recipient
        ):
            return ratelimit.respond_429(request)
        # allauth ends a login after fifteen minutes, whatever was sent meanwhile
        self._process.state["at"] = self._process.stage.login.initiated_at = time.time()
        if self._process.user:
            self._process.resend()
        else:
            self._process.record_resend()
            self._process.persist()
        messages.success(request, _("En ny kode er på vei. Den forrige virker ikke lenger."))
        return redirect(self.passthrough_next_url(reverse("account_confirm_login_code")))

    def _verify_form_valid(self, form: Form) -> HttpResponse:
        self._guess.rollback()
        return super()._verify_form_valid(form)

    def form_invalid(self, form: Form) -> HttpResponse:
        if not form.has_error("code", "incorrect_code"):  # not six digits: no try is spent
            self._guess.rollback()
            return self.render_to_response(self.get_context_data(form=form))
        if self._process.record_invalid_attempt():
            left = app_settings.LOGIN_BY_CODE_MAX_ATTEMPTS - self._process.state["failed_attempts"]
            words = ngettext(
                "Koden stemmer ikke. Du har ett forsøk igjen.",
                "Koden stemmer ikke. Du har %(left)s forsøk igjen.",
                left,
            )
            form.errors["code"] = form.error_class([words % {"left": left}])
            return self.render_to_response(self.get_context_data(form=form))
        if self._process.state["initiated_by_user"]:
            return self.needs_new_code()
        messages.error(self.request, _("Koden stemte ikke. Begynn på nytt med passordet."))
        return redirect("account_login")


class PasswordLoginView(StartsOver, allauth.LoginView):
    def form_valid(self, form: Form) -> HttpResponse:
        for key in ("login_address", "remember"):
            self.request.session.pop(key, None)
        return super().form_valid(form)


class PasskeyLoginView(StartsOver, LoginWebAuthnView):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if get_adapter().is_ajax(request):
            return super().get(request, *args, **kwargs)
        return redirect("account_request_login_code")

    def form_invalid(self, form: Form) -> HttpResponse:
        messages.error(self.request, PASSKEY_FAILED)
        return redirect("account_request_login_code")


class LogoutView(allauth.LogoutView):
    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().post(*args, **kwargs)
        response["Clear-Site-Data"] = '"cache"'  # the back button finds nothing of what was read
        return response


class OpensNotes:
    """Who has said again who she is, finds her notes open."""

    def form_valid(self, form: Form) -> HttpResponse:
        self.request.session.pop("notes_shut", None)  # type: ignore[attr-defined]
        return super().form_valid(form)  # type: ignore[misc]


class PasswordAgainView(OpensNotes, allauth.ReauthenticateView):
    pass


class AppCodeAgainView(OpensNotes, AppAgainView):
    pass


class PasskeyAgainView(OpensNotes, ReauthenticateWebAuthnView):
    def form_invalid(self, form: Form) -> HttpResponse:
        messages.error(self.request, PASSKEY_FAILED)
        return redirect(self.passthrough_next_url(reverse("mfa_reauthenticate_webauthn")))


class CodeAgainView(allauth.BaseReauthenticateView):
    """A new code for a family, or for staff who have nothing else yet. Ten minutes, three tries."""

    template_name = "account/reauthenticate_code.html"
    form_class = ConfirmCodeForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("action") == "send":
            return self.send()
        return super().post(request, *args, **kwargs)

    @property
    def sent(self) -> dict[str, Any]:
        """What was sent and still lives; empty when nothing was."""
        kept = self.request.session.get("code_again") or {}
        return kept if time.time() - kept.get("at", 0) < app_settings.LOGIN_BY_CODE_TIMEOUT else {}

    def send(self) -> HttpResponse:
        user, adapter, code = self.request.user, get_adapter(), six_digits()
        if not ratelimit.consume(
            self.request, app="allauth.account", action="request_login_code", key=user.email or user.mobile
        ):
            return ratelimit.respond_429(self.request)
        if user.email:
            adapter.send_mail("account/email/login_code", user.email, {"code": code})
        else:
            adapter.send_verification_code_sms(user=user, phone=user.mobile, code=code)
        self.request.session["code_again"] = {"code": code, "at": time.time(), "wrong": 0}
        return redirect(self.passthrough_next_url(reverse("account_reauthenticate")))

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"code": self.sent.get("code", "")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        return super().get_context_data(**kwargs) | {
            "sent": self.sent,
            "recipient": user.email or user.mobile,
        }

    def form_invalid(self, form: Form) -> HttpResponse:
        if form.has_error("code", "incorrect_code"):
            sent = self.sent
            wrong = sent.get("wrong", 0) + 1
            spent = wrong >= app_settings.LOGIN_BY_CODE_MAX_ATTEMPTS
            self.request.session["code_again"] = {} if spent else sent | {"wrong": wrong}
        return super().form_invalid(form)

    def form_valid(self, form: Form) -> HttpResponse:
        for key in ("code_again", "notes_shut"):
            self.request.session.pop(key, None)
        record_authentication(self.request, self.request.user, "code", reauthenticated=True)
        return super().form_valid(form)


def reauthenticate(request: HttpRequest) -> HttpResponse:
    """Who it is, once more: by password for staff who have one, else by a new code."""
    view = PasswordAgainView if asks_password(request.user) else CodeAgainView
    return view.as_view()(request)


class AddPasskeyView(AddWebAuthnView):
    """Staff are shown their recovery codes afterwards; a family still has its codes by mail."""

    def form_valid(self, form: Form) -> HttpResponse:
        response = super().form_valid(form)
        remember_factor(self.request, Authenticator.Type.WEBAUTHN)
        return response

    def get_success_url(self) -> str:
        return super().get_success_url() if active_roles(self.request.user) else reverse("cms:min_side")


class ActivateAppView(ActivateTOTPView):
    def form_valid(self, form: Form) -> HttpResponse:
        response = super().form_valid(form)
        remember_factor(self.request, Authenticator.Type.TOTP)
        return response


def two_factors(request: HttpRequest) -> HttpResponse:
    """Which second factor to add, or to use when there is one already. Staff with one factor land here."""
    if has_two_factors(request):
        return redirect("mfa_index")
    kinds = [Authenticator.Type.WEBAUTHN, Authenticator.Type.TOTP]
    context = {"has": {kind.value: is_mfa_enabled(request.user, [kind]) for kind in kinds}}
    return render(request, "account/two_factors.html", context)
