"""Word reports of a release: for the steering group, with the technical appendix, and for one municipality.

Everything in them is read from what was let out: a report can be made again at any time, and says the same.
The steering report has rounded and banded figures; the appendix, for the research partner, has them whole.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.utils import formats, translation
from django.utils.translation import gettext as _
from PIL import Image

from courses.documents.paper import Column, Paper
from courses.documents.pieces import field
from courses.documents.styles import INGRESS, SMALL
from evaluation.releases import formulas, words

if TYPE_CHECKING:
    from evaluation.models import Release, ReleasedPicture

WIDTH = 165  # millimetres
TABLE = 170
TALLEST = 195


def report(release: Release, language: str, *, technical: bool = False) -> bytes:
    """The whole report; with ``technical`` also the appendix that only research sees. Two queries."""
    pictures = list(release.pictures.filter(language=language))
    with translation.override(language):
        written = _Report(release, language)
        written.front()
        written.main_findings()
        written.pictures(pictures)
        written.delivery()
        written.limits()
        written.decisions()
        written.method()
        if technical:
            written.appendix()
        return written.paper.file()


def for_municipality(release: Release, place: int, language: str) -> bytes | None:
    """One page for a municipality that may be told of; None for any other."""
    rows = [row for row in release.snapshot["sites"] if row["municipality"] == place and not row["why"]]
    if not rows:
        return None
    with translation.override(language):
        written = _Report(release, language)
        written.paper.title(rows[0]["name"], written.subtitle)
        written.paper.text(_("Tall for de voksne i kommunen som svarte begge ganger. Ikke en rangering."))
        written.paper.texts([words.finding(row, language) for row in rows], "List Bullet")
        written.limits()
        return written.paper.file()


def _width(png: bytes) -> int:
    """Millimetres, so that a tall picture and its heading stand on one page."""
    with Image.open(BytesIO(png)) as picture:
        return min(WIDTH, TALLEST * picture.width // picture.height)


class _Report:
    """A report under way: each method is a chapter."""

    def __init__(self, release: Release, language: str) -> None:
        self.release, self.language = release, language
        self.told: dict[str, Any] = release.snapshot
        study = words.in_language(self.told["study"], language)
        wave = words.in_language(self.told["wave"], language)
        self.title = _("Resultater: %(wave)s") % {"wave": wave}
        self.subtitle = (
            f"{study} · {words.phase(release.phase)} · {formats.date_format(release.made_on, 'j. F Y')}"
        )
        self.paper = Paper(self.title, language, footer=f"{study} · {wave}")
        self._figures = 0

    def front(self) -> None:
        self.paper.title(self.title, self.subtitle)
        self.paper.text(
            _("Tallene er offentliggjort én gang og kan ikke endres. Kontrollsum: %(sum)s")
            % {"sum": self.release.checksum[:16]},
            SMALL,
        )
        self.paper.contents()

    def main_findings(self) -> None:
        self.paper.heading(_("Det viktigste"))
        findings = words.findings(self.told, self.language)
        for sentence in findings[:1]:
            self.paper.text(sentence, INGRESS)
        self.paper.texts(findings[1:], "List Bullet")
        if unsaid := words.asked(self.told["flow"]):
            self.paper.text(unsaid)
        if self.told["criteria"]:
            self.paper.heading(_("Målene vi satte på forhånd"), 2)
            columns = [Column(_("Mål"), 85), Column(_("Resultat"), 85)]
            self.paper.table(
                columns, [(words.measure(row), words.criterion(row)) for row in self.told["criteria"]]
            )

    def pictures(self, pictures: list[ReleasedPicture]) -> None:
        """Each with a caption that Word numbers, its words as alternative text, and the table behind it."""
        if pictures:
            self.paper.heading(_("Figurer og tabeller"), new_page=True)
        for picture in pictures:
            self.paper.heading(picture.title, 2)
            self.paper.picture(bytes(picture.png), picture.words, _width(bytes(picture.png)))
            self._caption(picture.title)
            heads, *rows = picture.table
            others = min(24, TABLE // (len(heads) + 1))
            first = Column(heads[0], TABLE - others * (len(heads) - 1))
            self.paper.table([first, *(Column(head, others) for head in heads[1:])], rows)

    def _caption(self, text: str) -> None:
        self._figures += 1
        paragraph = self.paper.text(_("Figur") + " ", "Caption")
        field(paragraph, "SEQ Figur \\* ARABIC", str(self._figures))
        paragraph.add_run(f". {text}")

    def delivery(self) -> None:
        self.paper.heading(_("Slik ble programmet gitt"))
        self.paper.texts([words.reach(row) for row in self.told["reaim"]], "List Bullet")
        for name, row in ((_("Modul %(n)s") % {"n": row["module"]}, row) for row in self.told["changes"]):
            self.paper.text(f"{name}: {row['changed']} {row['why']}".strip(), "List Bullet")
        for row in self.told["phases"]:
            self.paper.text(words.between_phases(row, self.language))

    def limits(self) -> None:
        self.paper.heading(_("Dette kan tallene ikke si"))
        self.paper.texts(words.limits(), "List Bullet")

    def decisions(self) -> None:
        """What a steering group is asked, from the lights; nothing is decided by a number."""
        self.paper.heading(_("Til beslutning"))
        self.paper.texts(words.decisions(self.told["criteria"]), "List Number")

    def method(self) -> None:
        self.paper.heading(_("Slik er det regnet"), new_page=True)
        self.paper.texts(words.method(), "List Bullet")
        locked = self.told["study"]["criteria_locked_on"]
        if locked:
            by = {"day": locked, "name": self.told["study"]["criteria_locked_by"]}
            self.paper.text(_("Grensene ble låst %(day)s av %(name)s, før svarene ble åpnet.") % by)
        for code in self.told["deviations"]:
            self.paper.text(words.deviation(code), "List Bullet")
        self.paper.heading(_("Skjemaene"), 2)
        columns = [Column(_("Skjema"), 45), Column(_("Kilde og lisens"), 125)]
        rows = [
            (
                f"{words.in_language(each['title'], self.language)} {each['version']}",
                f"{each['source']} {each['licence']}",
            )
            for each in self.told["questionnaires"]
        ]
        self.paper.table(columns, rows)

    def appendix(self) -> None:
        """Every number with all its decimals, and the formula of each with its source."""
        self.paper.heading(_("Teknisk vedlegg"), new_page=True)
        self.paper.text(_("For forskningspartneren. Eksakte antall og alle desimaler."))
        for row in self.release.technical["scales"]:
            self.paper.heading(words.scale_title(row, self.language), 2)
            if row["why"]:
                self.paper.text(words.why(row["why"]))
                continue
            columns = [Column(_("Størrelse"), 110), Column(_("Verdi"), 60)]
            self.paper.table(columns, formulas.lines(row))
        self.paper.heading(_("Formler og kilder"), 2)
        columns = [Column(_("Størrelse"), 40), Column(_("Formel"), 80), Column(_("Kilde"), 50)]
        self.paper.table(columns, formulas.table())
