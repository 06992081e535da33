"""Pictures and recordings. A picture loses its hidden data at upload; a recording has its text."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.validators import FileExtensionValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from PIL import Image as PillowImage
from PIL import ImageOps, UnidentifiedImageError
from wagtail.fields import RichTextField
from wagtail.images.models import AbstractImage, AbstractRendition, Image
from wagtailmedia.models import AbstractMedia

if TYPE_CHECKING:
    from django.core.files import File


def without_hidden_data(file: File[bytes]) -> ContentFile[bytes]:
    """The same picture without EXIF (place, time, camera), turned the right way up."""
    picture = PillowImage.open(file)
    kind = picture.format or "PNG"
    upright = ImageOps.exif_transpose(picture)
    clean = PillowImage.new(upright.mode, upright.size)
    if upright.palette:
        clean.putpalette(upright.palette)
    clean.paste(upright)
    target = io.BytesIO()
    clean.save(target, format=kind, quality=90)
    return ContentFile(target.getvalue(), name=file.name)


def is_picture(file: File[bytes]) -> bool:
    """Whether the file can be opened as a picture of a kind that we show."""
    try:
        return PillowImage.open(file).format in ("JPEG", "PNG", "WEBP")
    except (UnidentifiedImageError, PillowImage.DecompressionBombError):
        return False


class Picture(AbstractImage):
    """A picture an editor uploads. Its alternative text is written where it is used."""

    admin_form_fields = Image.admin_form_fields

    class Meta(AbstractImage.Meta):
        verbose_name = _("bilde")
        verbose_name_plural = _("bilder")

    @property
    def default_alt_text(self) -> str:
        """Empty: an alternative text belongs to the place a picture is used, never to its title."""
        return ""

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Strips hidden data from a newly uploaded file, before it is stored anywhere."""
        uploaded: Any = self.file
        if uploaded and not uploaded._committed:
            clean: Any = without_hidden_data(uploaded)
            self.file: Any = clean
            self._set_file_hash()
            self.file_size = clean.size
        super().save(*args, **kwargs)


class PictureRendition(AbstractRendition):
    """A re-encoded size of a picture, in the public store: the only pictures pages point to."""

    image = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)

    @property
    def url(self) -> str:
        """Our own address, also in the editor: a bucket is never asked by a browser."""
        return reverse("cms:picture", args=[self.file.name])


class Recording(AbstractMedia):
    """A film or a sound of our own, with captions, transcript and description (WCAG 1.2)."""

    thumbnail: Any  # AbstractMedia's: the still picture of a film

    class Description(models.TextChoices):
        OWN = "own", _("Beskrivelsen er med i opptaket eller i teksten")
        UNNEEDED = "unneeded", _("Ikke nødvendig: alt viktig blir sagt")

    captions = models.FileField(
        _("teksting"),
        upload_to="captions",
        blank=True,
        validators=[FileExtensionValidator(["vtt"])],
        help_text=_("En fil av typen .vtt. En film kan ikke brukes uten."),
    )
    transcript = RichTextField(
        _("hele teksten"),
        blank=True,
        features=["bold", "italic"],
        help_text=_(
            "Alt som blir sagt, og det som er viktig å se. For den som ikke kan høre eller se opptaket."
        ),
    )
    description = models.CharField(
        _("synstolking"),
        max_length=8,
        choices=Description,
        blank=True,
        help_text=_("Kan den som ikke ser, følge med? Velg hvordan."),
    )

    admin_form_fields = ("title", "file", "captions", "transcript", "description", "collection", "thumbnail")

    class Meta(AbstractMedia.Meta):
        verbose_name = _("opptak")
        verbose_name_plural = _("opptak")
        constraints = [
            models.CheckConstraint(
                condition=Q(description__in=["", "own", "unneeded"]), name="recording_description_known"
            )
        ]

    @property
    def missing(self) -> list[str]:
        """What the recording lacks before a family may meet it, in words."""
        lacks = []
        if self.type == "video" and not self.captions:
            lacks.append(str(_("teksting (.vtt)")))
        if not self.transcript:
            lacks.append(str(_("hele teksten")))
        if self.type == "video" and not self.description:
            lacks.append(str(_("synstolking")))
        return lacks

    def clean(self) -> None:
        super().clean()
        if self.thumbnail and not self.thumbnail._committed and not is_picture(self.thumbnail):
            raise ValidationError({"thumbnail": _("Stillbildet er ikke et bilde.")})
        if self.missing:
            raise ValidationError(
                _("Opptaket mangler %(what)s. Da kan ikke alle bruke det."),
                params={"what": ", ".join(self.missing)},
            )

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Strips hidden data from a new still picture, as from any other."""
        if self.thumbnail and not self.thumbnail._committed:
            name = self.thumbnail.name
            self.thumbnail = without_hidden_data(self.thumbnail)
            self.thumbnail.name = name
        super().save(*args, **kwargs)
