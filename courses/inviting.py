"""Roles given and taken: invitations by mail, their acceptance after a code, and the end of a role."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import Group as Rights
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation

from courses.access import active_roles
from courses.models import Group, Invitation, Role, User
from courses.reaching import user_with_email
from courses.sessions import end_sessions

if TYPE_CHECKING:
    from datetime import date
    from typing import Any, TypeVar

    from django.db.models import QuerySet

    from courses.models import Municipality

    Rows = TypeVar("Rows", bound=QuerySet[Any])

INVITATION_LIVES = timedelta(days=14)
CMS_GROUP = "Redaktører"  # Wagtail's rights hang on it; cms/ says which they are
CMS_KINDS = frozenset({Role.Kind.PROJECT_LEADER, Role.Kind.EDITOR})


class OutsideReachError(Exception):
    """A project leader of some municipalities tried to give or take a role elsewhere."""


class LastProjectLeaderError(Exception):
    """Without her nobody could invite anybody."""


def places_of(user: User) -> set[int] | None:
    """The municipalities where a user is project leader; None means the whole region. Reads the roles."""
    places = {role.municipality_id for role in active_roles(user) if role.kind == Role.Kind.PROJECT_LEADER}
    return None if None in places else {place for place in places if place is not None}


def within_reach(rows: Rows, user: User) -> Rows:
    """Roles or invitations a project leader may change: what she sees, in her own places alone."""
    places = places_of(user)
    visible: Rows = rows.visible_to(user)
    return visible if places is None else visible.filter(municipality__in=places)


def fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(
    *, kind: str, municipality: Municipality | None, name: str, email: str, by: User
) -> tuple[Invitation, str]:
    """A new invitation and its token, kept nowhere else. An open one for the same role is withdrawn."""
    places = places_of(by)
    if places is not None and (municipality is None or municipality.pk not in places):
        raise OutsideReachError
    address = email.strip().lower()
    older = Invitation.objects.open().filter(kind=kind, municipality=municipality, email=address)
    older.update(withdrawn_at=timezone.now())
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        token_hash=fingerprint(token),
        kind=kind,
        municipality=municipality,
        name=name.strip(),
        email=address,
        invited_by=by,
        expires_at=timezone.now() + INVITATION_LIVES,
    )
    return invitation, token


def send_invitation(invitation: Invitation, link: str) -> None:
    """Mails the link, in the reader's written language; neither subject nor text tells what it is about.

    The inviter waits for it: whatever the mail server raises is hers to know of. The invitation stays.
    """
    place = invitation.municipality
    known = user_with_email(invitation.email)
    language = known.language if known else place.written_language if place else settings.LANGUAGE_CODE
    words = {
        "name": invitation.name,
        "by": str(invitation.invited_by or ""),
        "link": link,
        "days": INVITATION_LIVES.days,
    }
    with translation.override(language):
        subject = render_to_string("courses/email/invitation_subject.txt").strip()
        body = render_to_string("courses/email/invitation_message.txt", words).strip()
    EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [invitation.email]).send()


def find(token: str) -> Invitation | None:
    """The invitation of a mailed token, open or not. Reads its municipality and inviter as well."""
    rows = Invitation.objects.select_related("municipality", "invited_by")
    return rows.filter(token_hash=fingerprint(token)).first()


def withdraw(*, invitation: Invitation) -> bool:
    """False when it was used, withdrawn or expired already."""
    still_open = Invitation.objects.open().filter(pk=invitation.pk)
    return bool(still_open.update(withdrawn_at=timezone.now()))


def invited_user(invitation: Invitation) -> User:
    """The user at the invited address, made when there is none. The role comes with the confirmed code."""
    if known := user_with_email(invitation.email):
        return known
    place = invitation.municipality
    language = place.written_language if place else settings.LANGUAGE_CODE
    try:
        with transaction.atomic():
            made: User = User.objects.create_person(
                email=invitation.email, first_name=invitation.name, language=language
            )
            return made
    except IntegrityError:  # the same button in two tabs: the other tab was first
        return User.objects.get(email=invitation.email)


@transaction.atomic
def accept(*, invitation_id: int, user: User, session_key: str | None = None) -> Role | None:
    """Gives the role to the invited person, once, and ends her other sessions: they were opened without it.

    None when the invitation is no longer open or is somebody else's.
    """
    row = Invitation.objects.open().filter(pk=invitation_id, email=(user.email or "").lower())
    if not row.update(used_at=timezone.now()):
        return None
    invitation = Invitation.objects.get(pk=invitation_id)
    role, _made = Role.objects.get_or_create(
        user=user, kind=invitation.kind, municipality=invitation.municipality, ends_on=None
    )
    end_sessions(user, keep=session_key)
    sync_cms_group(user)
    return role


def is_last_leader(role: Role, *, locked: bool = False) -> bool:
    """Whether nobody could invite to the whole region without this role. One query for a project leader's.

    Where there is none for the region: whether no project leader would be left at all.
    """
    if role.kind != Role.Kind.PROJECT_LEADER:
        return False
    leaders = Role.objects.active().filter(kind=Role.Kind.PROJECT_LEADER)
    if locked:  # two who end each other's at once
        leaders = leaders.select_for_update()
    others = [leader for leader in leaders if leader.pk != role.pk]
    return not others or (role.municipality_id is None and all(leader.municipality_id for leader in others))


@transaction.atomic
def end_role(*, role: Role) -> bool:
    """Ends a role, the duties that rest on it and its holder's sessions at once. False when it had ended.

    A role that began today is removed: dates alone cannot say that it ended before the day did.
    """
    if is_last_leader(role, locked=True):
        raise LastProjectLeaderError
    today = timezone.localdate()
    ended = _end_before(Role.objects.filter(pk=role.pk), today)
    if role.kind == Role.Kind.CONTACT_PERSON:
        _end_duties(role.user, today)
    end_sessions(role.user)
    sync_cms_group(role.user)
    return bool(ended)


def _end_before(rows: QuerySet[Any], day: date) -> int:
    """Ends rows with dates the day before, and removes those that had not begun by then. How many it were."""
    living = rows.exclude(ends_on__lt=day)
    ended = living.filter(starts_on__lt=day).update(ends_on=day - timedelta(days=1))
    return int(ended + living.filter(starts_on__gte=day).delete()[0])


def _end_duties(user: User, day: date) -> None:
    """Ends the duties of a contact person in groups where no role of hers in force covers a municipality."""
    roles = user.roles.active(day).filter(kind=Role.Kind.CONTACT_PERSON)
    covered = Group.objects.filter(municipalities__in=roles.values("municipality"))
    _end_before(user.assignments.exclude(group__in=covered), day)


def sync_cms_group(user: User) -> None:
    """Puts a user in the editors' group, or out of it, as her active roles say. Two queries or three."""
    user.__dict__.pop("_active_roles", None)  # the roles may just have changed
    if any(role.kind in CMS_KINDS for role in active_roles(user)):
        user.groups.add(Rights.objects.get_or_create(name=CMS_GROUP)[0])
    else:
        user.groups.remove(*user.groups.filter(name=CMS_GROUP))


def sync_all_cms_groups() -> None:
    """Every member of the editors' group and everybody with a role for it: dates pass without an event."""
    concerned = Q(groups__name=CMS_GROUP) | Q(roles__kind__in=CMS_KINDS)
    for user in User.objects.filter(concerned).distinct():
        sync_cms_group(user)
