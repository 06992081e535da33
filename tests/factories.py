"""The smallest valid row of each model.

A factory gives what the database demands and nothing more; a test says what matters to it. Editions
with many parts are made in ``tests/editions.py``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from courses import models

if TYPE_CHECKING:
    from collections.abc import Sequence

    from courses.models import Group


class RegionFactory(DjangoModelFactory):
    name = factory.Sequence(lambda n: f"Region {n}")

    class Meta:
        model = models.Region


class MunicipalityFactory(DjangoModelFactory):
    name = factory.Sequence(lambda n: f"Vik {n}")
    slug = factory.Sequence(lambda n: f"vik-{n}")
    region = factory.SubFactory(RegionFactory)

    class Meta:
        model = models.Municipality


class UserFactory(DjangoModelFactory):
    first_name = factory.Sequence(lambda n: f"Person{n}")
    email = factory.Sequence(lambda n: f"person{n}@example.no")
    password = "!"  # unusable, and nothing to compute

    class Meta:
        model = models.User


class RoleFactory(DjangoModelFactory):
    """``kind`` decides; a municipality unless ``municipality=None`` is asked for."""

    user = factory.SubFactory(UserFactory)
    kind = "contact-person"
    municipality = factory.SubFactory(MunicipalityFactory)

    class Meta:
        model = models.Role


class InvitationFactory(DjangoModelFactory):
    token_hash = factory.Sequence(lambda n: f"{n:064x}")
    kind = "editor"
    name = "Arne"
    email = factory.Sequence(lambda n: f"invited{n}@example.no")
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=14))

    class Meta:
        model = models.Invitation


class FamilyFactory(DjangoModelFactory):
    municipality = factory.SubFactory(MunicipalityFactory)

    class Meta:
        model = models.Family


class AdultFactory(DjangoModelFactory):
    user = factory.SubFactory(UserFactory)
    family = factory.SubFactory(FamilyFactory)
    seat = 1

    class Meta:
        model = models.Adult


class ProgrammeFactory(DjangoModelFactory):
    slug = factory.Sequence(lambda n: f"program-{n}")
    name = factory.Sequence(lambda n: f"Program {n}")

    class Meta:
        model = models.Programme


class ModuleFactory(DjangoModelFactory):
    programme = factory.SubFactory(ProgrammeFactory)
    number = factory.Sequence(lambda n: n + 1)
    slug = factory.LazyAttribute(lambda module: f"modul-{module.number}")
    illustration = "house"  # a drawing that exists

    class Meta:
        model = models.Module


class EditionFactory(DjangoModelFactory):
    """An edition without modules; ``make_edition`` gives one that can be read."""

    programme = factory.SubFactory(ProgrammeFactory)
    version = factory.Sequence(lambda n: f"1.{n}")
    published_at = factory.LazyFunction(timezone.now)

    class Meta:
        model = models.Edition


class EditionModuleFactory(DjangoModelFactory):
    edition = factory.SubFactory(EditionFactory)
    module = factory.SubFactory(ModuleFactory, programme=factory.SelfAttribute("..edition.programme"))
    position = factory.SelfAttribute("module.number")
    obligatory = factory.SelfAttribute("module.obligatory")
    illustration = factory.SelfAttribute("module.illustration")
    language = "nb"
    title = factory.LazyAttribute(lambda row: f"Modul {row.module.number} på {row.language}")
    revision = 1

    class Meta:
        model = models.EditionModule


class EditionPartFactory(DjangoModelFactory):
    edition = factory.SubFactory(EditionFactory)
    module = factory.SubFactory(ModuleFactory, programme=factory.SelfAttribute("..edition.programme"))
    position = factory.Sequence(lambda n: n + 1)
    key = factory.LazyAttribute(lambda part: f"del-{part.position}")
    minutes = 3

    class Meta:
        model = models.EditionPart


class PartTextFactory(DjangoModelFactory):
    part = factory.SubFactory(EditionPartFactory)
    language = "nb"
    title = factory.LazyAttribute(lambda text: f"Del {text.part.position} på {text.language}")
    segments = factory.LazyFunction(lambda: [{"kind": "html", "html": "<p>Et barn som flytter.</p>"}])
    words = 10
    revision = 1

    class Meta:
        model = models.PartText


class CorrectionFactory(DjangoModelFactory):
    text = factory.SubFactory(PartTextFactory)
    made_at = factory.LazyFunction(timezone.now)
    reason = "En skrivefeil."
    from_revision = 1
    to_revision = 2

    class Meta:
        model = models.Correction


class GroupFactory(DjangoModelFactory):
    name = factory.Sequence(lambda n: f"Gruppe {n}")
    edition = factory.SubFactory(EditionFactory)
    phase = "pilot"

    class Meta:
        model = models.Group
        skip_postgeneration_save = True

    @factory.post_generation
    def municipalities(self: Group, create: bool, places: Sequence[models.Municipality] | None) -> None:
        if create and places:
            self.municipalities.set(places)


class EnrolmentFactory(DjangoModelFactory):
    adult = factory.SubFactory(AdultFactory)
    group = factory.SubFactory(GroupFactory)

    class Meta:
        model = models.Enrolment


class AssignmentFactory(DjangoModelFactory):
    group = factory.SubFactory(GroupFactory)
    user = factory.SubFactory(UserFactory)

    class Meta:
        model = models.Assignment


class EveningFactory(DjangoModelFactory):
    group = factory.SubFactory(GroupFactory)
    module = factory.SubFactory(ModuleFactory, programme=factory.SelfAttribute("..group.edition.programme"))
    starts_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=3))

    class Meta:
        model = models.Evening


class AttendanceFactory(DjangoModelFactory):
    adult = factory.SubFactory(AdultFactory)
    evening = factory.SubFactory(EveningFactory)

    class Meta:
        model = models.Attendance


class ReadingEventFactory(DjangoModelFactory):
    adult = factory.SubFactory(AdultFactory)
    part = factory.SubFactory(EditionPartFactory)
    kind = "read"
    revision = 1

    class Meta:
        model = models.ReadingEvent


class EarlyOpeningFactory(DjangoModelFactory):
    adult = factory.SubFactory(AdultFactory)
    module = factory.SubFactory(ModuleFactory)

    class Meta:
        model = models.EarlyOpening


class NoteKeyFactory(DjangoModelFactory):
    """A row only; a key that opens is made by ``courses.notes.write_note``."""

    adult = factory.SubFactory(AdultFactory)
    wrapped = b"wrapped"

    class Meta:
        model = models.NoteKey


class NoteFactory(DjangoModelFactory):
    """A row only; a note that opens is made by ``courses.notes.write_note``."""

    adult = factory.SubFactory(AdultFactory)
    module = factory.SubFactory(ModuleFactory)
    part_key = "del-1"
    block = "r1"
    sealed = b"sealed"

    class Meta:
        model = models.Note


class HelpNumberFactory(DjangoModelFactory):
    key = "barnevernvakt"
    label = "Barnevernvakta"
    number = "400 00 000"
    who = "Når et barn trenger hjelp nå"
    hours = "Hele døgnet"
    owner = "Barnevernstjenesten"

    class Meta:
        model = models.HelpNumber


class FactFactory(DjangoModelFactory):
    key = "kontaktperson"
    municipality = factory.SubFactory(MunicipalityFactory)
    text = "Spør på servicetorget."
    owner = "Barnevernstjenesten"
    review_by = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=180))

    class Meta:
        model = models.Fact


class WordFactory(DjangoModelFactory):
    word = factory.Sequence(lambda n: f"Ord {n}")
    text = "Det betyr noe."

    class Meta:
        model = models.Word
