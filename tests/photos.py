"""A photo that tells too much."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

GPS, CAMERA = 0x8825, "Telling camera"


def photo(kind: str = "JPEG", size: tuple[int, int] = (64, 32), **more: Any) -> bytes:
    """A picture with a place, a camera and a rotation in its EXIF; ``more`` as Pillow takes it."""
    exif = Image.Exif()
    exif[0x010F] = CAMERA
    exif[0x0112] = 6  # lies on its side
    exif[GPS] = {1: "N", 2: (61.0, 27.0, 0.0), 3: "E", 4: (5.0, 51.0, 0.0)}
    target = io.BytesIO()
    Image.new("RGB", size, "#246").save(target, kind, exif=exif.tobytes(), **more)
    return target.getvalue()
