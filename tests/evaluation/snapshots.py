"""What a release tells, written by hand: every key a page, a picture or a report may meet."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from evaluation.models import Release, ReleasedPicture
from evaluation.releases.releasing import checksum

if TYPE_CHECKING:
    from evaluation.models import Wave

AGREEMENT = [
    {"nb": each, "nn": each}
    for each in ("Helt uenig", "Litt uenig", "Verken eller", "Litt enig", "Helt enig")
]
QUESTIONNAIRE = {
    "key": "hverdag",
    "version": "1",
    "title": {"nb": "Hverdagen som fosterhjem", "nn": "Hverdagen som fosterhjem"},
    "licence": "Egenutviklet. Fritt å bruke.",
    "source": "Egenutviklet.",
    "translated_by": "Ikke oversatt.",
    "items": 12,
}


def both(nb: str, nn: str = "") -> dict[str, str]:
    return {"nb": nb, "nn": nn or nb}


def scale(key: str, title: str, **more: Any) -> dict[str, Any]:
    """A change that is told in full."""
    about = {"instrument": "hverdag", "version": "1", "scale": key, "title": both(title), "items": 3}
    about |= {"keys": [f"{key}{n}" for n in (1, 2, 3)], "low": 1.0, "high": 5.0, "better": "high"}
    told: dict[str, Any] = {
        "method": "mean",
        "why": "",
        "n": "20+",
        "before": 3.4,
        "after": 3.8,
        "change": 0.3,
        "interval": [0.1, 0.6],
        "verdict": "better",
        "size": "small",
        "floor": False,
        "ceiling": True,
        "rounded": True,
        "alone": False,
        "left": {
            "why": "",
            "n": "5–9",
            "stayed": 3.4,
            "left": 3.1,
            "difference": -0.3,
            "interval": [-0.9, 0.2],
        },
        "spread": {"why": "", "limit": 0.7, "better": "some", "same": "most", "worse": "few"},
        "households": {"why": "", "change": 0.3, "interval": [0.0, 0.6]},
        "clusters": {"why": "few-groups", "groups": 5},
    }
    return about | told | more


def item(key: str, text: str) -> dict[str, Any]:
    shares = {"percent": [5, 10, 20, 40, 25], "mostly": None}
    about = {
        "instrument": "hverdag",
        "item": key,
        "kind": "agreement",
        "text": both(text),
        "answers": AGREEMENT,
    }
    return about | {"why": "", "n": "20+", "shares": {"before": shares, "after": shares}}


def module(number: int, title: str, **more: Any) -> dict[str, Any]:
    told = {"number": number, "title": both(title), "adherence": 82, "attendance": 91, "why": ""}
    told |= {
        "verdict": 4.2,
        "low": 1.0,
        "high": 5.0,
        "evenings": 4,
        "logs": 4,
        "minutes_off": 6,
        "adapted": 1,
    }
    return told | more


def snapshot(**more: Any) -> dict[str, Any]:
    trust = scale("trygg", "Trygg i oppdraget", keys=["trygg1", "trygg2", "trygg3"])
    told: dict[str, Any] = {
        "format": 2,
        "study": study(),
        "wave": both("Etter siste kveld") | {"code": "T1"},
        "phase": "pilot",
        "audience": "adult",
        "flow": flow(),
        "scales": scales(trust),
        "items": items(),
        "sites": [
            trust | {"municipality": 1, "name": "Fjellvik"},
            {"municipality": 2, "name": "Dalen"} | trust | {"why": "few"},
        ],
        "modules": [
            module(1, "Den nye familien"),
            module(2, "Barnet som kommer, og alt det har med seg", adherence=None, why="few"),
        ],
        "phases": [
            scale("trygg", "Trygg i oppdraget")
            | {"pilot": 0.2, "implementation": 0.4, "difference": 0.2, "interval": [-0.1, 0.5]}
        ],
        "criteria": criteria(),
        "reaim": reaim(trust),
        "changes": [{"module": 1, "changed": "Byttet rekkefølge på øvelsene.", "why": "Det ble lite tid."}],
        "editions": editions(),
        "deviations": ["no-primary-outcome"],
        "questionnaires": [QUESTIONNAIRE],
        "dose": [dose()],
        "look_back": [look_back()],
    }
    return told | more


def study() -> dict[str, Any]:
    about = {"key": "piloten", "primary_outcome": "hverdag.trygg"}
    about |= {"criteria_locked_on": "2026-01-12", "criteria_locked_by": "Solveig Berg"}
    return both("Piloten i Fjellregionen") | about


def flow() -> dict[str, Any]:
    asked = {"why": "", "asked": "20+", "answered": "20+"}
    waves = [
        asked | both("Før kurset") | {"code": "T0", "percent": 91},
        asked | both("Etter siste kveld") | {"code": "T1", "percent": 83},
    ]
    pairs = {"before": "20+", "pairs": "20+", "percent": 83, "kept_percent": 76}
    return asked | {"response": "half", "waves": waves} | pairs


def scales(trust: dict[str, Any]) -> list[dict[str, Any]]:
    """Worse, better, without an interval, and one that is not told."""
    worse = {"change": -0.2, "after": 3.2, "interval": [-0.6, 0.2], "verdict": "unclear"}
    hidden = scale("avlastning", "Avlastning og hjelp")
    known = ("instrument", "version", "scale", "title", "items", "keys", "low", "high", "better", "method")
    return [
        scale("kunnskap", "Kunnskap om barnets behov", **worse),
        trust,
        scale("samarbeid", "Samarbeid med kontaktpersonen i kommunen", interval=None, verdict="unknown"),
        {key: hidden[key] for key in known} | {"why": "few"},
    ]


def items() -> list[dict[str, Any]]:
    return [
        item("trygg1", "Jeg vet hva jeg kan gjøre når barnet avviser meg."),
        item("trygg2", "Jeg har noen å ringe når det er vanskelig."),
        item("trygg3", "Jeg tåler at barnet er sint på meg.")
        | {"shares": {"before": {}, "after": {"percent": [], "mostly": 4}}},
        item("kunnskap1", "Jeg vet hva barnet mitt trenger når det er redd.") | {"why": "few"},
        item("alene", "Kurset kan jeg anbefale til andre."),
    ]


def criteria() -> list[dict[str, Any]]:
    return [
        criterion("attendance", "green", 82) | {"needed": 5, "planned": 6},
        criterion("pairs", "yellow", 62),
        criterion("adherence", "none", None),
        criterion("outcome", "red", 2.4, green=3.5, red=2.5)
        | {"scale": "hverdag.trygg", "title": both("Trygg i oppdraget")},
    ]


def editions() -> list[dict[str, Any]]:
    first = {"version": "1.0", "reason": "Første utgave.", "used": True, "added": [], "removed": []}
    second = {"version": "1.1", "reason": "Mer tid til samtale.", "used": True, "corrections": []}
    second |= {"added": [both("Når det stormer")], "removed": [both("Papirer")]}
    return [first | {"corrections": ["Feil telefonnummer."]}, second]


def dose() -> dict[str, Any]:
    bands = [
        {"label": both("Fem eller seks"), "why": "", "n": "10–19", "change": 0.4},
        {"label": both("Fire"), "why": "few"},
    ]
    told = {"rho": 0.21, "interval": [-0.1, 0.5], "words": "weak", "bands": bands}
    return (
        scale("trygg", "Trygg i oppdraget") | told | {"question": both("Hvor mange kvelder var du med på?")}
    )


def look_back() -> dict[str, Any]:
    about = {"instrument": "hverdag", "item": "tilbake", "text": both("Før kurset var jeg trygg.")}
    shares = {"percent": [20, 30, 20, 20, 10], "mostly": None}
    return about | {"answers": AGREEMENT, "why": "", "n": "10–19", "shares": shares}


def criterion(
    measure: str, light: str, value: float | None, green: float = 80, red: float = 60
) -> dict[str, Any]:
    told = {"measure": measure, "scale": "", "title": None, "green": green, "red": red, "value": value}
    return told | {"light": light, "why": "" if value is not None else "few"}


def reaim(row: dict[str, Any]) -> list[dict[str, Any]]:
    def one(dimension: str, what: str, part: Any = None, of: Any = None, **more: Any) -> dict[str, Any]:
        return {"dimension": dimension, "what": what, "part": part, "of": of} | more

    return [
        one("reach", "reach", "20+", 41, years=[2026]),
        one("effectiveness", "change", row=row),
        one("adoption", "adoption", 2, 3),
        one("adoption", "leaders", 4, 6),
        one("implementation", "implementation", 5),
        one("implementation", "evenings", 28, 30),
        one("implementation", "adherence", percent=82),
        one("implementation", "enough", percent=75, needed=5, planned=6),
        one("implementation", "adaptations", 3, everywhere=True),
        one("maintenance", "maintenance", 2),
        one("maintenance", "later", row=None),
    ]


def technical() -> dict[str, Any]:
    """Whole numbers of one scale, as research has them."""
    row = scale("trygg", "Trygg i oppdraget") | {
        "population": {"adults": 43, "families": 27},
        "before": {
            "mean": 3.4123,
            "sd": 0.712345,
            "alpha": {"value": 0.84, "interval": {"low": 0.77, "high": 0.9}},
        },
        "after": {"mean": 3.75, "sd": 0.68},
        "change": {"mean": 0.3377, "effects": {"d_z": 0.41, "d_av": 0.485}},
    }
    items = [
        {"instrument": "hverdag", "item": "trygg1", "text": both("Jeg vet."), "answers": AGREEMENT, "why": ""}
        | {"counts": {"before": [1, 4, 9, 17, 12], "after": [0, 3, 8, 20, 12]}}
    ]
    flow = {"why": "", "asked": {"adults": 52, "families": 33}, "answered": 43}
    back = [look_back() | {"counts": [4, 6, 17, 3, 2]}]
    whole = {"scales": [row], "items": items, "look_back": back, "flow": flow}
    return snapshot() | whole | {"sites": [], "phases": [], "dose": []}


@cache
def _drawn(told: str) -> list[dict[str, Any]]:
    """Once for each snapshot: drawing takes longer than any test of a page."""
    from evaluation.releases.pictures import pictures

    return pictures(json.loads(told))


def released(
    wave: Wave, told: dict[str, Any] | None = None, *, phase: str = "pilot", drawn: bool = True
) -> Release:
    """A release of the wave as if it had been worked out; ``drawn`` with its pictures."""
    told, whole = told or snapshot(), technical()
    made = Release.objects.create(
        study=wave.study,
        wave=wave,
        phase=phase,
        snapshot=told,
        technical=whole,
        checksum=checksum(told, whole),
    )
    ReleasedPicture.objects.bulk_create(
        ReleasedPicture(release=made, **(each | {"png": bytes.fromhex(each["png"])}))
        for each in (_drawn(json.dumps(told)) if drawn else [])
    )
    return made
