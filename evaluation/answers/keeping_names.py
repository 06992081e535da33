"""Names that are gone when the answers are counted: sealed while they are known, to be taken out of texts.

What somebody wrote about Kari is counted days or months later, when Kari may be erased, may be called
something else, or was never more than a first name on a list that is emptied. So the names of everybody
around an occasion are sealed beside its answers before somebody leaves or gets another name, before a list is
emptied, and when it is shut. They are of everybody, so that they tell nothing of who left or who wrote; the
same names twice are the same names. The web process can put them in and cannot read them, and they go with
the inbox.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models.signals import pre_delete, pre_save

from courses.models import Adult, User, WalkIn
from courses.neighbours import losing_seats
from evaluation.answers.names import names_around, occasions_around
from evaluation.models import Occasion, SealedNames

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import Model, QuerySet

    from courses.models import CatchUp

UNCOUNTED = (Occasion.State.OPEN, Occasion.State.CLOSED)


def connect() -> None:
    """Before somebody is deleted, is called something else or moves out, whoever does it by ``save`` or
    ``delete``. An ``update`` of many rows sends no signal: none in this house writes a name."""
    pre_delete.connect(_leaving, sender=User, dispatch_uid="names around stay")
    for sender, receiver in ((User, _renamed), (Adult, _moved), (WalkIn, _joined)):
        pre_save.connect(receiver, sender=sender, dispatch_uid=f"old name stays {sender.__name__}")
    losing_seats.connect(_guests_leave, dispatch_uid="guests' names stay")


def _leaving(instance: User, **_: object) -> None:
    keep_all(occasions_around(instance))


def _renamed(instance: User, update_fields: Collection[str] | None, **_: object) -> None:
    if _loses(instance, ("first_name", "last_name"), update_fields):
        keep_all(occasions_around(instance))


def _moved(instance: Adult, update_fields: Collection[str] | None, **_: object) -> None:
    """From a home, where her name was among those of whom she lived with; or she gets another alias."""
    if _loses(instance, ("alias", "family_id"), update_fields):
        keep_all(occasions_around(instance.user))


def _joined(instance: WalkIn, update_fields: Collection[str] | None, **_: object) -> None:
    """It is known who came, maybe by another name than what was written down; or it was nobody."""
    if _loses(instance, ("name",), update_fields):
        keep_all(Occasion.objects.filter(group__evenings=instance.evening_id))


def _guests_leave(catch_ups: QuerySet[CatchUp], **_: object) -> None:
    """From an evening of another group, where they may have been."""
    groups = set(catch_ups.exclude(neighbour=None).values_list("neighbour__group", flat=True))
    if groups:
        keep_all(Occasion.objects.filter(group__in=groups))


def _loses(row: Model, names: tuple[str, ...], update_fields: Collection[str] | None) -> bool:
    """Whether what is stored in one of the fields will be another. One query, where they are saved at all."""
    saved = [
        name for name in names if update_fields is None or {name, name.removesuffix("_id")} & {*update_fields}
    ]
    if row.pk is None or not saved:
        return False
    stored: dict[str, Any] = type(row)._base_manager.filter(pk=row.pk).values(*saved).first() or {}
    return any(old and old != getattr(row, name) for name, old in stored.items())


@transaction.atomic
def empty_names(walk_ins: QuerySet[WalkIn]) -> int:
    """Takes the first names off a list, and keeps them for the texts that may name them. How many."""
    groups = list(walk_ins.values_list("evening__group", flat=True).distinct().order_by())
    keep_all(Occasion.objects.filter(group__in=groups))
    return walk_ins.update(name="")


@transaction.atomic
def keep_all(occasions: QuerySet[Occasion]) -> None:
    """Those of them that are not counted; counting waits until this is done, and nobody who answers does."""
    here = Occasion.objects.filter(pk__in=occasions.values("pk"), state__in=UNCOUNTED)
    for occasion in (
        here.select_related("wave__study").select_for_update(of=("self",), no_key=True).order_by("pk")
    ):
        keep(occasion)


def keep(occasion: Occasion) -> None:
    """The names around one that has its key. Five queries."""
    from evaluation.answers import boxes, sealing  # with its cryptography: no weight on the web's start

    names = {"kind": "names", "names": sorted(names_around(occasion))}
    box = sealing.sealed_box(occasion, names, boxes.room_for(names))
    sealing.put_box(occasion.pk, box, into=SealedNames)


def kept(occasion: Occasion, private: bytes) -> set[str]:
    """Every name that was sealed. What this key does not open is no key's any more."""
    from evaluation.answers import boxes

    names: set[str] = set()
    for box in SealedNames.objects.filter(occasion=occasion.pk).values_list("box", flat=True):
        try:
            names.update(map(str, boxes.open_box(private, bytes(box))["names"]))
        except (boxes.UnopenableError, KeyError, TypeError):
            continue
    return names
