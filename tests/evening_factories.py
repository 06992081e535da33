"""The smallest valid rows around an evening: invitations, messages, logs, catch-up, gatherings."""

from __future__ import annotations

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from courses import models
from tests.factories import (
    AdultFactory,
    EveningFactory,
    FamilyFactory,
    GroupFactory,
    MunicipalityFactory,
    UserFactory,
)


class FamilyInvitationFactory(DjangoModelFactory):
    group = factory.SubFactory(GroupFactory)
    municipality = factory.SubFactory(MunicipalityFactory)

    class Meta:
        model = models.FamilyInvitation


class InvitedAdultFactory(DjangoModelFactory):
    invitation = factory.SubFactory(FamilyInvitationFactory)
    seat = 1
    name = "Astrid"
    email = factory.Sequence(lambda n: f"astrid{n}@example.no")
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=14))

    class Meta:
        model = models.InvitedAdult


class MessageFactory(DjangoModelFactory):
    user = factory.SubFactory(UserFactory)
    kind = "evening"
    thing = factory.Sequence(lambda n: f"evening:{n}")
    step = "reminder"
    due_at = factory.LazyFunction(timezone.now)
    message_id = factory.Sequence(lambda n: f"<{n}@example.no>")

    class Meta:
        model = models.Message


class EveningLogFactory(DjangoModelFactory):
    evening = factory.SubFactory(EveningFactory)

    class Meta:
        model = models.EveningLog


class CatchUpFactory(DjangoModelFactory):
    adult = factory.SubFactory(AdultFactory)
    evening = factory.SubFactory(EveningFactory)

    class Meta:
        model = models.CatchUp


class GatheringFactory(DjangoModelFactory):
    kind = "theme-evening"
    title = "Fosterhjemskveld"
    starts_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=14))

    class Meta:
        model = models.Gathering


class GuidanceMeetingFactory(DjangoModelFactory):
    family = factory.SubFactory(FamilyFactory)
    at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=14))

    class Meta:
        model = models.GuidanceMeeting


class CallRequestFactory(DjangoModelFactory):
    adult = factory.SubFactory(AdultFactory)

    class Meta:
        model = models.CallRequest
