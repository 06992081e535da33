"""The chapters of a report of a release. Each method of ``Report`` writes one."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.utils import formats
from django.utils.translation import gettext as _
from PIL import Image

from courses.documents.paper import Column, Paper, clean
from courses.documents.pieces import field
from courses.documents.styles import INGRESS, SMALL
from evaluation.releases import (
    words,
    words_of_dose,
    words_of_lights,
    words_of_method,
    words_of_phases,
    words_of_places,
    words_of_programme,
    words_of_spread,
)
from evaluation.releases.canvas import width_of
from evaluation.releases.pictures import change_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluation.models import Release, ReleasedPicture

TALLEST = 140  # millimetres of a picture, so that its heading and caption stand with it
LETTERS = 10.5 * 25.4 / 72  # millimetres: the size of a table's letters
MARGINS = 4  # millimetres of a cell
SHORT = 8  # rows of a table that is not divided between pages


class Report:
    """A report under way, of one release in one language. One query, for its pictures."""

    def __init__(self, release: Release, language: str, title: str, template: bytes) -> None:
        self.release, self.language = release, language
        self.told: dict[str, Any] = release.snapshot
        self.study = words.in_language(self.told["study"], language)
        wave = words.in_language(self.told["wave"], language)
        self.title = title
        self.subtitle = " · ".join(
            (
                self.study,
                wave,
                words_of_programme.phase(release.phase),
                formats.date_format(release.made_on, "j. F Y"),
            )
        )
        self.paper = Paper(title, language, footer=f"{self.study} · {wave}", template=template)
        self._pictures = list(release.pictures.filter(language=language).defer("svg", "narrow"))
        self._shown = {"figure": 0, "table": 0}

    # --- pieces
    def picture(self, *begins: str) -> None:
        """Every picture whose name begins so: its caption, its words as alternative, the table behind it."""
        for each in self._named(*begins):
            self._picture(each)

    def _named(self, *begins: str) -> list[ReleasedPicture]:
        return [each for each in self._pictures if re.match("|".join(begins), each.name)]

    def _picture(self, picture: ReleasedPicture) -> None:
        png = bytes(picture.png)
        with Image.open(BytesIO(png)) as image:
            wide = min(self.paper.width - 5, TALLEST * image.width // image.height)
        self.paper.picture(png, picture.words, wide)
        self._caption("figure", picture.title)
        heads, *rows = picture.table
        self.table(heads, rows, picture.title)

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], caption: str) -> None:
        """With its number and caption above, as a table has; columns as wide as their longest words."""
        self._caption("table", caption)
        columns = _columns(heads, rows, self.paper.width)
        self.paper.table(columns, rows, said=caption, short=len(rows) <= SHORT)

    def _caption(self, kind: str, text: str) -> None:
        """«Figur 1» under a figure, «Tabell 1» above a table: fields that Word counts anew."""
        self._shown[kind] += 1
        word = _("Figur") if kind == "figure" else _("Tabell")
        paragraph = self.paper.text(f"{word} ", "Caption")
        paragraph.paragraph_format.keep_with_next = kind == "table"
        field(paragraph, f"SEQ {word} \\* ARABIC", str(self._shown[kind]))
        paragraph.add_run(f". {clean(text)}")

    def bullets(self, sentences: Sequence[str]) -> None:
        self.paper.texts([sentence for sentence in sentences if sentence], "List Bullet")

    # --- chapters
    def front(self, *said: str) -> None:
        """Without a list of contents: a few pages, and on paper it would have no page numbers."""
        self.paper.title(self.title, self.subtitle)
        sum_ = {"sum": self.release.checksum[:16]}
        self.paper.text(
            _("Tallene er offentliggjort én gang og kan ikke endres. Kontrollsum: %(sum)s") % sum_, SMALL
        )
        self.paper.texts(said, SMALL)

    def main_findings(self) -> None:
        self.paper.heading(_("Det viktigste"))
        findings = words.findings(self.told, self.language)
        for sentence in findings[:1]:
            self.paper.text(sentence, INGRESS)
        if hedge := words.hedge(self.told):
            self.paper.text(hedge)
        self.bullets(findings[1:])
        flow = self.told["flow"]
        reach = [said for _dimension, said in words_of_programme.reaim(self.told, self.language)[:1]]
        sentences = [self._answered(), words_of_programme.unsaid(flow), *reach]
        self.paper.text(" ".join(sentence for sentence in sentences if sentence))
        if why := words.rounded(self.told["scales"]):
            self.paper.text(why, SMALL)

    def decisions(self) -> None:
        """The lights, and what they ask of a steering group; nothing is decided by a number."""
        self.paper.heading(_("Målene vi satte på forhånd"))
        if self.told["criteria"]:
            self.picture("trafikklys")
        else:
            self.paper.text(words_of_method.no_criteria())
        self.paper.heading(_("Til beslutning"))
        self.paper.numbered(words_of_lights.decisions(self.told["criteria"], self.language))

    def change(self) -> None:
        self.paper.heading(_("Endring fra før til etter"))
        self.picture("endring")
        rows = words.in_order(self.told)
        if rows and not rows[0]["why"]:
            self.paper.heading(words.scale_title(rows[0], self.language), 2)
            self.bullets([*words.closer(rows[0]), words_of_spread.spread(rows[0])])
        if self._named("tilbake"):  # here it fills the page: what comes after is tall
            self.paper.heading(_("Når de tenker tilbake"), 2)
            self.picture("tilbake")
        mostly = [words.mostly(row, self.language) for row in self.told["items"]]
        answers = f"{words.answers_of(rows[0])}$" if rows else "svar$"
        if any(mostly) or self._named(answers):
            self.paper.heading(_("Svar på hvert spørsmål"), 2)
            self.picture(answers)
            self.bullets(mostly)

    def people(self) -> None:
        self.paper.heading(_("Hvem som svarte"))
        self.paper.text(self._answered())
        if unsaid := words_of_programme.unsaid(self.told["flow"]):
            self.paper.text(unsaid)
        self.picture("flyt")

    def _answered(self) -> str:
        return words_of_programme.answered(self.told["flow"], self.told.get("audience", words.ADULT))

    def delivery(self) -> None:
        self.paper.heading(_("Slik ble programmet gitt"))
        self.picture("moduler")
        rows = words_of_programme.reaim(self.told, self.language)
        self.table(
            [_("Side ved programmet"), _("Hva vi så")],
            rows,
            _("Hvem programmet nådde, og hvordan det ble gitt"),
        )
        self._made_otherwise()
        if self.told.get("dose"):
            self.paper.heading(_("Kvelder og endring"), 2)
            self.paper.text(_("Her er kveldene det de voksne selv svarte i skjemaet, ikke oppmøtet."), SMALL)
            for row in self.told["dose"]:
                self.paper.text(words_of_dose.dose(row))
            self.picture("kvelder")

    def _made_otherwise(self) -> None:
        if not self.told["changes"]:
            return
        self.paper.heading(_("Det gruppene gjorde annerledes"), 2)
        told = [
            _("Modul %(n)s: %(what)s")
            % {"n": row["module"], "what": f"{row['changed']} {row['why']}".strip()}
            for row in self.told["changes"]
        ]
        self.bullets(told)

    def between(self) -> None:
        """Pilot against implementation, and what changed in the programme itself."""
        if self.told["phases"]:
            self.paper.heading(_("Pilot og implementering"))
            told = self.told["phases"]
            self.bullets([words_of_phases.between_phases(row, self.language) for row in told])
            if rounded := words_of_phases.rounded(told):
                self.paper.text(rounded, SMALL)
        editions = [row for row in self.told.get("editions", []) if row["reason"] or row["corrections"]]
        if not editions:
            return
        self.paper.heading(_("Endringer i programmet"), 2)
        for row in editions:
            said = " ".join([row["reason"], *row["corrections"]]).strip()
            told = {"version": row["version"], "what": said}
            self.paper.text(_("Utgave %(version)s: %(what)s") % told, "List Bullet")

    def limits(self) -> None:
        self.paper.heading(_("Dette kan tallene ikke si"))
        self.bullets(words_of_method.limits(self.told))

    def method(self) -> None:
        self.paper.heading(_("Slik er det regnet"))
        self.bullets([*words_of_method.method(self.told), *words_of_method.some_cover_too_little()])
        self.plan()

    def plan(self) -> None:
        """What was decided beforehand, every departure from it, and the questionnaires."""
        self.paper.heading(_("Bestemt på forhånd"), 2)
        if locked := words_of_method.locked(self.told["study"]):
            self.paper.text(locked)
        deviations = [words_of_method.deviation(code) for code in self.told["deviations"]]
        self.bullets(deviations or [_("Ingen avvik fra planen.")])
        self.paper.heading(_("Skjemaene"), 2)
        rows = [words_of_method.questionnaire(row, self.language) for row in self.told["questionnaires"]]
        self.table([_("Skjema"), _("Kilde og lisens")], rows, _("Skjemaene"))

    def place(self, rows: Sequence[dict[str, Any]]) -> None:
        """One municipality beside the region, on a page."""
        self.paper.title(self.title, self.subtitle)
        self.paper.text(_("Tall for de voksne i kommunen som svarte begge ganger. Ikke en rangering."))
        self.paper.text(words.finding(rows[0], self.language), INGRESS)
        region = {words.slug(row): row for row in self.told["scales"]}
        table: list[list[str]] = []
        for row in rows:
            here, there = (
                change_table([each], self.language)[1][1:5]
                for each in (row, region[words.slug(row)])
                if not each["why"]
            )
            table.append([words.scale_title(row, self.language), self.title, *here])
            table.append([words.scale_title(row, self.language), _("Regionen"), *there])
        heads = [_("Skala"), _("Hvor"), _("Før"), _("Etter"), _("Endring"), _("Trolig mellom")]
        self.table(heads, table, _("Kommunen og regionen"))
        self.paper.texts(words_of_places.of_places(rows, self.told["scales"]), SMALL)
        self.paper.heading(_("Dette kan tallene ikke si"), 2)
        self.paper.text(" ".join(words_of_method.limits(self.told, rows)), SMALL)


def _columns(heads: Sequence[str], rows: Sequence[Sequence[str]], whole: int) -> list[Column]:
    """Each as wide as its longest word at least, and of what is left as much as its texts want."""
    columns = list(zip(heads, *rows, strict=True))
    least = [max(_longest_word(text) for text in column) + MARGINS for column in columns]
    wished = [max(min(width_of(text, LETTERS), 80.0) for text in column) + MARGINS for column in columns]
    room, missing = whole - sum(least), sum(wished) - sum(least)
    share = max(0.0, room / missing) if missing > 0 else 0.0
    widths = [need + (wish - need) * min(share, 1.0) for need, wish in zip(least, wished, strict=True)]
    widths[max(range(len(wished)), key=wished.__getitem__)] += whole - sum(widths)
    return [Column(head, int(width)) for head, width in zip(heads, widths, strict=True)]


def _longest_word(text: str) -> float:
    return max((width_of(word, LETTERS, bold=True) for word in text.split(" ")), default=0.0)
