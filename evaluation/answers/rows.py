"""From opened sheets to rows without a person: which columns, which ids, and what is left out of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from evaluation.answers import keys, pairing, pooling
from evaluation.answers.inbox import population
from evaluation.answers.redacting import redact
from evaluation.answers.sealing import drawn_id
from evaluation.answers.vectors import encode
from evaluation.answers.veils import veiled
from evaluation.models import IdentityMode, Response, TextAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from evaluation.answers.inbox import Form, Inbox, Sheet
    from evaluation.models import Occasion

    Identify = Callable[[bytes | None], bytes | None]


def of(opened: Sequence[Inbox]) -> tuple[list[Response], list[TextAnswer]]:
    """The rows of one batch: of one occasion, or of several small ones together. Ids are drawn.

    ``bucket`` is a municipality, or None for the region. In a pool no group has a cluster, and an edition
    is told only when it is everybody's: else both would point at the few who were too few. Raises
    NoKeyError.
    """
    told = pooling.municipalities_told(sheet for inbox in opened for sheet in inbox.sheets)
    editions = {_edition(inbox.occasion) for inbox in opened}
    edition = editions.pop() if len(editions) == 1 else ""
    pair, household = _identifiers(opened[0].occasion)
    responses: list[Response] = []
    texts: list[TextAnswer] = []
    for inbox in opened:
        common = _common(inbox.occasion)
        group = {
            "edition": edition,
            "role": inbox.occasion.wave.audience,
            "module": _module(inbox.occasion),
            "cluster_id": drawn_id() if len(opened) == 1 and _is_cluster(inbox) else None,
        }
        for sheet, form in _forms(inbox):
            texts += _texts(form, inbox.names, common)
            responses.append(
                Response(
                    id=drawn_id(),
                    **common,
                    **group,
                    version=form.version,
                    bucket=sheet.municipality if sheet.municipality in told else None,
                    pair_id=pair(sheet.pair_salt),
                    household_id=household(sheet.household_salt),
                    named=sheet.named,
                    occasion=None if sheet.named is None else inbox.occasion.pk,
                    vector=encode(form.definition, form.answers),
                )
            )
    return responses, texts


def _forms(inbox: Inbox) -> Iterator[tuple[Sheet, Form]]:
    return ((sheet, form) for sheet in inbox.sheets for form in sheet.forms)


def _common(occasion: Occasion) -> dict[str, Any]:
    wave = occasion.wave
    return {"study": wave.study_id, "wave": wave.code, "phase": pooling.phase_of(occasion)}


def _texts(form: Form, names: set[str], common: dict[str, Any]) -> list[TextAnswer]:
    found = [(item.key, form.answers.get(item.key)) for item in form.definition.text_items]
    return [
        TextAnswer(id=drawn_id(), **common, version=form.version, item=key, text=redact(text, names))
        for key, text in found
        if isinstance(text, str) and text
    ]


def _identifiers(occasion: Occasion) -> tuple[Identify, Identify]:
    """What makes pair and household ids of salts; nothing where answers are not linked, or no longer."""
    study = occasion.wave.study
    if occasion.identity != IdentityMode.LINKED or study.sunset_done_on:
        return _nothing, _nothing
    key = keys.pair_key(study)
    keys.record_use(f"koblingsnøkkel, studie {study.pk}")
    return (
        partial(_identified, pairing.pair_id, key, study.pk),
        partial(_identified, pairing.household_id, key, study.pk),
    )


def _identified(
    compute: Callable[[bytes, bytes, int], bytes], key: bytes, study: int, salt: bytes | None
) -> bytes | None:
    return None if salt is None else veiled([compute(key, salt, study)])[0]


def _nothing(salt: bytes | None) -> None:
    return None


def _edition(occasion: Occasion) -> str:
    return "" if occasion.group is None else str(occasion.group.edition.version)[:20]


def _module(occasion: Occasion) -> str:
    return "" if occasion.evening is None else str(occasion.evening.module.slug)


def _is_cluster(inbox: Inbox) -> bool:
    """Whether the group is large enough to be told apart from others: of staff never."""
    if inbox.occasion.wave.audience != "adult":
        return False
    if inbox.occasion.identity == IdentityMode.ANONYMOUS:
        return bool(inbox.sheets)  # alone it was opened only with enough
    return population(inbox.sheets).may_have_mean
