"""A study with its waves, occasions and questionnaires, as small as the database allows.

    study()  wave(study)  frozen_version(items=…)  draft_version(items=…)  occasion(wave=…, group=…)
    participation(occasion, person)  information(study)

Every function makes what it is not given. An occasion is open, with a key that really opens, unless a
test says otherwise.
"""

from __future__ import annotations

import hashlib
import itertools
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from courses.models import Adult
from evaluation.instruments.definition import Choice, Definition, Item, Scale, Section, Words
from evaluation.models import (
    Choice as ChoiceRow,
)
from evaluation.models import (
    ChoiceList,
    Information,
    Instrument,
    InstrumentVersion,
    Occasion,
    Participation,
    Study,
    Wave,
    WaveInstrument,
)
from evaluation.models import (
    Item as ItemRow,
)
from evaluation.models import (
    Section as SectionRow,
)
from tests.factories import EveningFactory, GroupFactory, ProgrammeFactory, RegionFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from courses.models import User

AGREE = tuple(
    Choice(code, Words(nb, nn))
    for code, nb, nn in (
        (1, "Helt uenig", "Heilt usamd"),
        (2, "Uenig", "Usamd"),
        (3, "Verken eller", "Verken eller"),
        (4, "Enig", "Samd"),
        (5, "Helt enig", "Heilt samd"),
    )
)
_numbers = itertools.count(1)


def statement(key: str, **fields: Any) -> Item:
    """A statement with five answers, in the section «del»."""
    text = Words(f"Utsagn {key}", f"Utsegn {key}")
    return Item(
        **{"key": key, "kind": "agreement", "text": text, "section": "del", "choices": AGREE} | fields
    )


def text_item(key: str = "ord", **fields: Any) -> Item:
    words = Words("Noe mer? Uten navn.", "Noko meir? Utan namn.")
    return Item(**{"key": key, "kind": "text", "text": words, "section": "del"} | fields)


def definition(items: Sequence[Item] | None = None, **fields: Any) -> Definition:
    """Three statements, a 0–10 and a text, with one scale of the statements, unless asked otherwise."""
    if items is None:
        ten = Item("tall", "zero-to-ten", Words("Fra 0 til 10", "Frå 0 til 10"), "del")
        items = [statement("t01"), statement("t02"), statement("t03"), ten, text_item()]
    statements = tuple(item.key for item in items if item.kind == "agreement")
    scale = Scale(
        "trygg", Words("Trygg", "Trygg"), statements, 1, 5, min_answered=max(len(statements) - 1, 1)
    )
    return Definition(
        **{
            "key": f"skjema-{next(_numbers)}",
            "title": Words("Trygg i oppdraget", "Trygg i oppdraget"),
            "licence": "Vårt eget.",
            "source": "En god start.",
            "translated_by": "Oss selv",
            "sections": (Section("del", Words("Om deg", "Om deg")),),
            "items": tuple(items),
            "scales": (scale,) if statements else (),
        }
        | fields
    )


def frozen_version(items: Sequence[Item] | None = None, **fields: Any) -> InstrumentVersion:
    """A version as it is after the first invitation. ``fields`` are those of the Definition."""
    return version_of_definition(definition(items, **fields))


def version_of_definition(asked: Definition) -> InstrumentVersion:
    """The same of a whole questionnaire."""
    instrument, _made = Instrument.objects.get_or_create(key=asked.key)
    return InstrumentVersion.objects.create(
        instrument=instrument,
        number=asked.version,
        title_nb=asked.title.nb,
        title_nn=asked.title.nn,
        minutes=asked.minutes,
        licence=asked.licence,
        source=asked.source,
        translated_by=asked.translated_by,
        definition=asked.as_data(),
        frozen_at=timezone.now(),
    )


def draft_version(items: Sequence[Item] | None = None, **fields: Any) -> InstrumentVersion:
    """The same as the editor's rows, not yet sent to anybody; without scales and conditions."""
    asked = definition(items, **fields)
    instrument, _made = Instrument.objects.get_or_create(key=asked.key)
    version = InstrumentVersion.objects.create(
        instrument=instrument,
        number=asked.version,
        title_nb=asked.title.nb,
        title_nn=asked.title.nn,
        minutes=asked.minutes,
        licence=asked.licence,
        source=asked.source,
        translated_by=asked.translated_by,
    )
    SectionRow.objects.bulk_create(
        SectionRow(version=version, sort_order=n, key=s.key, title_nb=s.title.nb, title_nn=s.title.nn)
        for n, s in enumerate(asked.sections)
    )
    answers = ChoiceList.objects.create(version=version, key="enig")
    ChoiceRow.objects.bulk_create(
        ChoiceRow(choice_list=answers, sort_order=n, code=c.code, label_nb=c.label.nb, label_nn=c.label.nn)
        for n, c in enumerate(AGREE)
    )
    ItemRow.objects.bulk_create(
        ItemRow(
            version=version,
            sort_order=n,
            key=item.key,
            section=item.section,
            kind=item.kind,
            text_nb=item.text.nb,
            text_nn=item.text.nn,
            choice_list="enig" if item.choices else "",
            low=item.low,
            high=item.high,
            not_yet=item.not_yet,
        )
        for n, item in enumerate(asked.items)
    )
    return version


