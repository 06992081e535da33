"""Certificates: one's own, a group's, and the public page that checks a code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language

from courses.auditing import Action, record
from courses.certifying import certificate_with, hours_words, normal_code, settle
from courses.coaching import group_led_by
from courses.editions import words_of
from courses.models import Adult, Certificate, Group, Programme
from courses.views.documents import programme_name, word_file, written_language

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from courses.documents.certificate import Proof

LIMIT = {"check_certificate": "30/m/ip"}  # of 30¹² codes: guessing is hopeless, and stopped all the same


def certificate(request: HttpRequest, group_id: int) -> HttpResponse:
    """One's own certificate, also after one has left the group. Http404 until the course is done."""
    from courses.documents.certificate import certificates  # here, as in ``courses/views/documents.py``

    adult = Adult.objects.filter(user=request.user).first()
    groups = Group.objects.select_related("edition__programme")
    group = groups.filter(pk=group_id, enrolments__adult=adult).first() if adult else None
    if group is None:
        raise Http404
    settle(group, [adult])
    rows = list(_seen(request, group).filter(adult=adult))
    if not rows:
        raise Http404
    language = written_language(request)
    return word_file(certificates(_proofs(rows, group, language), language), "kursbevis")


def _seen(request: HttpRequest, group: Group) -> QuerySet[Certificate]:
    """The group's that the reader may see, with their names; those of a course taken again stand too."""
    seen = Certificate.objects.visible_to(request.user).filter(group=group)
    return seen.select_related("adult__user", "adult__family").order_by("adult__user__first_name", "pk")


def group_certificates(request: HttpRequest, group_id: int) -> HttpResponse:
    """Everybody's in the group, one page each. Ten queries, whatever the size of the group.

    Whoever is shielded is on no paper of ours: she fetches her own.
    """
    from courses.documents.certificate import certificates

    group, language = group_led_by(request.user, group_id), written_language(request)
    settle(group)
    rows = [row for row in _seen(request, group) if not _is_shielded(row.adult)]
    record(request.user, Action.PRINTED, about=[row.adult.user_id for row in rows])
    return word_file(certificates(_proofs(rows, group, language), language), "kursbevis")


def _is_shielded(adult: Adult) -> bool:
    return bool(adult.family and adult.family.shielded)


def _proofs(rows: Iterable[Certificate], group: Group, language: str) -> list[Proof]:
    from courses.documents.certificate import Proof

    edition = group.edition
    modules = len(words_of(edition, language))
    return [
        Proof(
            name=row.adult.user.get_full_name() or row.adult.name,
            programme=programme_name(edition.programme, language),
            edition=edition.version,
            minutes=row.minutes,
            evenings=row.evenings_there,
            evenings_in_all=modules,
            made_up=row.made_up,
            issued_on=row.issued_on,
            code=row.code,
            address=settings.SITE_URL + reverse("evenings:check_certificate"),
            is_training=edition.programme.audience == Programme.Audience.CONTACT_PERSONS,
        )
        for row in rows
    ]


def check_certificate(request: HttpRequest, code: str = "") -> HttpResponse:
    """Whether a code is a certificate's, and what it is for; never whose. One query and the limit's.

    Unknown and impossible codes get the same answer by the same way. Template: ``courses/certificate.html``.
    """
    typed = code or request.GET.get("kode", "")
    if typed and not ratelimit.consume(
        request, app="courses", action="check_certificate", config=LIMIT, limit_get=True
    ):
        return ratelimit.respond_429(request)
    found = certificate_with(typed) if typed else None
    context = {
        "typed": normal_code(typed),
        "asked": bool(typed),
        "found": _shown(found) if found else None,
    }
    status = 422 if typed and not found else 200
    response = render(request, "courses/certificate.html", context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _shown(row: Certificate) -> dict[str, object]:
    edition = row.group.edition
    return {
        "programme": programme_name(edition.programme, get_language()),
        "edition": edition.version,
        "hours": hours_words(row.minutes),
        "issued_on": row.issued_on,
    }
