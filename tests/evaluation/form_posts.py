"""A form as its page sends it, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from courses.models import Adult
from evaluation.models import SealedAnswer
from evaluation.views import marks

if TYPE_CHECKING:
    from courses.models import User
    from evaluation.models import Occasion, Participation

SCRIPT = {"Accept": "application/json"}


def address(of: Occasion, *, end: str = "") -> str:
    return f"/skjema/{of.pk}/{end}"


def answers_to(of: Occasion, person: Adult | User, **given: Any) -> dict[str, Any]:
    """A form as the page sends it: item key → what was answered."""
    user = person.user if isinstance(person, Adult) else person
    version = of.wave.instruments.get().version
    return {"mark": marks.mark_of(user, of.pk)} | {
        f"{version.pk}-{key}": value for key, value in given.items()
    }


def state_of(invited: Participation) -> str:
    invited.refresh_from_db()
    return str(invited.state)


def boxes() -> int:
    return SealedAnswer.objects.count()
