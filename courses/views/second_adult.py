"""«Inviter den andre voksne»: from the page of the invited, and from the page of a participant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from courses import enrolling, second_adult
from courses.coaching import group_led_by
from courses.forms.invitations import SecondAdultForm
from courses.models import Enrolment
from courses.views.groups import managed_group

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from courses.enrolling import AdultToInvite
    from courses.models import FamilyInvitation, Group


def beside(request: HttpRequest, group_id: int, invitation_id: int) -> HttpResponse:
    """Beside somebody who was invited alone."""
    group = managed_group(request, group_id)
    rows = group.family_invitations.standing().select_related("group")
    invitation: FamilyInvitation = get_object_or_404(rows, pk=invitation_id)

    def invite(adult: AdultToInvite) -> FamilyInvitation:
        return second_adult.invite_beside(invitation, adult, request.user)

    return _answer(request, group, invite, shielded=invitation.shielded)


def partner(request: HttpRequest, group_id: int, adult_id: int) -> HttpResponse:
    """Into the family of somebody who takes part alone."""
    group = group_led_by(request.user, group_id)
    rows = Enrolment.objects.visible_to(request.user).current().filter(group=group, adult=adult_id)
    enrolment = rows.select_related("adult__family").first()
    family = enrolment and enrolment.adult.family
    if not family:
        raise Http404

    def invite(adult: AdultToInvite) -> FamilyInvitation:
        return second_adult.invite_into(family, group, adult, request.user)

    return _answer(request, group, invite, shielded=family.shielded)


def _answer(
    request: HttpRequest,
    group: Group,
    invite: Callable[[AdultToInvite], FamilyInvitation],
    *,
    shielded: bool,
) -> HttpResponse:
    """The form, what was wrong with it, or the invitation made. Template: ``courses/groups/second.html``."""
    form = SecondAdultForm(request.POST if request.method == "POST" else None, shielded=shielded)
    if form.is_valid():
        try:
            made = invite(form.cleaned_data["adult"])
        except enrolling.AlreadyInvitedError:
            form.add_error("address_1", _("Adressen er allerede invitert eller med i gruppa."))
        except second_adult.NoSecondError:
            form.add_error(None, _("Familien har alt to voksne, eller lenken til den første er utløpt."))
        except enrolling.FullGroupError:
            form.add_error(None, _("Gruppa er full. Prøv igjen når den første er kommet inn."))
        else:
            _tell(request, waits=made.waiting)
            return redirect("evenings:invite", group.pk)
    context = {"group": group, "form": form}
    status = 422 if form.errors else 200
    return render(request, "courses/groups/second.html", context, status=status)


def _tell(request: HttpRequest, *, waits: bool) -> None:
    if waits:
        words = _("Gruppa er full. Familien står på ventelista og får beskjed når det blir plass.")
        messages.info(request, words)
    else:
        messages.success(request, _("Invitasjonen er på vei. Den varer i to uker."))
