"""What an edition shows is kept: the admin says so in words instead of failing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db.models import ProtectedError
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from cms.models import PinnedFile, PinnedRevision

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

ADMINS_OF_CONTENT = {"wagtailadmin_pages", "wagtailimages", "wagtailmedia", "wagtaildocs"}
BULK = "wagtail_bulk_action"  # several at once; what was deleted of them before the refusal is rolled back


class KeptForEditions:
    """Middleware: deleting a page or a file of an edition leads back to the question, with the reason."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        match = request.resolver_match
        if not isinstance(error, ProtectedError) or not match:
            return None
        if match.namespace not in ADMINS_OF_CONTENT and match.view_name != BULK:
            return None
        pins = [row for row in error.protected_objects if isinstance(row, PinnedRevision | PinnedFile)]
        versions = ", ".join(sorted({pin.edition.version for pin in pins}))
        if not versions:
            return None
        words = {"versions": versions}
        if isinstance(pins[0], PinnedRevision):
            said = _(
                "Siden er med i utgave %(versions)s og kan ikke slettes."
                " Avpubliser den i stedet, så er den ikke med i neste utgave."
            )
        else:
            said = _("Filen er med i utgave %(versions)s og kan ikke slettes så lenge utgaven finnes.")
        messages.error(request, said % words)
        return redirect(request.get_full_path())  # with the chosen ones, where they stand in the address
