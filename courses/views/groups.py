"""A group's row and its dates: made, changed, moved. Only for those who lead the group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses import grouping, scheduling
from courses.editions import words_of
from courses.forms.groups import EveningForm, GroupRowForm
from courses.forms.new_group import NewGroupForm, pushed_words
from courses.models import Enrolment, Evening, FamilyInvitation, Group, InvitedAdult
from courses.seats import not_ended

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse


def managed_group(request: HttpRequest, group_id: int) -> Group:
    """A group that the reader leads; anything else is a 404. One query."""
    group: Group = get_object_or_404(grouping.managed_by(request.user), pk=group_id)
    return group


def with_counts(groups: QuerySet[Group]) -> QuerySet[Group]:
    """Groups with ``next_at``, ``taken``, ``kept`` (open links) and ``waiting`` (families); one query."""

    def count(rows: QuerySet[Any], group: str, what: str) -> Coalesce:
        counted = rows.filter(**{group: OuterRef("pk")}).order_by().values(group)
        return Coalesce(Subquery(counted.annotate(n=Count(what, distinct=True)).values("n")), 0)

    coming = Evening.objects.filter(group=OuterRef("pk"), starts_at__gte=timezone.now(), cancelled_at=None)
    standing = FamilyInvitation.objects.standing()
    return groups.annotate(
        next_at=Subquery(coming.order_by("starts_at").values("starts_at")[:1]),
        taken=count(Enrolment.objects.filter(not_ended()), "group", "adult"),
        kept=count(InvitedAdult.objects.open(), "invitation__group", "pk"),
        waiting=count(standing.filter(waiting=True), "group", "pk"),
    )


def groups(request: HttpRequest) -> HttpResponse:
    """The groups one leads, those with an evening to come first. Three queries at any size."""
    rows = with_counts(grouping.managed_by(request.user)).prefetch_related("municipalities")
    found = list(rows.order_by("next_at", "-pk"))
    context = {
        "running": [group for group in found if group.next_at],
        "over": [group for group in found if not group.next_at],
    }
    return render(request, "courses/groups/list.html", context)


def new_group(request: HttpRequest) -> HttpResponse:
    """One form: «Foreslå datoer» fills the days, «Lag gruppa» makes it."""
    if request.method != "POST":
        return _new_page(request, NewGroupForm(by=request.user))
    form = NewGroupForm(request.POST, by=request.user)
    valid = form.is_valid()
    if form.suggesting:
        if form.suggested:
            return _new_page(request, form.with_suggestion())
        form.forget_other_errors()
        return _new_page(request, form, status=422)
    if not valid:
        return _new_page(request, form, status=422)
    try:
        group = grouping.make_group(form.plan())
    except scheduling.EveningError as error:  # overlapping ones: the days themselves are checked above
        form.add_error(form.days[0], str(error))
        return _new_page(request, form, status=422)
    messages.success(request, _("Gruppa er laget. Nå kan du invitere familier."))
    _say_led_elsewhere(request, group)
    return redirect("evenings:invite", group.pk)


def _new_page(request: HttpRequest, form: NewGroupForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "about": [form[name] for name in ("name", "edition", "phase", "seats", "municipalities")],
        "when": [form[name] for name in ("first_day", "clock", "rhythm", "minutes", "place", "video_link")],
        "who": [form[name] for name in ("leader", "co_leader", "stand_in", "stand_in_until")],
        "days": form.day_rows(),
        "suggested": bool(form.suggested),
        "pushed": pushed_words(form),
    }
    return render(request, "courses/groups/new.html", context, status=status)


def _say_led_elsewhere(request: HttpRequest, group: Group) -> None:
    for other in grouping.led_elsewhere(group)[:3]:
        words = _("Obs: En av dere leder også %(group)s samtidig, %(day)s.") % {
            "group": other.group.name,
            "day": timezone.localtime(other.starts_at).strftime("%d.%m.%Y"),
        }
        messages.warning(request, words)


def edit_group(request: HttpRequest, group_id: int) -> HttpResponse:
    """Name, phase, seats and contact persons of a group that runs."""
    group = managed_group(request, group_id)
    form = GroupRowForm(request.POST or None, initial=_row_of(group), by=request.user, group=group)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        grouping.change_group_row(
            group, name=given["name"], phase=given["phase"], seats=given["seats"], duties=form.duties()
        )
        messages.success(request, _("Endringene er lagret."))
        _say_led_elsewhere(request, group)
        return redirect("evenings:dates", group.pk)
    status = 422 if form.errors else 200
    return render(request, "courses/groups/edit.html", {"group": group, "form": form}, status=status)


def _row_of(group: Group) -> dict[str, Any]:
    row: dict[str, Any] = {"name": group.name, "phase": group.phase, "seats": group.seats}
    for duty in group.assignments.current().order_by("-pk"):
        field = {"leader": "leader", "co-leader": "co_leader", "stand-in": "stand_in"}[duty.duty]
        row[field] = duty.user_id
        if duty.duty == "stand-in":
            row["stand_in_until"] = duty.ends_on
    return row


# --- dates
def dates(request: HttpRequest, group_id: int) -> HttpResponse:
    """The group's evenings and refreshers, each with a way to change it. Six queries at most."""
    group = managed_group(request, group_id)
    titles = _titles(group)
    now = timezone.now()
    rows = [
        {
            "evening": evening,
            "title": titles.get(evening.module_id, ""),
            "can_change": evening.cancelled_at is not None or evening.starts_at > now,
        }
        for evening in group.evenings.order_by("starts_at")
    ]
    refreshers = group.gatherings.order_by("starts_at")
    context = {"group": group, "rows": rows, "refreshers": refreshers}
    return render(request, "courses/groups/dates.html", context)


