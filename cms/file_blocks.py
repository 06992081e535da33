"""The blocks that show a file: a picture, a film or sound, a document to save."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtail.rich_text import RichText
from wagtailmedia.blocks import AbstractMediaChooserBlock

PICTURE_WIDTH = 1040  # pixels: twice the text column


class FileBlock(blocks.StructBlock):
    """A block around one file. Deleted meanwhile, it shows nothing: drafts are still opened and compared."""

    shows: str  # the field with the file

    def render(self, value: Any, context: Any = None) -> str:
        html: str = super().render(value, context) if value[self.shows] else ""
        return html


class PictureBlock(FileBlock):
    """A picture with its alternative text, or a stated «bare pynt». A draft may lack both."""

    shows = "image"
    image = ImageChooserBlock(label=_("Bilde"))
    alt = blocks.CharBlock(
        label=_("Hva viser bildet?"),
        required=False,
        max_length=250,
        help_text=_("Leses høyt for den som ikke ser. Må fylles ut, eller kryss av for pynt."),
    )
    decorative = blocks.BooleanBlock(label=_("Bildet er bare pynt"), required=False)
    caption = blocks.CharBlock(label=_("Bildetekst"), required=False, max_length=250)

    class Meta:
        icon = "image"
        label = _("Bilde")
        template = "blocks/picture.html"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not (cleaned["alt"] or cleaned["decorative"] or self.is_deferred_validation):
            raise blocks.StructBlockValidationError(
                {"alt": ValidationError(_("Skriv hva bildet viser, eller kryss av for at det bare er pynt."))}
            )
        return cleaned

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        rendition = value["image"].get_rendition(f"width-{PICTURE_WIDTH}|format-webp")
        context["self"] = {
            "src": f"/filer/bilde/{rendition.file.name}",
            "width": rendition.width,
            "height": rendition.height,
            "alt": "" if value["decorative"] else value["alt"],
            "caption": value["caption"],
        }
        return context


class RecordingChooserBlock(AbstractMediaChooserBlock):
    """Chooses a film or a sound; one that lacks its text is refused with what it lacks."""

    class Meta:
        icon = "media"

    def clean(self, value: Any) -> Any:
        recording = super().clean(value)
        if recording and recording.missing and not self.is_deferred_validation:
            raise ValidationError(
                _("Opptaket mangler %(what)s. Legg det til under Media før delen publiseres."),
                params={"what": ", ".join(recording.missing)},
            )
        return recording


class RecordingBlock(FileBlock):
    """A film or a sound, with what makes it usable for everyone."""

    shows = "recording"
    recording = RecordingChooserBlock(label=_("Film eller lyd"))

    class Meta:
        icon = "media"
        label = _("Film eller lyd")
        template = "blocks/recording.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        recording = value["recording"]
        address = f"/filer/opptak/{recording.pk}"
        context["self"] = {
            "title": recording.title,
            "kind": "film" if recording.type == "video" else "sound",
            "src": f"{address}/",
            "captions_src": f"{address}/teksting.vtt" if recording.captions else "",
            "transcript": RichText(recording.transcript) if recording.transcript else "",
            "described": recording.description,
            "poster": f"{address}/stillbilde/" if recording.thumbnail else "",
        }
        return context


class DownloadBlock(FileBlock):
    shows = "document"
    document = DocumentChooserBlock(label=_("Fil"))
    title = blocks.CharBlock(label=_("Tittel"), max_length=150)

    class Meta:
        icon = "download"
        label = _("Fil å laste ned")
        template = "blocks/download.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        document = value["document"]
        context["self"] = {
            "title": value["title"],
            "document_url": f"/filer/dokument/{document.pk}/{document.filename}",
            "size": document.get_file_size(),
        }
        return context