def study(**fields: Any) -> Study:
    today = timezone.localdate()
    fields.setdefault("key", f"studie-{next(_numbers)}")
    if "programme" not in fields:
        fields["programme"] = ProgrammeFactory()
    if "region" not in fields:
        fields["region"] = RegionFactory()
    return Study.objects.create(
        **{
            "name_nb": "Piloten",
            "name_nn": "Piloten",
            "purpose_nb": "Vi vil vite om kurset hjelper.",
            "purpose_nn": "Vi vil vite om kurset hjelper.",
            "controller": "Vika kommune",
            "contact_name": "Siri Strand",
            "contact_email": "siri@example.no",
            "starts_on": today - timedelta(days=60),
            "ends_on": today + timedelta(days=400),
            "sunset_on": today + timedelta(days=430),
        }
        | fields
    )


def wave(
    of: Study | None = None, *, versions: Sequence[InstrumentVersion] | None = None, **fields: Any
) -> Wave:
    """T0 for the adults, linked, with one frozen questionnaire. ``versions=[]`` for none at all."""
    made = Wave.objects.create(
        **{
            "study": of or study(),
            "code": "T0",
            "name_nb": "Før første kveld",
            "name_nn": "Før første kveld",
            "identity": "linked",
            "anchor": "first-evening",
            "opens_after_days": -14,
            "open_for_days": 14,
        }
        | fields
    )
    for order, version in enumerate([frozen_version()] if versions is None else versions):
        WaveInstrument.objects.create(wave=made, version=version, order=order)
    return made


def evening_wave(of: Study | None = None, **fields: Any) -> Wave:
    """The anonymous form after each evening."""
    of_evenings = {"code": "kveld", "name_nb": "Etter kvelden", "name_nn": "Etter kvelden"}
    asked = {"identity": "anonymous", "anchor": "each-evening", "opens_after_days": 0, "open_for_days": 2}
    return wave(of, **of_evenings | asked | fields)


def _public_key(made: Occasion) -> bytes:
    """The real one, whose private half is kept where the closing job finds it."""
    try:
        from evaluation.answers.keys import make_seal_key
    except ImportError:  # closing is not there yet
        return secrets.token_bytes(32)
    return bytes(make_seal_key(made))


def occasion(*, of: Wave | None = None, **fields: Any) -> Occasion:
    """Open since yesterday, for a fortnight. ``state="planned"`` has no key."""
    of = fields.pop("wave", None) or of or wave()
    state = fields.pop("state", "open")
    if "group" not in fields:
        evening = fields.get("evening")
        fields["group"] = evening.group if evening else GroupFactory(edition__programme=of.study.programme)
    if of.identity == "anonymous" and "evening" not in fields:
        fields["evening"] = EveningFactory(group=fields["group"])
    now = timezone.now()
    times = {"opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=13)}
    made = Occasion.objects.create(**{"wave": of, "identity": of.identity} | times | fields)
    if state != "planned":
        made.public_key = _public_key(made)
        made.state = state
        Occasion.objects.filter(pk=made.pk).update(public_key=made.public_key, state=state)
    return made


def participation(
    at: Occasion | None = None, person: User | Adult | None = None, **fields: Any
) -> Participation:
    """Somebody asked at an occasion, who has not answered."""
    user = person.user if isinstance(person, Adult) else person or UserFactory()
    return Participation.objects.create(occasion=at or occasion(), user=user, **fields)


def information(of: Study | None = None, **fields: Any) -> Information:
    of = of or study()
    body = {"body_nb": "Vi spør deg noen ganger.", "body_nn": "Vi spør deg nokre gonger."} | fields
    return Information.objects.create(
        **{
            "study": of,
            "number": of.letters.count() + 1,
            "checksum": hashlib.sha256(f"{body['body_nb']}\0{body['body_nn']}".encode()).hexdigest(),
            "made_on": timezone.localdate(),
        }
        | body
    )
