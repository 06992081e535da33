"""What every template knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from courses.offline import owner_tags

if TYPE_CHECKING:
    from django.http import HttpRequest

    from courses.models import User


def site(request: HttpRequest) -> dict[str, object]:
    """``text_size`` (normal, large, larger), whether this is the demo, and the tag a phone knows one by."""
    user: User | None = getattr(request, "user", None)
    return {
        "text_size": getattr(request, "text_size", "normal"),
        "demo": settings.DEMO,
        "phone_tags": " ".join(owner_tags(user)) if user is not None and user.is_authenticated else "",
    }
