"""The questionnaires of a wave, as the project leader ticks them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _

from evaluation.obstacles import doubled

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from evaluation.models import InstrumentVersion


class VersionsField(forms.ModelMultipleChoiceField):
    """One version of each questionnaire, at most."""

    def label_from_instance(self, obj: InstrumentVersion) -> str:
        words = _("%(title)s, versjon %(number)d, %(minutes)d min") % {
            "title": obj.title,
            "number": obj.number,
            "minutes": obj.minutes,
        }
        return words if obj.frozen_at else f"{words} ({_('utkast')})"

    def clean(self, value: Any) -> QuerySet[InstrumentVersion]:
        versions: QuerySet[InstrumentVersion] = super().clean(value)
        if said := doubled(versions):
            raise forms.ValidationError(said)
        return versions
