"""The technical appendix: exact n, every decimal, every formula; for the research partner alone."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from courses.documents.styles import SMALL
from evaluation.releases import formulas, words, words_of_method, words_of_reasons
from evaluation.releases.report_writing import Report


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
            self._numbers(row, title, "before", "after", "change", "of_households", "low", "high")

    def _origin(self, row: dict[str, Any]) -> str:
        """Which questionnaire a scale is of, with the names both have in the data set."""
        asked = {each["key"]: each for each in self.told["questionnaires"]}
        form = asked.get(row["instrument"])
        return _("%(form)s, versjon %(version)s (%(instrument)s), skala %(scale)s, %(range)s.") % {
            "form": words.in_language(form["title"], self.language) if form else _("Skjema"),
            "version": row["version"],
            "instrument": row["instrument"],
            "scale": row["scale"],
            "range": words.of_range(row),
        }

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
            for row in rows:
                self._numbers(row, words.scale_title(row, self.language))

    def items(self) -> None:
        """How many gave each answer, before and after."""
        self.paper.heading(_("Svar på hvert spørsmål"))
        for row in self.release.technical["items"]:
            if row["why"] or not any(row["counts"].values()):
                continue
            text = words.in_language(row["text"], self.language)
            waves = {"before": _("Før"), "after": _("Etter")}
            counts = {waves[name]: found for name, found in row["counts"].items() if found}
            answers = [words.in_language(answer, self.language) for answer in row["answers"]]
            rows = [
                [answer, *(str(found[place]) for found in counts.values())]
                for place, answer in enumerate(answers)
            ]
            self.table([_("Svar"), *counts], rows, f"{text} ({row['item']})")

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
            [row.name, f"{words.number(row.share)}\u00a0%", str(row.studies), row.model] for row in measured
        ]
        heads = [_("Intervall"), _("Dekning"), _("Studier"), _("Modell")]
        self.table(heads, rows, _("Dekning av intervallene"))

    def _numbers(self, row: dict[str, Any], caption: str, *without: str) -> None:
        lines = formulas.lines(row, *without)
        if lines:
            self.table([_("Størrelse"), _("Verdi")], lines, caption)