def _titles(group: Group) -> dict[int, str]:
    words = words_of(group.edition, get_language() or "nb")
    return {
        module.module.pk: _("Kveld %(number)s: %(title)s")
        % {"number": module.module.number, "title": module.title}
        for module in words.values()
    }


def change_evening(request: HttpRequest, group_id: int, evening_id: int) -> HttpResponse:
    """Another date, time or place for one evening, or for it and those after it."""
    group = managed_group(request, group_id)
    evening = get_object_or_404(group.evenings, pk=evening_id)
    form = EveningForm(request.POST or None, evening=evening)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        values = {name: given[name] for name in ("series", "minutes", "place", "video_link", "bring")}
        try:
            changed = scheduling.move(evening, given["starts_at"], **values)
        except scheduling.EveningError as error:
            form.add_error("day", str(error))
        else:
            _say_changed(request, len(changed))
            _say_led_elsewhere(request, group)
            return redirect("evenings:dates", group.pk)
    context = {
        "group": group,
        "evening": evening,
        "form": form,
        "title": _titles(group).get(evening.module_id),
    }
    status = 422 if form.errors else 200
    return render(request, "courses/groups/evening.html", context, status=status)


def _say_changed(request: HttpRequest, changed: int) -> None:
    if not changed:
        messages.info(request, _("Ingenting ble endret."))
    elif changed == 1:
        messages.success(request, _("Kvelden er endret. Kalenderen til dem det gjelder, følger med."))
    else:
        words = _("%(n)s kvelder er endret. Kalenderen til dem det gjelder, følger med.")
        messages.success(request, words % {"n": changed})


def cancel_evening(request: HttpRequest, group_id: int, evening_id: int) -> HttpResponse:
    group = managed_group(request, group_id)
    evening = get_object_or_404(group.evenings, pk=evening_id)
    try:
        scheduling.cancel(evening)
    except scheduling.InThePastError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Kvelden er avlyst. De som er med, får beskjed."))
    return redirect("evenings:dates", group.pk)
