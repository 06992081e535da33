"""Word files of texts nobody should write, and somebody will: every file opens all the same."""

from __future__ import annotations

import random
from datetime import date

from courses.documents import attendance_list, booklet, certificate, handouts, letter, material, run_sheet
from courses.documents.paper import Column, Paper, clean
from courses.documents.prose import Block, Run
from tests.documents import BEGINS, opened

SIGNS = (
    "aæøåÆØÅ <>&\"'`{}%$#\\/|\x00\x01\x08\x0b\x0c\x1b\x7f\x85\x9f\ud800\udfff\ufffe\uffff\u202e\u2066"
    "\u200b\ufeff😀👨‍👩‍👧\u0301\t\n\r\u2028]]>\U000fffff&#0;<w:p/>"
)


def nasty(seed: random.Random) -> str:
    return "".join(seed.choice(SIGNS) for _sign in range(seed.choice([0, 1, 7, 60, 400])))


def _point(words: list[str]) -> material.Point:
    title, do, ask, core, if_hard = words
    return material.Point(5, title, do, (ask,), do, core, True, if_hard)


def test_a_thousand_nasty_texts_make_files_that_open() -> None:
    seed = random.Random(7)
    for _round in range(5):
        words = [nasty(seed) for _number in range(200)]
        exercise = material.Exercise(
            words[0], words[1], [Block("p", [Run(words[2], link="https://e.no/\x00")])]
        )
        module = material.ModuleMaterial(
            module=1,
            number=1,
            title=words[3],
            ingress=words[4],
            goals=words[5:30],
            language="nb",
            points=tuple(_point(words[n : n + 5]) for n in range(30, 120, 5)),
            materials=words[120:140],
            core_elements=words[140:150],
            plan_language="nb",
            exercises=[(exercise, "nb")],
            tasks=[material.Task(word, [Block("bullet", [Run(word)])], "nn") for word in words[150:155]],
        )
        occasion = run_sheet.Occasion(1, BEGINS, 60, words[155])
        numbers = [run_sheet.Number(*words[n : n + 3]) for n in range(156, 168, 3)]
        proof = certificate.Proof(*words[168:171], 60, 1, 1, 1, date(2026, 1, 1), words[171], "https://e.no/")
        course = letter.Course(words[172], [BEGINS], words[173:176])
        recipients = [letter.Recipient(word, "https://e.no/x", BEGINS) for word in words[176:180]]
        for content in (
            run_sheet.run_sheet(occasion, module, numbers, "nb"),
            attendance_list.attendance_list(occasion, words[180:], 2, "nn"),
            handouts.handouts(module, words[1], "nn"),
            booklet.booklet(words[2], words[3], [module], "nb"),
            letter.letters(course, recipients, "nb"),
            certificate.certificates([proof], "nb"),
        ):
            assert len(opened(content).paragraphs) > 3


def test_cleaning_keeps_every_sign_people_write_and_no_other() -> None:
    kept = "Ærlig talt: «Blåbærsyltetøy» – 50 % … \u00a0👨‍👩‍👧 naïve Łódź 漢字"
    assert clean(kept) == kept
    assert clean("a\x00b\x0bc\ud800d\u202ee\r\nf\rg") == "abcde\nf\ng"


def test_a_very_long_name_of_a_column_or_title_does_not_stop_a_file() -> None:
    paper = Paper("a" * 5_000, "nb")
    paper.table([Column("b" * 5_000, 170)], [("c" * 50_000,)])
    assert len(opened(paper.file()).core_properties.title) == 255
