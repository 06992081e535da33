"""Who is family with whom: an invited adult finds her seat in a household, and two may part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from courses.models import Adult, Family, FamilyInvitation, GuidanceMeeting

if TYPE_CHECKING:
    from courses.models import InvitedAdult, User


def adult_of(user: User, invited: InvitedAdult) -> Adult:
    """The user's adult, in the invited household's family. One she has with somebody else is never split."""
    invitation = invited.invitation
    adult = Adult.objects.select_related("family").filter(user=user).first() or Adult(user=user)
    before = adult.family
    shared = before and before.adults.exclude(pk=adult.pk).exists()
    family = before if shared else invitation.family or before
    if family is None:
        family = Family.objects.create(municipality=invitation.municipality, shielded=invitation.shielded)
    _seat(adult, family)
    adult.alias = adult.alias or invited.alias
    adult.save()
    if invitation.shielded or (before and before.shielded):
        Family.objects.filter(pk=adult.family_id).update(shielded=True)
    if before and not before.adults.exists():
        _close(before, adult)
    if invitation.family_id is None:
        invitation.family = family
        invitation.save(update_fields=["family"])
    return adult


def _seat(adult: Adult, family: Family) -> None:
    """Gives the adult the free seat of a family; where two sit already, a family of her own."""
    if adult.family_id == family.pk and adult.seat:
        return
    free = sorted({1, 2} - set(family.adults.values_list("seat", flat=True)))
    if not free:
        family, free = _like(family), [1]
    adult.family, adult.seat = family, free[0]


def _close(family: Family, adult: Adult) -> None:
    """The family she was alone in goes; what was agreed with her comes along."""
    for rows in (GuidanceMeeting.objects, FamilyInvitation.objects):
        rows.filter(family=family).update(family=adult.family_id)
    family.delete()


def _like(family: Family) -> Family:
    """A new family in the same place, as shielded as the other."""
    return Family.objects.create(municipality=family.municipality, shielded=family.shielded)


@transaction.atomic
def part_family(adult: Adult) -> Family:
    """Gives one of two adults a family of her own in the same place; both keep what is theirs.

    Whoever is alone in her family keeps it. Raises ValueError for an adult without a family.
    """
    if adult.family_id is None:
        raise ValueError("An adult without a family cannot be parted from one.")
    family = Family.objects.select_for_update().get(pk=adult.family_id)
    if not family.adults.exclude(pk=adult.pk).exists():
        return family
    adult.family, adult.seat = _like(family), 1
    adult.save(update_fields=["family", "seat"])
    return adult.family
