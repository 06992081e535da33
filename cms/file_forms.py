"""The forms of files in the Wagtail admin: what an edition shows is not exchanged behind its back."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm
from wagtailmedia.forms import BaseMediaForm

from cms.models import PinnedFile

FILES = {"file", "captions", "thumbnail"}


class KeepsFiles:
    """Mixed into a form: a file that an edition shows keeps its content.

    Families read the edition's own transcript and alternative text beside it, and Wagtail deletes the old
    file when it gets a new one.
    """

    pinned_as: str  # the field of PinnedFile
    changed_data: list[str]
    instance: Any
    add_error: Any

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()  # type: ignore[misc]
        changed = [name for name in self.changed_data if name in FILES]
        if changed and self.instance.pk:
            pins = PinnedFile.objects.filter(**{self.pinned_as: self.instance.pk})
            versions = ", ".join(sorted(set(pins.values_list("edition__version", flat=True))))
            for name in changed if versions else []:
                self.add_error(
                    name,
                    ValidationError(
                        _(
                            "Filen er med i utgave %(versions)s og kan ikke byttes ut."
                            " Last opp som en ny fil, og velg den i teksten."
                        ),
                        params={"versions": versions},
                    ),
                )
        return cleaned


class PictureForm(KeepsFiles, BaseImageForm):
    pinned_as = "picture"


class RecordingForm(KeepsFiles, BaseMediaForm):
    pinned_as = "recording"


class DocumentForm(KeepsFiles, BaseDocumentForm):
    pinned_as = "document"
