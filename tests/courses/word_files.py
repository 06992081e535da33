"""A group with families, the address of each of its Word files, and the files opened."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from tests import factories as made
from tests.documents import attended, course_group, with_facilitators_layer
from tests.evening_factories import FamilyInvitationFactory, InvitedAdultFactory

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import Group, User
    from tests.people import LogIn

BY_EVENING = ("kveldsplan", "oppmote", "ark")
BY_GROUP = ("hefte", "brev", "kursbevis")


@pytest.fixture
def group(contact_person_role: User) -> Group:
    """Six evenings with plan, exercises and home tasks; two families, one shielded; Astrid invited."""
    group = course_group(languages=("nb", "nn"), programme__name="En god start", version="1.0", mark="Utkast")
    with_facilitators_layer(group.edition)
    group.municipalities.set([contact_person_role.roles.get().municipality])
    made.AssignmentFactory(group=group, user=contact_person_role)
    started = timezone.localdate() - timedelta(days=365)
    for name, shielded in (("Berit", False), ("Hemmelig", True)):
        adult = made.EnrolmentFactory(
            group=group,
            starts_on=started,
            adult__user__first_name=name,
            adult__user__mobile=f"+4740000{shielded:03d}",
            adult__family__shielded=shielded,
            adult__alias="Deltaker A" if shielded else "",
        ).adult
        attended(adult, group, "present present made-up present present present")
    InvitedAdultFactory(invitation=FamilyInvitationFactory(group=group), name="Astrid")
    InvitedAdultFactory(invitation=FamilyInvitationFactory(group=group, shielded=True), name="Skjult")
    return group


@pytest.fixture
def contact_person_role(municipality: Any) -> User:
    return made.RoleFactory(kind="contact-person", municipality=municipality, user__first_name="Torill").user


@pytest.fixture
def client(contact_person_role: User, group: Group, logged_in: LogIn) -> Client:
    return logged_in(contact_person_role)


def addresses(group: Group, language: str = "nb") -> dict[str, str]:
    evening = group.evenings.get(module__number=3)
    found = {name: f"/kveld/{evening.pk}/{name}.docx?sprak={language}" for name in BY_EVENING}
    found["oppmote-uten-navn"] = f"/kveld/{evening.pk}/oppmote.docx?navn=nei&sprak={language}"
    return found | {name: f"/gruppe/{group.pk}/{name}.docx?sprak={language}" for name in BY_GROUP}


def fetched(client: Client, group: Group, language: str = "nb") -> dict[str, bytes]:
    files = {}
    for name, address in addresses(group, language).items():
        page = client.get(address)
        assert page.status_code == 200, name
        files[name] = page.content
    return files
