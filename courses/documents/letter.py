"""The invitation letter. Neutral: nothing on it tells what the course is for, least of all in a window."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import segno
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.documents.paper import Paper, clean
from courses.documents.styles import SMALL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

WINDOW = 27  # millimetres from the top margin down to the name: the window of a C5 envelope folded once
BELOW = 30  # from the name down to the letter, so that the window shows the name alone


@dataclass(frozen=True)
class Recipient:
    name: str
    link: str  # the whole address, hers alone
    until: datetime | None  # when the link ends; None: it is the way to the site for everybody


@dataclass(frozen=True)
class Course:
    """A course as a letter may tell of it: its name, its evenings to come, who leads it. Never where."""

    name: str
    evenings: Sequence[datetime]
    leaders: Sequence[str]
    began: datetime | None = None  # the first evening, when it has been


def letters(course: Course, recipients: Sequence[Recipient], language: str) -> bytes:
    """One page for each recipient."""
    with translation.override(language):
        title = _("Invitasjon til %(course)s") % {"course": course.name}
        paper = Paper(title, language, pages=False)
        for place, recipient in enumerate(recipients):
            if place:
                paper.page_break()
            _letter(paper, title, course, recipient)
        return paper.file()


def _letter(paper: Paper, title: str, course: Course, recipient: Recipient) -> None:
    paper.room(WINDOW)
    paper.text(recipient.name).paragraph_format.space_after = None
    paper.room(BELOW)
    paper.heading(title)
    paper.text(_invited(course, recipient))
    _way_in(paper, recipient)
    _dates(paper, course)
    where = _("Hvor vi møtes, ser du når du har logget inn.")
    if course.leaders:
        paper.text(f"{where} {_('Lurer du på noe, så ta kontakt med oss.')}")
        paper.text(_("Vennlig hilsen %(names)s") % {"names": _(" og ").join(course.leaders)})
    else:
        paper.text(where)


def _invited(course: Course, recipient: Recipient) -> str:
    count = len(course.evenings)
    if count and course.began:
        words = ngettext(
            "Du er invitert til et kurs som begynte %(day)s. Det er %(n)s kveld igjen."
            " Mellom kveldene leser du litt på telefonen.",
            "Du er invitert til et kurs som begynte %(day)s. Det er %(n)s kvelder igjen."
            " Mellom kveldene leser du litt på telefonen.",
            count,
        ) % {"n": count, "day": formats.date_format(timezone.localtime(course.began), "j. F")}
    elif count:
        words = ngettext(
            "Du er invitert til et kurs på %(n)s kveld. Mellom kveldene leser du litt på telefonen.",
            "Du er invitert til et kurs på %(n)s kvelder. Mellom kveldene leser du litt på telefonen.",
            count,
        ) % {"n": count}
    else:
        words = _("Du er invitert til et kurs. Mellom kveldene leser du litt på telefonen.")
    return f"{_('Hei %(name)s!') % {'name': recipient.name}} {words}" if recipient.name else words


def _way_in(paper: Paper, recipient: Recipient) -> None:
    paper.heading(_("Slik sier du ja"), 2)
    if recipient.until is None:
        paper.text(_("Si fra til den som ga deg brevet. Da får du en lenke som er din egen."))
    else:
        how = _(
            "Hold kameraet på telefonen over ruta. Trykk på knappen som kommer fram, og skriv koden du får."
            " Lenka er bare for deg, og den virker til %(day)s."
        )
        day = formats.date_format(timezone.localtime(recipient.until), "j. F Y")
        paper.text(how % {"day": day})
    paper.picture(qr(recipient.link), _("QR-kode som åpner %(link)s") % {"link": recipient.link}, 30)
    paper.text(recipient.link, SMALL)


def _dates(paper: Paper, course: Course) -> None:
    if not course.evenings:
        return
    paper.heading(_("Kveldene"), 2)
    local = [timezone.localtime(evening) for evening in course.evenings]
    paper.numbered(
        _("%(day)s kl. %(begins)s")
        % {"day": formats.date_format(evening, "l j. F Y"), "begins": f"{evening:%H.%M}"}
        for evening in local
    )


def qr(text: str) -> bytes:
    """A QR code as PNG, sharp on paper."""
    out = BytesIO()
    segno.make(clean(text), error="m", micro=False).save(out, kind="png", scale=10, border=4)
    return out.getvalue()
