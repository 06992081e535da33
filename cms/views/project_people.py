"""«Folk og roller»: people with a role, inviting one more, ending a role; and the invited person's door."""

from __future__ import annotations

from smtplib import SMTPException
from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows.logout import logout
from allauth.core.ratelimit import respond_429
from django import forms
from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses import inviting
from courses.auditing import Action, record
from courses.login import start_code_login
from courses.models import Invitation, Municipality, Role

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from courses.models import User

NEAR_FAMILIES = {Role.Kind.CONTACT_PERSON, Role.Kind.LEADER}


class InviteForm(forms.ModelForm):
    """Who to invite, to what, and where: only the places where the project leader is one."""

    class Meta:
        model = Invitation
        fields = ["name", "email", "kind", "municipality"]
        widgets = {
            "name": forms.TextInput(attrs={"class": "ds-input", "autocomplete": "off"}),
            "email": forms.EmailInput(attrs={"class": "ds-input", "autocomplete": "off"}),
            "kind": forms.Select(attrs={"class": "ds-input"}),
            "municipality": forms.Select(attrs={"class": "ds-input"}),
        }

        error_messages = {
            "name": {"required": gettext_lazy("Skriv navnet.")},
            "email": {
                "required": gettext_lazy("Skriv e-postadressen."),
                "invalid": gettext_lazy("Skriv en hel e-postadresse, for eksempel navn@kommune.no."),
            },
            "kind": {"required": gettext_lazy("Velg en rolle.")},
            "municipality": {"required": gettext_lazy("Velg en kommune.")},
        }

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds: Any = self.fields["kind"]
        kinds.choices = [("", gettext_lazy("Velg rolle")), *Role.Kind.choices]
        places = inviting.places_of(by)
        field = self.fields["municipality"]
        field.required = places is not None
        field.empty_label = gettext_lazy("Hele regionen") if places is None else None
        if places is not None:
            field.queryset = Municipality.objects.filter(pk__in=places)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen = "municipality" in cleaned and cleaned["municipality"] is None
        if chosen and cleaned.get("kind") in NEAR_FAMILIES:
            self.add_error("municipality", _("Kontaktpersoner og ledere hører til én kommune. Velg hvilken."))
        return cleaned


def people(request: HttpRequest) -> HttpResponse:
    """People with a role and open invitations. The same number of queries, whatever the size."""
    return _page(request, InviteForm(by=request.user))


def _page(request: HttpRequest, form: InviteForm, status: int = 200) -> HttpResponse:
    roles = Role.objects.visible_to(request.user).active().select_related("user", "municipality")
    changeable = set(inviting.within_reach(Role.objects.all(), request.user).values_list("pk", flat=True))
    invitations = inviting.within_reach(Invitation.objects.all(), request.user).open()
    context = {
        "staff": [
            {
                "id": role.pk,
                "name": str(role.user),
                "roles": role.get_kind_display(),
                "place": role.municipality or _("hele regionen"),
                "contact": role.user.email or role.user.mobile,
                "ends": role.ends_on,
                "can_end": role.pk in changeable,
            }
            for role in roles.order_by("user__first_name", "user_id", "pk")
        ],
        "invitations": invitations.select_related("municipality").order_by("pk"),
        "form": form,
    }
    return render(request, "cms/project_people.html", context, status=status)


def invite(request: HttpRequest) -> HttpResponse:
    """Sends an invitation; the same again withdraws the older one («send på nytt»)."""
    form = InviteForm(request.POST, by=request.user)
    if not form.is_valid():
        return _page(request, form, status=422)
    asked = {key: form.cleaned_data[key] for key in ("kind", "municipality", "name", "email")}
    made, token = inviting.invite(**asked, by=request.user)
    link = settings.SITE_URL + reverse("cms:invitation", args=[token])
    try:
        inviting.send_invitation(made, link)
    except (SMTPException, OSError):
        messages.error(
            request, _("Invitasjonen er laget, men e-posten kom ikke av gårde. Trykk «Send på nytt».")
        )
    else:
        messages.success(request, _("Invitasjonen er sendt. Den varer i to uker."))
    return redirect("cms:people")


def withdraw_invitation(request: HttpRequest, invitation_id: int) -> HttpResponse:
    rows = inviting.within_reach(Invitation.objects.all(), request.user)
    if inviting.withdraw(invitation=get_object_or_404(rows, pk=invitation_id)):
        messages.success(request, _("Invitasjonen er trukket. Lenken virker ikke lenger."))
    else:
        messages.info(request, _("Invitasjonen var allerede brukt eller utløpt."))
    return redirect("cms:people")


def end_role(request: HttpRequest, role_id: int) -> HttpResponse:
    """Says what ends and how it is undone; the button there ends it."""
    rows = inviting.within_reach(Role.objects.select_related("user", "municipality"), request.user)
    role = get_object_or_404(rows, pk=role_id)
    if request.method != "POST":
        context = {
            "role": role,
            "place": role.municipality or _("hele regionen"),
            "is_contact_person": role.kind == Role.Kind.CONTACT_PERSON,
            "is_own": role.user_id == request.user.pk,
            "is_last": inviting.is_last_leader(role),
        }
        return render(request, "cms/end_role.html", context)
    try:
        inviting.end_role(role=role)
    except inviting.LastProjectLeaderError:
        messages.error(
            request, _("Prosjektet må ha en prosjektleder for hele regionen. Inviter den neste først.")
        )
    else:
        record(request.user, Action.CHANGED, about=[role.user_id])
        if role.user_id == request.user.pk:  # this session ended with the role
            logout(request, show_message=False)
            return redirect("cms:front")
        messages.success(request, _("Rollen er avsluttet, og personen er logget ut."))
    return redirect("cms:people")


def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Says who is invited to what. The button sends a code; the role comes when the code is confirmed."""
    found = inviting.find(token)
    if found is None or not Invitation.objects.open().filter(pk=found.pk).exists():
        status = 410 if found else 404
        return render(request, "cms/invitation_closed.html", status=status)
    if request.method != "POST":
        context = {"invitation": found, "place": found.municipality or _("hele regionen")}
        return render(request, "cms/invitation.html", context)
    logout(request, show_message=False)
    user = inviting.invited_user(found)
    if not start_code_login(request, user=user, email=found.email):
        return respond_429(request)
    request.session["invitation"] = {"id": found.pk, "email": found.email}
    return redirect("account_confirm_login_code")
