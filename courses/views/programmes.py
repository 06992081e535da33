"""A whole programme on one page: every module of the reader's edition, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language

from courses import reading
from courses.editions import words_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def programme(request: HttpRequest, programme: str) -> HttpResponse:
    """The way to any module, for staff as for families. Three queries, more for staff.

    Template: ``courses/programme.html``.
    """
    reader = reading.reader_of(request.user, programme, request.GET.get("utgave", ""))
    modules = [
        {
            "number": words.module.number,
            "title": words.title,
            "url": reverse("courses:module", args=[programme, words.module.slug]),
            "hue": words.module.hue,
            "illustration": words.module.illustration,
            "state_words": words.ingress,
            "done": False,
        }
        for words in words_of(reader.edition, get_language()).values()
    ]
    context = {
        "name": reader.edition.programme,
        "version": reader.edition.version,
        "modules": modules,
        "help_place": reader.place,
    }
    return render(request, "courses/programme.html", context)
