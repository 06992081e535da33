"""«Det vi vet om deg»: everything that is held about a person, in plain words, for her alone.

``everything_about`` gathers it, section by section; the page shows it, and the download holds it whole. What
is never here: what somebody answered in a form (nobody can find it), and other people's notes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cms import own_reading, own_study
from cms.own_sections import Section, day, moment
from courses.local import spaced
from courses.models import (
    Adult,
    Assignment,
    Attendance,
    AttendanceMark,
    AuditEvent,
    CalendarFeed,
    CallRequest,
    CatchUp,
    Certificate,
    Enrolment,
    GuidanceMeeting,
    InvitedAdult,
    Message,
    Note,
    Role,
    SignUp,
    WalkIn,
)
from courses.outbox.message_words import about, why_words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from courses.models import User


WENT = (Message.State.SENT, Message.State.SKIPPED, Message.State.DEAD)  # or will not


def everything_about(user: User) -> list[Section]:
    """All of it, in the active language. Some thirty queries, whatever the number of rows."""
    adult = Adult.objects.select_related("family__municipality").filter(user=user).first()
    sections = [_who(user, adult)]
    if adult:
        sections += [_course(adult), _attendance(adult), own_reading.reading(adult), _agreements(user, adult)]
    sections += _messages(user)
    if adult:
        sections += [_notes(adult)]
    sections += [own_study.consents(user), own_study.forms(user)]
    return [*sections, _work(user), _seen_by(user)]


def _yes(value: object) -> str:
    return _("ja") if value else _("nei")


def _who(user: User, adult: Adult | None) -> Section:
    rows = [
        (_("Fornavn"), user.first_name),
        (_("E-post"), user.email or _("ikke oppgitt")),
        (_("Mobil"), spaced(user.mobile) or _("ikke oppgitt")),
        (_("Skriftspråk"), user.get_language_display()),
        (_("Tekststørrelse"), user.get_text_size_display()),
        (_("Beskjeder på"), user.get_channel_display()),
        (_("Færre beskjeder"), _yes(user.fewer_messages)),
        (_("Konto laget"), day(user.date_joined)),
        (_("Kalenderadresse"), _yes(CalendarFeed.objects.filter(user=user).exists())),
        (_("Takket nei til passnøkkel"), _yes(user.passkey_declined)),
    ]
    rows += [
        (
            str(key.get_type_display()),
            _("laget %(made)s, sist brukt %(used)s")
            % {"made": day(key.created_at), "used": day(key.last_used_at) or _("aldri")},
        )
        for key in user.authenticator_set.order_by("pk")
    ]
    if adult and adult.family:
        family = adult.family
        others = family.adults.exclude(pk=adult.pk).select_related("user")
        rows += [
            (_("Kommune"), family.municipality.name),
            (_("Den andre voksne i familien"), ", ".join(row.name for row in others) or _("ingen")),
            (_("Skjermet"), _yes(family.shielded)),
            (_("Familiens kode i kommunens arkiv"), family.code),
        ]
        if adult.alias:
            rows.append((_("Dekknavn"), adult.alias))
    if adult and adult.asked_erasure_on:
        rows.append((_("Bedt om å bli slettet"), date_format(adult.asked_erasure_on)))
    rows += _invited(adult)
    return Section("who", _("Hvem du er"), rows)


def _invited(adult: Adult | None) -> list[tuple[str, str]]:
    """What was written down before she came in."""
    if adult is None:
        return []
    rows = InvitedAdult.objects.filter(adult=adult).select_related("invitation__by").order_by("pk")
    return [
        (
            _("Invitasjonen til deg"),
            _("%(name)s, %(address)s, invitert %(day)s av %(by)s")
            % {
                "name": row.name,
                "address": row.email or spaced(row.mobile),
                "day": day(row.invitation.made_at),
                "by": _name_of(row.invitation.by),
            },
        )
        for row in rows
    ]


def _name_of(user: User | None) -> str:
    return user.first_name if user else _("en som ikke lenger har konto")


def _course(adult: Adult) -> Section:
    rows = []
    enrolled = Enrolment.objects.filter(adult=adult).select_related("group__edition__programme")
    for row in enrolled.order_by("starts_on", "pk"):
        words = [_("fra %(day)s") % {"day": day(row.starts_on)}]
        words += [_("til %(day)s") % {"day": day(row.ends_on)}] if row.ends_on else []
        words += [_("pause fra %(day)s") % {"day": day(row.paused_on)}] if row.paused_on else []
        rows.append((row.group.name, ", ".join(words)))
    for proof in Certificate.objects.filter(adult=adult).select_related("group").order_by("pk"):
        words = _("%(group)s, %(day)s, med kode %(code)s, som andre kan kontrollere det med") % {
            "group": proof.group.name,
            "day": day(proof.issued_on),
            "code": proof.code,
        }
        rows.append((_("Kursbevis"), words))
    return Section("course", _("Kurset ditt"), rows, _("Du er ikke med i noen gruppe."))


def _attendance(adult: Adult) -> Section:
    rows = []
    marks = Attendance.objects.filter(adult=adult).select_related("evening__module", "marked_by")
    for mark in marks.order_by("evening__starts_at", "pk"):
        said = str(mark.get_state_display())
        if mark.marked_at:
            by = {"by": _name_of(mark.marked_by), "at": moment(mark.marked_at)}
            said += " – " + _("merket av %(by)s %(at)s") % by
        rows.append((_evening(mark.evening), said))
    for catch_up in CatchUp.objects.filter(adult=adult).select_related("evening__module").order_by("pk"):
        rows.append((_("Ta igjen: %(what)s") % {"what": _evening(catch_up.evening)}, _catch_up(catch_up)))
    taps = AttendanceMark.objects.filter(adult=adult).count()
    if taps:
        rows.append((_("Trykk på lista om deg, også de som er rettet"), str(taps)))
    walked = WalkIn.objects.filter(adult=adult).count()
    if walked:
        rows.append((_("Ganger du kom uten å stå på lista"), str(walked)))
    return Section("attendance", _("Oppmøte"), rows, _("Ingen kveld er ført ennå."))


def _evening(evening: Any) -> str:
    return _("Kveld %(number)s, %(day)s") % {
        "number": evening.module.number,
        "day": day(evening.starts_at),
    }


def _catch_up(row: CatchUp) -> str:
    words = [str(row.get_state_display())]
    words += [_("lest %(at)s") % {"at": moment(row.read_at)}] if row.read_at else []
    words += [_("avtalt samtale %(at)s") % {"at": moment(row.call_at)}] if row.call_at else []
    words += [_("ferdig %(at)s") % {"at": moment(row.done_at)}] if row.done_at else []
    return ", ".join(words)


def _agreements(user: User, adult: Adult) -> Section:
    rows = []
    meetings = GuidanceMeeting.objects.filter(family=adult.family_id) if adult.family_id else []
    for meeting in meetings:
        rows.append(
            (_("Veiledning"), moment(meeting.at) + (f", {_('avlyst')}" if meeting.cancelled_at else ""))
        )
    for call in CallRequest.objects.filter(adult=adult).order_by("pk"):
        state = _("besvart") if call.answered_at else _("venter")
        rows.append(
            (_("«Ring meg»"), f"{day(call.wished_on)} {call.get_wished_time_display()}, {state}".strip())
        )
    for sign_up in SignUp.objects.filter(user=user).select_related("gathering").order_by("made_at", "pk"):
        words = f"{day(sign_up.gathering.starts_at)}, {sign_up.get_state_display()}"
        if sign_up.was_there is not None:
            words += f", {_('var der') if sign_up.was_there else _('var ikke der')}"
        rows.append((sign_up.gathering.title, words))
    return Section("agreements", _("Avtaler og samlinger"), rows, _("Ingen avtaler."))


def _messages(user: User) -> list[Section]:
    """What has gone, the newest first, and what is to go, the soonest first."""
    rows = list(Message.objects.filter(user=user).order_by("due_at", "pk"))
    names = about(rows)
    went = [(names[row.pk], _sent(row)) for row in reversed(rows) if row.state in WENT]
    coming = [
        (names[row.pk], _("skal sendes %(at)s") % {"at": moment(row.due_at)})
        for row in rows
        if row.state not in WENT
    ]
    note = _("Vi lagrer om beskjeden gikk, ikke hva som sto i den.")
    return [
        Section("messages", _("Beskjeder til deg"), went, _("Ingen beskjeder."), note),
        Section("coming", _("Beskjeder som skal sendes"), coming, _("Ingen beskjeder venter.")),
    ]


def _sent(row: Message) -> str:
    if row.state != Message.State.SENT:
        return _("ikke sendt: %(why)s") % {"why": why_words(row)}
    way = _("på SMS") if row.channel == "sms" else _("på e-post")
    return _("sendt %(at)s %(way)s") % {"at": moment(row.sent_at), "way": way}


def _notes(adult: Adult) -> Section:
    count = Note.objects.filter(adult=adult).count()
    rows = [(_("Private notater"), str(count))] if count else []
    note = _(
        "Notatene er låst med din egen nøkkel. Her står bare at de finnes. De er med i det du laster ned."
    )
    return Section("notes", _("Notatene dine"), rows, _("Du har ingen notater."), note)


def _work(user: User) -> Section:
    roles = Role.objects.filter(user=user).select_related("municipality").order_by("starts_on", "pk")
    rows = [
        (
            str(role.get_kind_display()),
            f"{role.municipality or _('hele regionen')}, {_period(role.starts_on, role.ends_on)}",
        )
        for role in roles
    ]
    duties = Assignment.objects.filter(user=user).select_related("group").order_by("starts_on", "pk")
    rows += [
        (str(row.get_duty_display()), f"{row.group}, {_period(row.starts_on, row.ends_on)}") for row in duties
    ]
    return Section("work", _("Rollen din i kurset"), rows, _("Du har ingen rolle i å drive kurset."))


def _period(first: date, last: date | None) -> str:
    words = _("fra %(day)s") % {"day": day(first)}
    return f"{words} {_('til %(day)s') % {'day': day(last)}}" if last else words


def _seen_by(user: User) -> Section:
    events = (
        AuditEvent.objects.visible_to(user)
        .select_related("actor")
        .prefetch_related("actor__roles__municipality")
    )
    rows = [(day(row.on), _by(row, user)) for row in events]
    note = _(
        "Listene kontaktpersonen ser på skjermen til hver kveld, er ikke med. Det som er gjort, står i to år."
    )
    empty = _("Ingen har åpnet siden om deg, skrevet ut en liste du står på eller endret noe.")
    return Section("seen", _("Hvem som har sett det"), rows, empty, note)


def _by(row: AuditEvent, user: User) -> str:
    if row.actor_id == user.pk:
        return _("Du %(did)s") % {"did": row.get_action_display()}
    if row.action == AuditEvent.Action.SIGNED:  # a command does it, which knows nobody's name
        return _("Den som driver tjenesten, %(did)s") % {"did": row.get_action_display()}
    if row.actor is None:
        return f"{_name_of(None).capitalize()} {row.get_action_display()}"
    roles = dict.fromkeys(str(role.get_kind_display()) for role in row.actor.roles.all())
    who = f"{row.actor.first_name} ({', '.join(roles)})" if roles else row.actor.first_name
    return f"{who} {row.get_action_display()}"


def as_data(sections: Iterable[Section]) -> list[dict[str, Any]]:
    """For the file a machine reads."""
    return [
        {
            "key": one.key,
            "title": one.title,
            "rows": [{"what": what, "value": value} for what, value in one.rows],
        }
        for one in sections
    ]
