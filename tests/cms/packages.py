"""A small package on disk that is whole, for tests that break it in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PROGRAMME = """\
title: Prøvekurs
audience: families
status: utkast
ingress: Et kurs å prøve med.
evenings_required: 1
opens_days_before: 7
nn:
  title: Prøvekurs på nynorsk
  ingress: Eit kurs å prøve med.
"""
MODULE = """\
title: Første modul
illustration: house
obligatory: true
ingress: Dette er en modul.
goals:
- Dere har prøvd.
nn:
  title: Første modulen
  ingress: Dette er ein modul.
  goals:
  - De har prøvd.
evening:
  minutes: 30
  plan:
  - minutes: 20
    title: Kaffe
    do: Ta imot i døra.
    ask:
    - Hvordan går det?
    material: Kaffe
    core: mott-alle
    cut_first: false
    if_hard: ''
  - minutes: 10
    title: Utsjekk
    do: Takk for i kveld.
    ask: []
    material: ''
    core: ''
    cut_first: true
    if_hard: ''
  materials:
  - Kaffe
  core_elements:
  - key: mott-alle
    text: Alle er tatt imot
"""
PART = """\
---
title: En del
ingress: Dette er en del.
minutes: 2
threads: [child-heard]
nn:
  title: Ein del
  ingress: Dette er ein del.
---

Først noen ord, med **fet**, *kursiv* og [en lenke](https://www.bufdir.no/).

## Mellomtittel

- ett punkt
- et punkt til

::: check question="Hva hjelper?"
- [x] Å vente :: Ja, ofte.
- [ ] Å mase :: Det er lett å gjøre. Prøv å vente.
:::

::: reflection id="tanke"
Hva tenker du?
:::

::: home-task id="maltid" title="Et måltid"
Spis sammen.
:::
"""
PART_NN = """\
Først nokre ord.

::: reflection id="tanke"
Kva tenkjer du?
:::

::: home-task id="maltid" title="Eit måltid"
Et saman.
:::
"""
INFO = """\
---
title: Praktisk
ingress: Det praktiske.
nn:
  title: Praktisk
  ingress: Det praktiske.
---

Litt om det praktiske.
"""
HELP = """\
numbers:
- key: politi
  label: Politi
  label_nn: Politi
  number: '112'
  who: Ring hvis noen er i fare.
  who_nn: Ring om nokon er i fare.
  hours: Hele døgnet
  hours_nn: Heile døgnet
  windows: []
  source: https://www.politiet.no/
  checked: 2026-11-01
  owner: Prosjektleder
"""
WORDS = """\
words:
- word: samvær
  word_nn: samvær
  text: Tid sammen.
  text_nn: Tid saman.
"""
MODULE_FOLDER = "programmes/provekurs/1-forste-modul"
FILES = {
    "programmes/provekurs/programme.yaml": PROGRAMME,
    f"{MODULE_FOLDER}/module.yaml": MODULE,
    f"{MODULE_FOLDER}/1-en-del.md": PART,
    f"{MODULE_FOLDER}/1-en-del.nn.md": PART_NN,
    f"{MODULE_FOLDER}/2-en-del-til.md": PART.replace("En del", "En del til"),
    "pages/praktisk.md": INFO,
    "help.yaml": HELP,
    "words.yaml": WORDS,
}


def put(root: Path, changed: dict[str, str | bytes | None] | None = None) -> Path:
    """The package below ``root``, with files changed, added or (None) left out. Returns ``root``."""
    for path, content in (FILES | (changed or {})).items():
        if content is None:
            (root / path).unlink(missing_ok=True)
            continue
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def files_in(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }
