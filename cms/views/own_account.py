"""«Konto» in the Wagtail admin, with what we know of a person and no more: a first name, and the look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wagtail.admin.forms.account import NameEmailForm
from wagtail.admin.views.account import AccountView, AvatarSettingsPanel, NameEmailSettingsPanel

if TYPE_CHECKING:
    from django.http import HttpRequest
    from wagtail.admin.views.account import BaseSettingsPanel


class FirstNameForm(NameEmailForm):
    last_name = None  # nobody has one here

    class Meta(NameEmailForm.Meta):
        fields = ["first_name"]


class FirstNamePanel(NameEmailSettingsPanel):
    form_class = FirstNameForm


class OwnAccountView(AccountView):
    """Wagtail's page in front of Wagtail's own route: no last name, and no picture of anybody."""

    def get_panels(self) -> list[BaseSettingsPanel]:
        return [
            self._ours(panel) for panel in super().get_panels() if not isinstance(panel, AvatarSettingsPanel)
        ]

    def _ours(self, panel: BaseSettingsPanel) -> BaseSettingsPanel:
        if type(panel) is NameEmailSettingsPanel:
            request: HttpRequest = self.request
            return FirstNamePanel(request, panel.user, panel.profile)
        return panel
