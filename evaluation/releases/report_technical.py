"""The technical appendix: exact n, every decimal, every formula; for the research partner alone."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from courses.documents.styles import SMALL
from evaluation.releases import (
    formulas,
    left_unsaid,
    words,
    words_of_method,
    words_of_numbers,
    words_of_reasons,
)
from evaluation.releases.report_writing import Report

RANGE = ("low", "high")  # of a row: what it can be, and no result


class Technical(Report):
    """Reads what was let out for research beside what was let out for everybody."""

    def front(self, *said: str) -> None:
        whose = _("For forskningspartneren. Eksakte antall og alle desimaler. Skal ikke deles videre.")
        super().front(whose, *words_of_method.data_sets(self.release.pk), *said)
        self.paper.contents()  # on a screen each line leads to its chapter

    def flow(self) -> None:
        self.paper.heading(_("Hvem som svarte"))
        self.picture("flyt", "svarandel")
        self._numbers(self.release.technical["flow"], _("Antall og andeler"))

    def scales(self) -> None:
        self.paper.heading(_("Skalaene"), new_page=True)
        for row in self.release.technical["scales"]:
            title = words.scale_title(row, self.language)
            self.paper.heading(title, 2)
            if row["why"]:
                self.paper.text(words_of_reasons.why(row["why"]))
                continue
            self.paper.text(self._origin(row), SMALL)
            self._beside(row, ("before", "after"), [_("Størrelse"), _("Før"), _("Etter")], title)
            heads = [_("Endring"), _("Personer"), _("Hvert hjem én gang")]
            self._beside(row, ("change", "of_households"), heads, title)
            self._numbers(row, title, "before", "after", "change", "of_households", *RANGE)
            self._left_unsaid(row)

    def _left_unsaid(self, row: dict[str, Any]) -> None:
        if said := left_unsaid.sentences(row):
            self.paper.text(_("Dette er ikke regnet ut her, eller kan ikke vises:"))
            self.bullets(said)

    def _origin(self, row: dict[str, Any]) -> str:
        """Which questionnaire a scale is of, with the names both have in the data set."""
        asked = {each["key"]: each for each in self.told["questionnaires"]}
        form = asked.get(row["instrument"])
        origin = _("%(form)s, versjon %(version)s (%(instrument)s), skala %(scale)s, %(range)s.") % {
            "form": words.in_language(form["title"], self.language) if form else _("Skjema"),
            "version": row["version"],
            "instrument": row["instrument"],
            "scale": row["scale"],
            "range": words.of_range(row),
        }
        said = [origin, words_of_numbers.plus(row)] if "change" in row else [origin]
        return " ".join([*said, *([left_as_it_is()] if row.get("stayed_or_left") else [])])

    def _beside(self, row: dict[str, Any], names: tuple[str, str], heads: list[str], caption: str) -> None:
        one, two = (row.get(name) for name in names)
        if isinstance(one, dict):
            self.table(heads, formulas.beside(one, two if isinstance(two, dict) else None), caption)

    def places(self) -> None:
        """Each municipality that may be told of, a line for each scale."""
        rows = [row for row in self.release.technical["sites"] if not row["why"]]
        if not rows:
            return
        self.paper.heading(_("Kommunene"))
        heads = [_("Kommune"), _("Skala"), "n", _("Før"), _("Etter"), _("Endring"), _("SD")]
        self.table(heads, [self._place(row) for row in rows], _("Kommunene"))
        self.paper.text(how_turned(), SMALL)

    def _place(self, row: dict[str, Any]) -> list[str]:
        change = row["change"]
        figures = (change["mean_before"], change["mean_after"], change["mean"], change["sd"])
        title = words.scale_title(row, self.language)
        return [row["name"], title, str(change["n"]), *map(formulas.number, figures)]

    def others(self) -> None:
        """Pilot against implementation, and dose: each row with its numbers."""
        for name, title in (("phases", _("Pilot og implementering")), ("dose", _("Kvelder og endring"))):
            rows = [row for row in self.release.technical.get(name, []) if not row["why"]]
            if rows:
                self.paper.heading(title)
                self.paper.text(how_turned(), SMALL)
            for row in rows:
                title = words.scale_title(row, self.language)
                self._numbers(row, title, "items", "bands", *RANGE)
                self._bands(row.get("bands", []), title)

    def _bands(self, rows: list[dict[str, Any]], caption: str) -> None:
        """The change of those who gave each answer; as everybody is told it."""
        heads = [_("Kvelder, etter eget utsagn"), _("Svar"), _("Endring")]
        lines = [
            [
                words.in_language(row["label"], self.language),
                row.get("n", "–"),
                formulas.number(row.get("change")),
            ]
            for row in rows
        ]
        if lines:
            self.table(heads, lines, caption)

    def items(self) -> None:
        """How many gave each answer, before and after; and when they think back, apart."""
        self.paper.heading(_("Svar på hvert spørsmål"))
        self._answers(self.release.technical["items"], {"before": _("Før"), "after": _("Etter")})
        if any(not row["why"] for row in self.release.technical.get("look_back", [])):
            self.paper.heading(_("Når de tenker tilbake"))
            self._answers(self.release.technical["look_back"], {"": _("Antall")})

    def _answers(self, rows: list[dict[str, Any]], waves: dict[str, str]) -> None:
        """A table for each item; ``waves`` are its columns, by what the counts are stored under."""
        for row in rows:
            stored = {} if row["why"] else row["counts"]
            counts = stored if isinstance(stored, dict) else {"": stored}
            told = {waves[name]: found for name, found in counts.items() if found}
            if not told:
                continue
            answers = [words.in_language(answer, self.language) for answer in row["answers"]]
            lines = [
                [answer, *(str(found[place]) for found in told.values())]
                for place, answer in enumerate(answers)
            ]
            caption = f"{words.item_text(row, self.language)} ({row['item']})"
            self.table([_("Svar"), *told], lines, caption)

    def formulas(self) -> None:
        self.paper.heading(_("Formler og kilder"), new_page=True)
        heads = [_("Størrelse"), _("Formel"), _("Kilde")]
        self.table(heads, formulas.table(), _("Formler og kilder"))
        self._coverage()

    def _coverage(self) -> None:
        measured = words_of_method.coverage()
        if not measured:
            return
        self.paper.heading(_("Dekning av intervallene"), 2)
        self.paper.text(
            _(
                "Hvor ofte et 95 prosents intervall inneholdt det sanne tallet, "
                "i simulerte studier av familier."
            )
        )
        self.bullets(words_of_method.covers_too_little())
        rows = [
            [row.name, f"{words_of_numbers.number(row.share)}\u00a0%", str(row.studies), row.model]
            for row in measured
        ]
        heads = [_("Intervall"), _("Dekning"), _("Studier"), _("Modell")]
        self.table(heads, rows, _("Dekning av intervallene"))

    def _numbers(self, row: dict[str, Any], caption: str, *without: str) -> None:
        lines = formulas.lines(row, *without)
        if lines:
            self.table([_("Størrelse"), _("Verdi")], lines, caption)


def how_turned() -> str:
    """Of the changes of several scales together."""
    return _(
        "En endring er snudd der lavt er bra: pluss er til det bedre. Der ingen ende er bra, er pluss opp."
    )


def left_as_it_is() -> str:
    return _("«Falt fra mot ble» er ikke snudd: det er skåren før, for dem som falt fra, minus de andres.")
