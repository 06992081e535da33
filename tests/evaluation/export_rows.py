"""A release with all a file may stumble over: turned items, «not yet», several answers, texts, couples.

Rows are drawn from a seed and put straight into the answers database, as closing would have.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from evaluation.answers.vectors import encode
from evaluation.answers.veils import ID_BYTES, veiled
from evaluation.instruments.definition import NOT_YET, Choice, Condition, Item, Scale, Words
from evaluation.models import Occasion, Release, Response, TextAnswer, Wave
from evaluation.releases import releasing
from evaluation.releases.people import counted_people, mark
from evaluation.releases.working_out import work_out
from tests.factories import MunicipalityFactory
from tests.study_factories import frozen_version, occasion, statement, study, text_item, wave

if TYPE_CHECKING:
    from evaluation.models import InstrumentVersion, Study

NASTY = ("=1+1", "-2", "@SUM(A1)", '"=cmd|x', "＝1", "helt\x0bgrei\x00t\ud800", "Fint, takk!\nTo linjer")
ITEMS = [
    *(statement(f"t0{number}", not_yet=number == 2) for number in range(1, 5)),
    Item("tall", "zero-to-ten", Words("Hvor trygg?", "Kor trygg?"), "del", low_end=Words("Ikke", "Ikkje")),
    Item("dager", "number", Words("Hvor mange dager?", "Kor mange dagar?"), "del", low=-20, high=300),
    Item(
        "hjelp",
        "several",
        Words("Hva hjalp?", "Kva hjelpte?"),
        "del",
        choices=(Choice(1, Words("Lese", "Lese")), Choice(7, Words("=Snakke", "=Snakke"))),
        show_if=Condition("t01", (1, 2, 3)),
    ),
    text_item(),
]
SCALES = (
    Scale("trygg", Words("Trygg", "Trygg"), ("t01", "t02", "t03"), 1, 5, 2, reversed=("t03",)),
    Scale(
        "uro",
        Words("Uro", "Uro"),
        ("t04", "tall"),
        *(1, 15),
        min_answered=1,
        method="sum",
        reversed=("tall",),
        better="low",
    ),
)


def waves(**fields: Any) -> tuple[Wave, Wave]:
    """Before and after, of one questionnaire; after it also one that is asked once."""
    made = study(key="piloten", **fields)
    both = frozen_version(items=ITEMS, scales=SCALES, key="trygg-i-oppdraget")
    asked_once = [statement("oppmote", kind="one"), statement("tilbake", kind="one"), text_item("mer")]
    once = frozen_version(items=asked_once, key="om-kurset", scales=())
    first = wave(made, code="T0", order=0, versions=[both])
    second = wave(made, code="T1", order=1, versions=[both, once], name_nb="Etter siste kveld")
    counted = occasion(wave=second)
    Occasion.objects.filter(pk=counted.pk).update(state=Occasion.State.COUNTED)
    return first, second


def version_of(of: Study, key: str) -> InstrumentVersion:
    found = Wave.objects.get(study=of, code="T1").instruments.get(version__instrument__key=key)
    version: InstrumentVersion = found.version
    return version


def answered(of: Study, families: int, seed: int = 7, *, late: int = 0) -> None:
    """Couples and single adults, in groups of six families and three municipalities of the region.

    The last ``late`` adults did not answer before.
    """
    draw = random.Random(seed)
    places = [MunicipalityFactory(region=of.region).pk for _each in range(3)]
    adults = [home for home in range(families) for _adult in range(1 + home % 2)]
    both, once = (version_of(of, key) for key in ("trygg-i-oppdraget", "om-kurset"))
    rows: list[Response] = []
    for person, home in enumerate(adults):
        who = {
            "study": of.pk,
            "phase": "pilot",
            "role": "adult",
            "pair_id": draw.randbytes(ID_BYTES),
            "household_id": (home + 1).to_bytes(ID_BYTES, "little"),
            "cluster_id": 1 + home // 6,
            "bucket": places[home // 6 % 3],
        }
        before = [] if person >= len(adults) - late else [("T0", both)]
        for code, version in [*before, ("T1", both), ("T1", once)]:
            vector = encode(version.frozen, _drawn(version, draw, code))
            rows.append(Response(**who, wave=code, version=version.pk, vector=vector))
    draw.shuffle(rows)
    pairs, homes = (veiled(getattr(row, name) for row in rows) for name in ("pair_id", "household_id"))
    for number, (row, pair, home) in enumerate(zip(rows, pairs, homes, strict=True), start=1):
        row.pk, row.pair_id, row.household_id = number, pair, home
    Response.objects.bulk_create(rows)
    _write_texts(of, both)


def _write_texts(of: Study, version: InstrumentVersion) -> None:
    TextAnswer.objects.bulk_create(
        TextAnswer(
            pk=1 + number, study=of.pk, wave="T1", phase="pilot", version=version.pk, item="ord",
            text=text.replace("\x00", "").encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
        )
        for number, text in enumerate(NASTY)
    )  # fmt: skip


def _drawn(version: InstrumentVersion, draw: random.Random, code: str) -> dict[str, Any]:
    """Most items answered; somewhat higher after."""
    given: dict[str, Any] = {}
    for item in version.frozen.coded_items:
        if draw.random() < 0.08:
            continue
        if item.not_yet and draw.random() < 0.1:
            given[item.key] = NOT_YET
        elif item.kind == "several":
            given[item.key] = [each for each in item.codes if draw.random() < 0.5]
        elif item.kind == "number":
            given[item.key] = draw.randint(item.low, item.high)
        else:
            top = max(item.codes)
            given[item.key] = min(top, draw.choice(item.codes) + (code == "T1") * draw.randint(0, 1))
    return given


def released(families: int = 24, **kwargs: Any) -> Release:
    """Answered, worked out and let out. The municipalities are the region's."""
    _first, second = waves()
    answered(second.study, families, **kwargs)
    return let_out(second)


def let_out(of: Wave) -> Release:
    people = counted_people(of, "pilot")
    snapshot, technical = work_out(of, "pilot", slow=False, people=people)
    content = {"snapshot": snapshot, "technical": technical, "pictures": [], "counted": mark(people)}
    return Release.objects.get(pk=releasing.release(of, "pilot", content).pk)
