"""Questionnaires in the Wagtail admin: the project leader writes, editors read, and what was sent stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import ProtectedError
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import ObjectList
from wagtail.admin.ui.side_panels import PreviewSidePanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.preview import PreviewOnEdit
from wagtail.admin.widgets import Button, HeaderButton
from wagtail.models import PreviewableMixin
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import (
    CreateView,
    DeleteView,
    EditView,
    IndexView,
    InspectView,
    PreviewOnCreateView,
    PreviewOnEditView,
    SnippetViewSet,
)
from wagtail.utils.decorators import xframe_options_sameorigin_override

from cms.access_matrix import ROUTES
from cms.instrument_panels import PANELS, InstrumentForm
from cms.views import instruments
from courses.access import has_role
from evaluation.instruments import rows
from evaluation.instruments.frozen import Questionnaire
from evaluation.models import FrozenError, InstrumentVersion, Wave
from evaluation.views.questions import fields_of

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern
    from wagtail.admin.ui.components import MediaContainer

    from courses.models import User


class ByRole(ModelPermissionPolicy):
    """The project leader writes, editors look: by role, and not by rights that could be given away."""

    def user_has_permission(self, user: User, action: str) -> bool:
        route = "egs_instrument_file" if action in ("view", "choose") else "egs_new_instrument_version"
        return has_role(user, *(ROUTES[route].roles or ()))


class Previewed(PreviewableMixin):
    """A version as Wagtail's preview asks for it: the questions as families get them without script."""

    preview_modes = [("nb", _("Bokmål")), ("nn", _("Nynorsk"))]

    def __init__(self, version: InstrumentVersion, back: str = "") -> None:
        self.version, self.back = version, back

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        language = mode_name if mode_name in ("nb", "nn") else str(get_language())
        definition = rows.read(self.version).definition
        asked = Questionnaire(self.version, definition)
        return render(
            request,
            "cms/admin/instrument_preview.html",
            {
                "title": definition.title.in_language(language),
                "language": language,
                "back": self.back,
                "questions": fields_of([asked], language, values={"": []}),  # of a draft, never kept
            },
        )


def phone(request: HttpRequest, pk: int) -> HttpResponse:
    """What is stored of a version as on a phone, also for those who only read. ``mode``: «nb» or «nn»."""
    version = get_object_or_404(InstrumentVersion.objects.select_related("instrument"), pk=pk)
    back = reverse(InstrumentVersion.snippet_viewset.get_url_name("inspect"), args=[pk])
    return Previewed(version, back).serve_preview(request, request.GET.get("mode", ""))


class _WithPhone:
    """A preview panel, though the model knows no Wagtail."""

    def get_side_panels(self) -> MediaContainer:
        panels = super().get_side_panels()  # type: ignore[misc]
        view: Any = self
        args = [view.object.pk] if view.view_name == "edit" else []
        address = reverse(view.preview_url_name, args=args)
        panels.append(PreviewSidePanel(Previewed(view.form.instance), view.request, preview_url=address))
        return panels


class _PreviewWithoutMixin:
    """Shows what stands in the form now, saved or not."""

    object: InstrumentVersion

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Past Wagtail's own question whether the model knows previews."""
        return super(PreviewOnEdit, self).dispatch(request, *args, **kwargs)  # type: ignore[misc]

    @method_decorator(xframe_options_sameorigin_override)
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        view: Any = self
        state = view._get_form_state()
        if state is not None:  # else what is stored
            form = view.get_form(view._get_form_data(state))
            if not view.validate_form(form):
                return view.error_response()
            form.save(commit=False)
        return Previewed(self.object).make_preview_request(
            request, request.GET.get("mode", "nb"), view.get_extra_request_attrs()
        )


