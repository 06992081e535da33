"""Word reports of a release: for the steering group, for the research partner, and for one municipality.

Everything in them is read from what was let out: a report can be made again at any time, and says the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _

from courses.documents.templates import TemplateError
from evaluation.releases import report_templates, words
from evaluation.releases.report_technical import Technical
from evaluation.releases.report_writing import Report

if TYPE_CHECKING:
    from evaluation.models import Release

__all__ = ["TemplateError", "place_report", "steering_report", "technical_report"]


def steering_report(release: Release, language: str, template: bytes = b"") -> bytes:
    """What a steering group needs: findings, what to decide, figures with their tables, limits. One query.

    Raises TemplateError.
    """
    with translation.override(language):
        title = _("Resultater: %(wave)s") % {"wave": words.in_language(release.snapshot["wave"], language)}
        written = Report(release, language, title, template or report_templates.template())
        written.front()
        written.main_findings()
        written.decisions()
        written.change()
        written.people()
        written.delivery()
        written.between()
        written.limits()
        written.method()
        return written.paper.file()


def technical_report(release: Release, language: str, template: bytes = b"") -> bytes:
    """Every number with all its decimals, and the formula of each with its source. Raises TemplateError."""
    with translation.override(language):
        wave = words.in_language(release.snapshot["wave"], language)
        title = _("Teknisk vedlegg: %(wave)s") % {"wave": wave}
        written = Technical(release, language, title, template or report_templates.template())
        written.front()
        written.plan()
        written.flow()
        written.scales()
        written.places()
        written.others()
        written.items()
        written.formulas()
        return written.paper.file()


def place_report(release: Release, place: int, language: str, template: bytes = b"") -> bytes | None:
    """One page for a municipality that may be told of; None for any other. Raises TemplateError."""
    rows = words.of_place(release.snapshot, place)
    if not rows:
        return None
    with translation.override(language):
        written = Report(release, language, rows[0]["name"], template or report_templates.template())
        written.place(rows)
        return written.paper.file()
