"""The outbox on pages: a group's for its contact persons, and one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from courses.forms.messages import ChoicesForm, ways_to
from courses.grouping import managed_by
from courses.models import Enrolment, Message, User
from courses.outbox import rows as outbox
from courses.outbox.letters import NotWantedError, NotYetError, language_of, words_of
from courses.outbox.lost import of_group_work
from courses.outbox.message_words import about, why_words
from courses.outbox.rows import State

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from courses.models import Group

NEWEST = 400  # rows shown of what is over; of what waits, or did not arrive, all are
WAITING = (State.PLANNED, State.SENDING)


def _group(request: HttpRequest, group_id: int) -> Group:
    group: Group = get_object_or_404(managed_by(request.user), pk=group_id)
    return group


def _rows(request: HttpRequest, group: Group) -> QuerySet[Message]:
    """Messages to those who take part in a group today, and to those who are invited to it.

    Of those to its contact persons, colleagues too, only what did not arrive: a rule of this page alone.
    None about a questionnaire: what waits and what was not needed would tell who has answered, and what did
    not arrive that somebody is asked and had not. She sees that herself (evaluation/own_forms.py).
    """
    taking = Enrolment.objects.current().filter(group=group)
    about_group = Q(user__in=taking.values("adult__user")) | Q(invited__invitation__group=group)
    seen = Message.objects.visible_to(request.user).filter(about_group)
    rows = Message.objects.filter(Q(pk__in=seen.values("pk")) | of_group_work(group))
    rows = rows.exclude(kind=Message.Kind.FORM)
    return rows.select_related("user__adult__family", "invited__invitation__municipality")


def shown_name(message: Message) -> str:
    """Whom it is to, as a contact person may see it: an alias where the family is shielded."""
    if message.invited:
        hidden = message.invited.invitation.shielded
        return message.invited.alias or str(_("Deltaker")) if hidden else message.invited.name
    adult = getattr(message.user, "adult", None)
    return adult.shown_name if adult else str(message.user)


def _is_shielded(message: Message) -> bool:
    if message.invited:
        return message.invited.invitation.shielded
    adult = getattr(message.user, "adult", None)
    return adult is not None and adult.family is not None and adult.family.shielded


def group_messages(request: HttpRequest, group_id: int) -> HttpResponse:
    """What will be sent, what was, and what did not arrive. Queries constant in people and messages."""
    group = _group(request, group_id)
    rows = _rows(request, group)
    waiting = list(rows.filter(state__in=WAITING).order_by("due_at", "pk"))
    dead = list(rows.filter(state=State.DEAD).order_by("due_at", "pk"))
    over = _newest(rows, [State.SENT, State.SKIPPED], NEWEST)
    words = about([*waiting, *dead, *over])
    context = {
        "group": group,
        "dead": [_row(row, words) for row in dead],
        "planned": _bundles(waiting, words),
        "over": _bundles(over, words),
    }
    return render(request, "courses/messages/group.html", context)


def _newest(rows: QuerySet[Message], states: list[object], most: int) -> list[Message]:
    """The last ``most`` in some states, the newest first."""
    return list(rows.filter(state__in=states).order_by("-due_at", "-pk")[:most])


def _row(message: Message, words: dict[int, str]) -> dict[str, Any]:
    return {
        "message": message,
        "name": shown_name(message),
        "shielded": _is_shielded(message),
        "what": words[message.pk],
        "why": why_words(message),
        "was_stopped": message.why == outbox.STOPPED,
    }


def _bundles(rows: list[Message], words: dict[int, str]) -> list[dict[str, Any]]:
    """Rows about the same thing at the same step, as one line with its people."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        key = (words[row.pk], row.thing if not row.thing.startswith("invited:") else "invited")
        bundle = found.setdefault(key, {"what": words[row.pk], "at": row.due_at, "people": []})
        bundle["people"].append(_row(row, words))
    return list(found.values())


def group_message(request: HttpRequest, group_id: int, message_id: int) -> HttpResponse:
    """What one message would say if it were sent now, in its reader's language, without her name."""
    group = _group(request, group_id)
    message = get_object_or_404(_rows(request, group), pk=message_id)
    with translation.override(language_of(message)):
        try:
            words, why = words_of(message, max(timezone.now(), message.due_at)), ""
        except NotWantedError as error:
            words, why = None, error.why
        except NotYetError:
            raise Http404 from None
    message.why = why or message.why
    context = {"group": group, "words": words, "language": language_of(message)}
    return render(request, "courses/messages/one.html", context | {"row": _row(message, about([message]))})


def stop(request: HttpRequest, group_id: int, message_id: int) -> HttpResponse:
    """One message is not to be sent."""
    group = _group(request, group_id)
    message = get_object_or_404(_rows(request, group), pk=message_id)
    if outbox.stop(message):
        messages.success(request, _("Stoppet. Beskjeden sendes ikke."))
    else:
        messages.warning(request, _("For sent: beskjeden er allerede på vei, eller den var ikke planlagt."))
    return redirect("evenings:messages", group_id=group.pk)


def again(request: HttpRequest, group_id: int, message_id: int) -> HttpResponse:
    """One that did not arrive, or was stopped, is sent after all."""
    group = _group(request, group_id)
    message = get_object_or_404(_rows(request, group), pk=message_id)
    if outbox.again(message):
        messages.success(request, _("Beskjeden står for tur igjen."))
    else:
        messages.warning(request, _("Beskjeden er allerede sendt, eller den står for tur."))
    return redirect("evenings:messages", group_id=group.pk)


def my_messages(request: HttpRequest) -> HttpResponse:
    """One's own: where they go, fewer of them, what is planned and what was sent."""
    user = User.objects.get(pk=request.user.pk)  # a refused form must not change whom the frame speaks to
    form = ChoicesForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Valget er lagret."))
        return redirect("evenings:my_messages")
    own = Message.objects.visible_to(user).filter(user=user)
    waiting = list(own.filter(state__in=WAITING).order_by("due_at", "pk"))
    sent, dead = _newest(own, [State.SENT], 20), _newest(own, [State.DEAD], 20)
    words = about([*waiting, *sent, *dead])
    context = {
        "form": form,
        "one_way": len(ways_to(user)) == 1,
        "planned": [{"at": row.due_at, "what": words[row.pk]} for row in waiting],
        "sent": [{"at": row.sent_at, "what": words[row.pk]} for row in sent],
        "dead": [{"at": row.due_at, "what": words[row.pk], "why": why_words(row)} for row in dead],
    }
    return render(request, "courses/messages/mine.html", context, status=422 if form.errors else 200)
