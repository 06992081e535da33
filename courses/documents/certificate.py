"""The kursbevis: per adult, with hours and edition. No child, no grade, no day of birth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.certifying import hours_words
from courses.documents.letter import qr
from courses.documents.paper import Paper
from courses.documents.prose import Run
from courses.documents.styles import GRAND, INGRESS, LINE_STYLE, SMALL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date


@dataclass(frozen=True)
class Proof:
    """What one certificate says."""

    name: str
    programme: str
    edition: str  # «1.0»
    minutes: int
    evenings: int  # made-up ones included
    evenings_in_all: int
    made_up: int
    issued_on: date
    code: str
    address: str  # where the code is checked
    is_training: bool = False  # a contact person's own course


def certificates(proofs: Sequence[Proof], language: str) -> bytes:
    """One page for each."""
    with translation.override(language):
        paper = Paper(_("Kursbevis"), language, pages=False)
        paper.frame()
        for place, proof in enumerate(proofs):
            if place:
                paper.page_break()
            _page(paper, proof)
        if not proofs:
            paper.title(_("Kursbevis"))
            paper.text(_("Ingen i gruppa har fullført kurset ennå."))
        return paper.file()


def facts_of(proof: Proof) -> list[tuple[str, str]]:
    """Label and value, in the active language."""
    facts = [
        (_("Kurs"), proof.programme),
        (_("Utgave"), proof.edition),
        (
            _("Kurskvelder"),
            _("%(there)s av %(all)s") % {"there": proof.evenings, "all": proof.evenings_in_all},
        ),
    ]
    if proof.made_up:
        made_up = ngettext("%(n)s kveld", "%(n)s kvelder", proof.made_up) % {"n": proof.made_up}
        facts.append((_("Av disse tatt igjen"), made_up))
    facts += [
        (_("Kurstid"), hours_words(proof.minutes)),
        (_("Dato"), formats.date_format(proof.issued_on, "j. F Y")),
    ]
    return facts


def _page(paper: Paper, proof: Proof) -> None:
    paper.room(22)
    paper.title(_("Kursbevis"))
    paper.room(8)
    paper.text(proof.name, GRAND)
    paper.text(_("har vært med på kurset og fullført det."), INGRESS)
    paper.room(4)
    for label, value in facts_of(proof):
        paper.text([Run(f"{label}: ", bold=True), Run(value)], INGRESS)
    paper.room(14)
    paper.text("", LINE_STYLE)
    if proof.is_training:
        paper.text(_("Sted, dato og underskrift fra kurslederen"), SMALL)
    else:
        paper.text(_("Sted, dato og underskrift fra kontaktpersonen"), SMALL)
    paper.room(14)
    paper.picture(
        qr(f"{proof.address}{proof.code}/"), _("QR-kode til siden der kursbeviset kan kontrolleres"), 30
    )
    paper.text(_("Kode: %(code)s") % {"code": proof.code})
    paper.text(
        _(
            "Koden kan kontrolleres på %(address)s."
            " Siden sier at kursbeviset er ekte, og ikke hvem som har det."
        )
        % {"address": proof.address},
        SMALL,
    )
