"""Pictures inside a pdf: out goes what a camera or a program wrote in them, such as where they were taken.

What the eye sees is not touched, not even packed anew: a picture in a pdf may have colours of its own kind,
and whoever packs it again loses some of them.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_UNPACKED = 60 << 20  # bytes of one picture that is packed twice
BEGINS, ENDS, SCAN, REMARK = 0xD8, 0xD9, 0xDA, 0xFE  # the marks of a JPEG, each after 0xFF
NOTES = range(0xE0, 0xF0)  # «APP0» to «APP15»: what programs write in it
NEEDED = (b"JFIF\0", b"ICC_PROFILE\0", b"Adobe")  # notes without which the colours would be others
SCAN_ENDS = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
TELLING_BOXES = {b"uuid", b"uinf", b"xml "}  # of a JPEG 2000: Exif, addresses and XMP


def wash_picture(thing: Any) -> None:
    """Takes Exif, XMP, IPTC and remarks out of an object that is a photo. Raises ValueError, zlib.error."""
    import pikepdf

    if not isinstance(thing, pikepdf.Stream) or "/Filter" not in thing:
        return
    named = thing.Filter
    filters = [str(one) for one in named] if isinstance(named, pikepdf.Array) else [str(named)]
    wash = {"/DCTDecode": bare_jpeg, "/JPXDecode": bare_jpeg_2000}.get(filters[-1]) if filters else None
    if wash is None:
        return
    content = thing.read_raw_bytes()
    for one in filters[:-1]:
        if one != "/FlateDecode":
            raise ValueError("A picture packed in a way nobody uses.")
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(content, MOST_UNPACKED)
        if unpacker.unconsumed_tail:
            raise ValueError("A picture that swells.")
    settings = thing.get("/DecodeParms")
    last = settings[-1] if isinstance(settings, pikepdf.Array) and len(settings) else settings
    decoding = last if isinstance(last, pikepdf.Dictionary) else None
    thing.write(wash(content), filter=pikepdf.Name(filters[-1]), decode_parms=decoding)


def bare_jpeg(content: bytes) -> bytes:
    """The same JPEG with what is needed to show it. What follows its end, another picture even, goes too."""
    kept = [part for mark, part in _parts(content) if not _tells(mark, part)]
    return bytes([0xFF, BEGINS]) + b"".join(kept)


def _tells(mark: int, part: bytes) -> bool:
    return mark == REMARK or (mark in NOTES and not part[4:].startswith(NEEDED))


def _parts(content: bytes) -> Iterator[tuple[int, bytes]]:
    """(mark, bytes) from the first part to the end. Raises ValueError for what is no JPEG."""
    at, length = 2, len(content)
    if content[:2] != bytes([0xFF, BEGINS]):
        raise ValueError("Not a JPEG.")
    while at + 1 < length:
        mark = content[at + 1]
        if content[at] != 0xFF:
            raise ValueError("Not a JPEG.")
        if mark == 0xFF:  # filling
            at += 1
            continue
        end = at + 2 if mark == ENDS else at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if mark == SCAN:
            found = SCAN_ENDS.search(content, end)
            end = found.start() if found else length
        yield mark, content[at:end]
        if mark == ENDS:
            return
        at = end


def bare_jpeg_2000(content: bytes) -> bytes:
    """The same picture without the boxes that tell of it. One without boxes is left as it is."""
    if content[4:8] != b"jP  ":
        return content
    kept, at = [], 0
    while at + 8 <= len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        if size == 1:
            size = int.from_bytes(content[at + 8 : at + 16], "big")
        end = at + size if size >= 8 else len(content)
        if content[at + 4 : at + 8] not in TELLING_BOXES:
            kept.append(content[at:end])
        at = end
    return b"".join(kept)
