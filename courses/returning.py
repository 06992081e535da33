"""The ways back: a leave that was a slip of the finger, and the other adult at a phone two share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.core import ratelimit
from django.db import transaction

from courses import messaging
from courses.models import Enrolment
from courses.seats import locked, not_ended, seats_left

if TYPE_CHECKING:
    from django.http import HttpRequest

    from courses.models import User


@transaction.atomic
def take_back_leave(enrolment: Enrolment) -> bool:
    """She is in the group as before, when her seat is still free. Messages are planned again."""
    group = locked(enrolment.group)
    here = Enrolment.objects.filter(not_ended(), adult=enrolment.adult_id, group=group)
    if here.filter(ends_on=None).exists():  # twice, or invited again meanwhile
        return True
    if not (here.exists() or seats_left(group)):  # one that ends today still counts as a seat
        return False
    if enrolment.ends_on == enrolment.paused_on:  # left on her first day
        enrolment.paused_on = None
    enrolment.ends_on = None
    enrolment.save(update_fields=["ends_on", "paused_on"])
    messaging.plan_enrolment(enrolment)
    return True


def send_code_unseen(request: HttpRequest, user: User, *, by_mail: bool | None = None) -> bool:
    """Sends a code to the other adult and waits for it; the page that asks for it shows no address.

    ``by_mail`` chooses the way where there are two; else mail before text message. Expects a session
    without a login. False when there were too many codes for that address.
    """
    by_mail = bool(user.email) if by_mail is None else by_mail
    address = user.email if by_mail else user.mobile
    if not ratelimit.consume(request, action="request_login_code", key=address):
        return False
    way = {"email": address} if by_mail else {"phone": address}
    LoginCodeVerificationProcess.initiate(request=request, user=user, **way)
    request.session.update({"unseen": True, "remember": False})
    request.session.set_expiry(0)
    return True
