"""What ``manage.py`` says of how a command is written, in Norwegian: argparse asks gettext for its words."""

from __future__ import annotations

import argparse

WORDS = {
    "usage: ": "bruk: ",
    "positional arguments": "det som skrives uten strek",
    "options": "valg",
    "show this help message and exit": "Viser denne hjelpen.",
    "%(prog)s: error: %(message)s\n": "%(prog)s: %(message)s\n",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
    "the following arguments are required: %s": "Dette mangler: %s",
    "one of the arguments %s is required": "Ett av disse mangler: %s",
    "unrecognized arguments: %s": "Dette kjennes ikke: %s",
    "invalid choice: %(value)r (choose from %(choices)s)": "%(value)r finnes ikke. Velg mellom %(choices)s",
    "invalid %(type)s value: %(value)r": "%(value)r kan ikke brukes her (%(type)s)",
    "expected one argument": "Her må det stå noe etter.",
    "expected at least one argument": "Her må det stå noe etter.",
    "expected at most one argument": "Her kan det stå bare én ting etter.",
    "expected %s argument": "Her må det stå %s ting etter.",
    "expected %s arguments": "Her må det stå %s ting etter.",
    "not allowed with argument %s": "kan ikke brukes sammen med %s",
    "ignored explicit argument %r": "Her kan det ikke stå noe etter, og det står %r",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s kan bety %(matches)s",
}


def speak_norwegian() -> None:
    """For this process: every command, Django's own too. What is not among the words stays as it was."""

    def said(one: str, many: str = "", number: int = 1) -> str:
        return WORDS.get(one, one) if number == 1 else WORDS.get(many, many)

    vars(argparse).update(_=said, ngettext=said)
