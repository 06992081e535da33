"""Pictures, recordings and documents. The web server never serves the media folder itself."""

from __future__ import annotations

import mimetypes
import re
from contextlib import closing
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from wagtail.documents import get_document_model

from cms.access_matrix import CMS_STAFF
from cms.models import InfoPage, PinnedFile, Recording
from courses.access import active_roles
from courses.login import has_two_factors
from courses.models import Enrolment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    View = Callable[..., HttpResponseBase]

CHUNK = 64 * 1024  # bytes
RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})$")  # more digits than any file has bytes


def found_or_404(view: View) -> View:
    """A row whose file is gone, or a store that does not have it, is a page that is not there."""

    @wraps(view)
    def looks(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except (OSError, ValueError, OverflowError, SuspiciousOperation) as error:
            raise Http404 from error

    return looks


@found_or_404
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """A re-encoded picture from the public store; its name holds its size and never means another one."""
    stored = storages["public"].open(name)
    response = FileResponse(stored, content_type=mimetypes.guess_type(name)[0])
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _slice(stored: Any, start: int, end: int) -> Iterator[bytes]:
    """The bytes asked for. A bucket is asked for no more: its file would fetch the whole film first."""
    if in_bucket := getattr(stored.file, "obj", None):
        with closing(in_bucket.get(Range=f"bytes={start}-{end}")["Body"]) as body:
            yield from body.iter_chunks(CHUNK)
        return
    stored.seek(start)
    left = end - start + 1
    while left > 0 and (chunk := stored.read(min(CHUNK, left))):
        left -= len(chunk)
        yield chunk
    stored.close()


def ranged(request: HttpRequest, stored: Any, content_type: str | None) -> HttpResponseBase:
    """A file with byte ranges: phones ask for a film in pieces. 416 for a range outside it."""
    size = stored.size
    asked = RANGE.match(request.headers.get("Range", ""))
    if not asked or asked.groups() == ("", ""):
        response: HttpResponseBase = FileResponse(stored.open("rb"), content_type=content_type)
        response["Accept-Ranges"] = "bytes"
        return response
    first, last = asked.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start > end:
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
        return response
    response = StreamingHttpResponse(
        _slice(stored.open("rb"), start, end), status=206, content_type=content_type
    )
    response["Content-Range"] = f"bytes {start}-{end}/{size}"
    response["Content-Length"] = str(end - start + 1)
    response["Accept-Ranges"] = "bytes"
    return response


def _is_shown_to(request: HttpRequest, **file: int) -> bool:
    """Whether an edition that the person may read shows the file: an adult reads her group's, staff any.

    She reads it after the course too. Whoever edits content may see all of it. Two queries at most.
    """
    roles = {role.kind for role in active_roles(request.user)}
    if roles & CMS_STAFF and has_two_factors(request):
        return True
    shown = PinnedFile.objects.filter(**file)
    if not roles:
        taken = Enrolment.objects.filter(adult__user=request.user.pk, starts_on__lte=timezone.localdate())
        shown = shown.filter(edition__in=taken.values("group__edition"))
    return shown.exists()


def _recording(request: HttpRequest, recording_id: int) -> Recording:
    if not _is_shown_to(request, recording=recording_id):
        raise Http404
    found: Recording = get_object_or_404(Recording, pk=recording_id)
    return found


@found_or_404
def recording(request: HttpRequest, recording_id: int) -> HttpResponseBase:
    found = _recording(request, recording_id)
    return ranged(request, found.file, mimetypes.guess_type(found.file.name)[0])


@found_or_404
def recording_captions(request: HttpRequest, recording_id: int) -> HttpResponseBase:
    found = _recording(request, recording_id)
    return FileResponse(found.captions.open("rb"), content_type="text/vtt; charset=utf-8")


@found_or_404
def recording_still(request: HttpRequest, recording_id: int) -> HttpResponseBase:
    found = _recording(request, recording_id)
    return FileResponse(
        found.thumbnail.open("rb"), content_type=mimetypes.guess_type(found.thumbnail.name)[0]
    )


@found_or_404
def document(request: HttpRequest, document_id: int, filename: str) -> HttpResponseBase:
    """A document to save, never to run in the page: everybody's when an information page links to it."""
    logged_in = request.user.is_authenticated
    public = InfoPage.objects.live().filter(html__contains=f"/filer/dokument/{document_id}/")
    if not (logged_in and _is_shown_to(request, document=document_id)) and not public.exists():
        if logged_in:
            raise Http404
        return redirect_to_login(request.get_full_path())
    found = get_object_or_404(get_document_model(), pk=document_id)
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=found.filename)
