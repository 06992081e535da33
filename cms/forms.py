"""The form of the Wagtail admin that checks more than its fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm

from cms.checks import address_problem, problems_of
from courses.models import EditionPart, Module

if TYPE_CHECKING:
    from django.forms import Field

    from courses.models import Programme


class CheckedPageForm(WagtailAdminPageForm):
    """A draft may be half done; publishing says what is missing, in plain words, and keeps what was typed."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        slug = cleaned.get("slug")  # of a draft too: it may be there to stay
        if slug and not self.fields["slug"].disabled and (sentence := address_problem(slug)):
            self.add_error("slug", ValidationError(sentence))
        if not self.is_deferred_validation:
            sentences: dict[str | None, list[str]] = {}
            for field, problem in problems_of(self.instance, cleaned, self.formsets):
                sentences.setdefault(field if field in self.fields else None, []).append(problem)
            for place, found in sentences.items():  # Wagtail shows one error for each field
                self.add_error(place, ValidationError(" ".join(found)))
        return cleaned

    def _lock(self, name: str, sentence: str) -> None:
        """The field is shown and cannot be changed."""
        if name in self.fields:
            field: Field = self.fields[name]
            field.disabled, field.help_text = True, sentence


class PartPageForm(CheckedPageForm):
    """A part keeps its address once an edition has it: notes and «lest» hang on it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        module = getattr(self.parent_page.specific, "module_id", None) if self.parent_page else None
        if self.instance.pk and EditionPart.objects.filter(module=module, key=self.instance.slug).exists():
            self._lock("slug", _("Delen er med i en utgave. Notater og «lest» hører til denne adressen."))


class ModulePageForm(CheckedPageForm):
    """A new page makes its own module when none is chosen; page and module then belong together."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programme: Programme | None = getattr(
            self.parent_page and self.parent_page.specific, "programme", None
        )
        if self.instance.pk:
            self._lock("module", _("Siden og modulen hører sammen. Lag en ny side for en ny modul."))
            self._lock("slug", _("Det familiene har skrevet og lest, hører til denne adressen."))
        elif "module" in self.fields:
            self.fields["module"].queryset = Module.objects.filter(programme=self.programme)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.instance.pk or self.programme is None:
            return cleaned
        module, locale = cleaned.get("module"), self.parent_page.locale
        if module and type(self.instance).objects.filter(module=module, locale=locale).exists():
            self.add_error("module", ValidationError(_("Modulen har en side fra før.")))
        if module is None and locale.language_code != "nb":
            self.add_error("module", ValidationError(_("Velg modulen som denne siden oversetter.")))
        return cleaned

    def save(self, commit: bool = True) -> Any:
        """The module is made when the page is stored (``ModulePage.save``); a preview only sees it."""
        if self.instance.module_id is None and self.programme is not None:
            self.instance.module = self.programme.next_module(self.instance.slug)
        return super().save(commit)
