"""Logging in: allauth's names on our addresses. What is not here of allauth does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.contrib.auth.decorators import login_required
from django.urls import include, path
from django.views.generic import RedirectView

from courses.views import account as ours

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse
    from django.urls import URLPattern, URLResolver

login: list[URLPattern | URLResolver] = [
    path("", ours.RequestCodeView.as_view(), name="account_request_login_code"),
    path("kode/", ours.ConfirmCodeView.as_view(), name="account_confirm_login_code"),
    path("passord/", ours.PasswordLoginView.as_view(), name="account_login"),
    path("passnokkel/", ours.PasskeyLoginView.as_view(), name="mfa_login_webauthn"),
    path("andre-faktor/", mfa.authenticate, name="mfa_authenticate"),
    path("stengt/", account.account_inactive, name="account_inactive"),
]

again: list[URLPattern | URLResolver] = [
    path("", login_required(ours.reauthenticate), name="account_reauthenticate"),
    path("kode/", login_required(ours.AppCodeAgainView.as_view()), name="mfa_reauthenticate"),
    path("passnokkel/", login_required(ours.PasskeyAgainView.as_view()), name="mfa_reauthenticate_webauthn"),
]

changes: list[tuple[str, Callable[..., HttpResponse], str]] = [  # how one logs in: asked for once more
    ("passord/", account.password_change, "account_change_password"),
    ("passord/lag/", account.password_set, "account_set_password"),
    ("passnokler/ny/", ours.AddPasskeyView.as_view(), "mfa_add_webauthn"),
    ("passnokler/<int:pk>/fjern/", webauthn.remove_webauthn, "mfa_remove_webauthn"),
    ("passnokler/<int:pk>/navn/", webauthn.edit_webauthn, "mfa_edit_webauthn"),
    ("app/", ours.ActivateAppView.as_view(), "mfa_activate_totp"),
    ("app/fjern/", totp.deactivate_totp, "mfa_deactivate_totp"),
    ("reservekoder/", recovery_codes.view_recovery_codes, "mfa_view_recovery_codes"),
    ("reservekoder/nye/", recovery_codes.generate_recovery_codes, "mfa_generate_recovery_codes"),
    ("reservekoder/fil/", recovery_codes.download_recovery_codes, "mfa_download_recovery_codes"),
]

factors: list[URLPattern | URLResolver] = [
    path("", mfa.index, name="mfa_index"),
    path("to-faktor/", login_required(ours.two_factors), name="account_two_factors"),
    path("passnokler/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    *(path(way, login_required(ours.freshly_known(view)), name=name) for way, view, name in changes),
    path("bekreft/", include(again)),
]

urlpatterns = [
    path("logg-inn/", include(login)),
    path("logg-ut/", ours.LogoutView.as_view(), name="account_logout"),
    path("min/innlogging/", include(factors)),
]
