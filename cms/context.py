"""What every template knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """``text_size`` (normal, large, larger) and whether this is the demo."""
    return {"text_size": getattr(request, "text_size", "normal"), "demo": settings.DEMO}
