"""The form of the Wagtail admin that checks more than its fields."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from wagtail.admin.forms import WagtailAdminPageForm

from cms.checks import problems_of


class CheckedPageForm(WagtailAdminPageForm):
    """A draft may be half done; publishing says what is missing, in plain words, and keeps what was typed."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not self.is_deferred_validation:
            sentences: dict[str | None, list[str]] = {}
            for field, problem in problems_of(self.instance, cleaned, self.formsets):
                sentences.setdefault(field if field in self.fields else None, []).append(problem)
            for place, found in sentences.items():  # Wagtail shows one error for each field
                self.add_error(place, ValidationError(" ".join(found)))
        return cleaned
