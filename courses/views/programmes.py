"""A whole programme on one page: every module of the reader's edition, and what she has tried of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language

from courses import reading
from courses.certifying import certificate_of
from courses.course import course_of, state_words
from courses.models import Group, Programme
from courses.views.reading import task_rows

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from courses.course import ModuleView
    from courses.progress import CourseProgress
    from courses.reading import Reader


def programme(request: HttpRequest, programme: str) -> HttpResponse:
    """The way to any module, for staff as for families; for whoever takes it her tasks and certificate too.

    Two queries for staff, eight for a participant, and those of a certificate once the course is done.
    Template: ``courses/programme.html``.
    """
    reader = reading.reader_of(request.user, programme, request.GET.get("utgave", ""))
    views, course = course_of(reader, get_language())
    modules = [
        {
            "number": view.words.module.number,
            "title": view.words.title,
            "url": reverse("courses:module", args=[programme, view.words.module.slug]),
            "hue": view.words.module.hue,
            "illustration": view.words.module.illustration,
            "state_words": state_words(view, reader.edition.programme.opens_days_before)
            if reader.adult
            else view.words.ingress,
            "done": view.progress.is_done,
        }
        for view in views
    ]
    context = {
        "name": reader.programme_name,
        "version": reader.edition.version,
        "modules": modules,
        "help_place": reader.place,
    }
    return render(request, "courses/programme.html", context | _own(reader, programme, views, course))


def _own(reader: Reader, programme: str, views: list[ModuleView], course: CourseProgress) -> dict[str, Any]:
    """What belongs to the reader herself; nothing for staff who look."""
    if reader.adult is None or reader.enrolment is None:
        return {"tasks": [], "course": None, "certificate_url": "", "is_training": False}
    tried = reading.standing_events(reader.adult)["tried"]
    url = ""
    if course.is_done:
        group = Group.objects.select_related("edition__programme").get(pk=reader.enrolment.group_id)
        if certificate_of(reader.adult, group):
            url = reverse("evenings:certificate", args=[group.pk])
    audience = views[0].words.module.programme.audience if views else ""
    return {
        "tasks": [task for view in views for task in task_rows(programme, view.words, tried)],
        "course": course,
        "certificate_url": url,
        "is_training": audience == Programme.Audience.CONTACT_PERSONS,
    }
