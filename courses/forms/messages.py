"""How a person wants her messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from courses.models import User
from courses.outbox.letters import MAIL, SMS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class ChoicesForm(forms.ModelForm[User]):
    """The channel, among those she has an address for, and «færre»."""

    class Meta:
        model = User
        fields = ("channel", "fewer_messages")
        widgets = {"channel": forms.RadioSelect}
        labels = {"channel": _("Hvor vil du ha beskjedene?"), "fewer_messages": _("Færre beskjeder")}
        help_texts = {"fewer_messages": _("Da får du bare beskjed om endringer og skjemaer.")}
        error_messages = {
            "channel": {
                "invalid_choice": _("Velg en av måtene som står her."),
                "required": _("Velg hvor du vil ha beskjedene."),
            }
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = ways_to(self.instance)
        self.fields["channel"].choices = choices
        if self.instance.channel not in dict(choices):
            self.initial["channel"] = choices[0][0]


def ways_to(user: User) -> list[tuple[str, _StrPromise | str]]:
    """The channels that lead to a person, with her address so that she can see that it is right."""
    ways: list[tuple[str, _StrPromise | str]] = []
    if user.email:
        ways.append((MAIL, _("E-post: %(address)s") % {"address": user.email}))
    if user.mobile and settings.SMS_BACKEND:
        ways.append((SMS, _("SMS: %(address)s") % {"address": user.mobile}))
    return ways or [(MAIL, _("E-post"))]