class _KeepsWhatWasSent:
    """Whoever comes to change a frozen version is told to make a new one."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        version: InstrumentVersion = self.object  # type: ignore[attr-defined]
        if version.frozen_at is not None:
            return self.refused(request, version)
        try:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        except FrozenError:  # sent while it was being written
            return self.refused(request, version)

    def refused(self, request: HttpRequest, version: InstrumentVersion) -> HttpResponse:
        if getattr(self, "expects_json_response", False):
            body = {"success": False, "errorCode": "frozen", "errorMessage": str(FrozenError())}
            return JsonResponse(body, status=400)
        messages.error(request, str(FrozenError()))
        return redirect(InstrumentVersion.snippet_viewset.get_url_name("inspect"), version.pk)


class VersionIndex(IndexView):
    @cached_property
    def header_buttons(self) -> list[Button]:
        buttons = list(super().header_buttons)
        if self.user_has_permission("add"):
            address = reverse("egs_import_instrument")
            buttons.append(HeaderButton(_("Ta inn fra fil"), url=address, icon_name="upload"))
        return buttons

    def get_edit_url(self, instance: InstrumentVersion) -> str | None:
        return None if instance.frozen_at else super().get_edit_url(instance)

    def get_delete_url(self, instance: InstrumentVersion) -> str | None:
        return None if instance.frozen_at else super().get_delete_url(instance)


class AddVersion(_WithPhone, CreateView):
    def get_success_url(self) -> str:
        """Where what is still missing is listed."""
        return str(self.get_edit_url())


class EditVersion(_WithPhone, _KeepsWhatWasSent, EditView):
    def get_success_url(self) -> str:
        return str(self.get_edit_url())


class DeleteVersion(_KeepsWhatWasSent, DeleteView):
    """A draft that a wave asks is kept, and it is said which wave."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._kept(request) or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().post(request, *args, **kwargs)
        except ProtectedError:
            return self._kept(request) or self.get(request, *args, **kwargs)

    def _kept(self, request: HttpRequest) -> HttpResponse | None:
        waves = Wave.objects.filter(instruments__version=self.object).select_related("study")
        asking = ", ".join(
            f"{wave.study} («{wave.name_in(str(get_language()))}»)" for wave in waves.order_by("study", "pk")
        )
        if not asking:
            return None
        said = _t("Skjemaet brukes, og kan ikke slettes. Ta det ut av målingen først: %s.")
        messages.error(request, said % asking)
        return redirect(InstrumentVersion.snippet_viewset.get_url_name("inspect"), self.object.pk)


class SeeVersion(InspectView):
    """A version to read: what it asks, what is wrong with it, what has become of each item since the last."""

    template_name = "cms/admin/instrument.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | instruments.seen(self.object, self.request.user)

    def get_edit_url(self) -> str | None:
        return None if self.object.frozen_at else super().get_edit_url()

    def get_delete_url(self) -> str | None:
        return None if self.object.frozen_at else super().get_delete_url()


class PreviewEdited(_PreviewWithoutMixin, PreviewOnEditView):
    pass


class PreviewAdded(_PreviewWithoutMixin, PreviewOnCreateView):
    pass


def state(version: InstrumentVersion) -> str:
    """As the list says it."""
    if version.frozen_at is None:
        return _t("Utkast")
    return _t("Sendt ut %(day)s") % {"day": date_format(version.frozen_at, "j. F Y")}


class InstrumentViewSet(SnippetViewSet):
    model = InstrumentVersion
    icon = "form"
    menu_label = _("Skjemaer")
    menu_order = 210
    add_to_admin_menu = True
    inspect_view_enabled = True
    copy_view_enabled = False  # a new version is made with the ids of the old one, and only so
    list_display = [
        "title_nb",
        Column("short_name", label=_("Kortnavn"), accessor="instrument.key"),
        Column("number", label=_("Versjon")),
        Column("state", label=_("Tilstand"), accessor=state),
    ]
    ordering = ["instrument__key", "-number"]
    edit_handler = ObjectList(PANELS, base_form_class=InstrumentForm)
    index_view_class = VersionIndex
    add_view_class = AddVersion
    edit_view_class = EditVersion
    delete_view_class = DeleteVersion
    inspect_view_class = SeeVersion
    inspect_template_name = "cms/admin/instrument.html"
    preview_on_add_view_class = PreviewAdded
    preview_on_edit_view_class = PreviewEdited

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.preview_enabled = True  # by ``Previewed``: the model knows no Wagtail

    @property
    def permission_policy(self) -> ByRole:
        return ByRole(self.model)

    def get_add_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_add_view_kwargs(**kwargs) | {"preview_enabled": False}

    def get_edit_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_edit_view_kwargs(**kwargs) | {"preview_enabled": False}

    def get_queryset(self, request: HttpRequest) -> QuerySet[InstrumentVersion]:
        return InstrumentVersion.objects.select_related("instrument")


register_snippet(InstrumentViewSet)


@hooks.register("register_admin_urls")
def instrument_urls() -> list[URLPattern]:
    return [
        path("skjemaer/ta-inn/", instruments.take_in, name="egs_import_instrument"),
        path("skjemaer/<int:pk>/ny-versjon/", instruments.next_version, name="egs_new_instrument_version"),
        path("skjemaer/<int:pk>/telefon/", phone, name="egs_instrument_phone"),
        path("skjemaer/<int:pk>/skjema.<str:kind>", instruments.download, name="egs_instrument_file"),
    ]
