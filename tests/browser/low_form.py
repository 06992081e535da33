"""An invented questionnaire of five questions with the rule of the frame that ships without wording.

python -m tests.browser.low_form FIRST_NAME,FIRST_NAME      prints the id of an occasion that asks it

Five answers from 5 to 0, summed and multiplied by four; below fifty the device shows its help. The frame is
filled as a project leader fills it: from a file that is taken in.
"""

from __future__ import annotations

import sys

import django
import yaml

FRAME = "fixtures/instruments/who-5.yaml"
KEY = "oppdiktede-fem"
QUESTIONS = ("Været", "Maten", "Veien", "Huset", "Hagen")
HOW_OFTEN = ("Alltid", "Oftest", "Ofte", "Av og til", "Sjelden", "Aldri")  # 5 to 0


def filled() -> bytes:
    """The frame's file with words of our own, and another name."""
    with open(FRAME, encoding="utf-8") as file:
        content = yaml.safe_load(file)
    content |= {"key": KEY, "title": {"nb": "Fem oppdiktede", "nn": "Fem oppdikta"}}
    for item, words in zip(content["items"], QUESTIONS, strict=True):
        item["text"] = {"nb": f"{words} har vært bra.", "nn": f"{words} har vore bra."}
    for answer, words in zip(content["lists"]["tid"], HOW_OFTEN, strict=True):
        answer |= {"nb": words, "nn": words}
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False).encode()


def make(names: list[str]) -> int:
    from courses.models import Group, User
    from evaluation.instruments import loading
    from evaluation.instruments.freezing import freeze
    from evaluation.models import Study
    from tests.study_factories import occasion, participation, study, wave

    version, _change = loading.store(loading.read("fem.yaml", filled()))
    freeze(version)
    users = list(User.objects.filter(first_name__in=names).order_by("pk"))
    group = Group.objects.filter(enrolments__adult__user__in=users).distinct()[0]
    key = f"fem-{Study.objects.count()}"
    of = study(key=key, programme=group.edition.programme, region=group.municipalities.all()[0].region)
    at = occasion(wave=wave(of, versions=[version]), group=group)
    for user in users:
        participation(at, user)
    return int(at.pk)


if __name__ == "__main__":
    django.setup()
    print(make(sys.argv[1].split(",")))
