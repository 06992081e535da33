"""Programmes and editions: what may be deleted, and how an edition's modules are told apart."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import ProtectedError
from django.utils import timezone

from courses.models import Edition, PartText
from tests import factories as made
from tests.editions import make_edition

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("audience", "hue"), [("families", "m3"), ("contact-persons", "k3")])
def test_a_module_has_the_colour_of_its_programme_and_number(audience: str, hue: str) -> None:
    assert made.ModuleFactory(programme__audience=audience, number=3).hue == hue


def test_the_newest_edition_is_the_one_published_last() -> None:
    now = timezone.now()
    newer = made.EditionFactory(version="1.1", published_at=now)
    made.EditionFactory(programme=newer.programme, version="1.0", published_at=now - timedelta(days=1))
    assert Edition.objects.newest_first()[0] == newer


def test_an_edition_that_a_group_reads_cannot_be_deleted() -> None:
    edition = make_edition()
    made.GroupFactory(edition=edition)
    with pytest.raises(ProtectedError):
        edition.delete()


def test_an_edition_that_somebody_has_read_cannot_be_deleted() -> None:
    edition = make_edition()
    made.ReadingEventFactory(part=edition.parts.first())
    with pytest.raises(ProtectedError):
        edition.delete()


def test_an_edition_nobody_uses_goes_with_its_texts() -> None:
    make_edition(modules=1, parts=2).delete()
    assert not PartText.objects.exists()


def test_the_parts_of_an_edition_come_module_by_module_in_order() -> None:
    edition = make_edition(modules=2, parts=2)
    found = [(part.module.number, part.position) for part in edition.parts.select_related("module")]
    assert found == [(1, 1), (1, 2), (2, 1), (2, 2)]


def test_a_module_and_a_programme_in_an_edition_cannot_be_deleted() -> None:
    edition = make_edition(modules=1, parts=1)
    for row in (edition.programme.modules.get(), edition.programme):
        with pytest.raises(ProtectedError):
            row.delete()
