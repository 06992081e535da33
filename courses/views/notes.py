"""Private notes from their forms. What was typed is never lost: it is stored, or it stands in its field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from courses.notes import NoteChangedError, NotesClosedError, NoteTooLongError, write_note
from courses.typed import cleaned
from courses.views.reading import own_part, part_page, to_slot
from courses.views.slots import Refused

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

NO_MARK = "?"  # a form from before the marks: no version has this one


def save_note(request: HttpRequest, programme: str, module: str, part: str, block: str) -> HttpResponse:
    """Keeps a private note, or gives it back in its field with a sentence that says why not.

    Whoever comes by GET (the address of a refused note, opened again) is led to the part.
    """
    if request.method != "POST":
        return to_slot(programme, module, part, block)
    reader, words, current = own_part(request, programme, module, part)
    if block not in current.slots("reflection"):
        raise Http404
    text, shown = request.POST.get("text", ""), request.POST.get("mark", NO_MARK)
    try:
        write_note(
            adult=reader.adult,
            module=words.module,
            part_key=part,
            block=block,
            text=text,
            shown=shown,
        )
    except (NoteTooLongError, NotesClosedError, NoteChangedError) as error:
        refused = _refused(request, block, text, shown, error)
        return part_page(request, reader, programme, module, part, refused=refused)
    if shown not in ("", NO_MARK) and not cleaned(text):
        request.session["note_deleted"] = block  # said once, where the note stood
    return to_slot(programme, module, part, block)


def _refused(request: HttpRequest, block: str, text: str, shown: str, error: Exception) -> Refused:
    if isinstance(error, NoteTooLongError):
        return Refused(block, text, str(error), 422, shown)
    if isinstance(error, NotesClosedError):
        why = _(
            "Notatet kan ikke lagres akkurat nå. Teksten din står her fortsatt:"
            " ta vare på den, og prøv igjen senere. Det du har lagret før, er ikke slettet."
        )
        return Refused(block, text, why, 503, shown)
    if not isinstance(error, NoteChangedError):
        raise error
    if request.session.get("notes_shut"):  # what is stored waits behind a new login
        why = _(
            "Notatet er endret et annet sted siden du åpnet denne siden, og notatene dine er låst."
            " Ingenting er lagret nå, og teksten din står her fortsatt."
            " Lås opp notatene i et nytt vindu, og lagre så på nytt her."
        )
        return Refused(block, text, why, 409, shown)
    why = _(
        "Notatet er endret et annet sted siden du åpnet denne siden. Ingenting er lagret nå."
        " Under ser du det som er lagret, og i feltet står det du skrev."
        " Lagrer du på nytt, blir det som står i feltet stående."
    )
    return Refused(block, text, why, 409, error.mark, error.stored)


def unlock_notes(request: HttpRequest) -> HttpResponse:
    """After half an hour away the notes ask who it is. allauth checks where ``next`` leads."""
    target = urlencode({"next": request.POST.get("next", reverse("cms:min_side"))})
    return redirect(f"{reverse('account_reauthenticate')}?{target}")
