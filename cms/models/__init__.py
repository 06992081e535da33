"""Wagtail page types, pictures, recordings: content only, never a person (design §4.14)."""

from cms.models.files import Picture, PictureRendition, Recording
from cms.models.programme import (
    CoreElement,
    ModulePage,
    PartPage,
    PinnedFile,
    PinnedRevision,
    ProgrammePage,
    RunSheetItem,
)
from cms.models.site import HomePage, InfoPage

__all__ = [
    "CoreElement",
    "HomePage",
    "InfoPage",
    "ModulePage",
    "PartPage",
    "Picture",
    "PictureRendition",
    "PinnedFile",
    "PinnedRevision",
    "ProgrammePage",
    "Recording",
    "RunSheetItem",
]
