"""The form a questionnaire is written in: both languages beside each other, and what is still wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, Panel

from evaluation.instruments import rows
from evaluation.instruments.faults import warnings
from evaluation.instruments.freezing import all_faults
from evaluation.models import Instrument

if TYPE_CHECKING:
    from evaluation.instruments.drafts import Draft
    from evaluation.instruments.places import Fault
    from evaluation.models import InstrumentVersion


class InstrumentForm(WagtailAdminModelForm):
    """A version with the code of its instrument; its wording may wait, as in a frame filled by import."""

    short_name = forms.SlugField(
        label=_("Kortnavn"),
        max_length=50,
        help_text=_("Små bokstaver og bindestrek, for eksempel trygg-i-oppdraget. Kan ikke endres siden."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.instrument_id:
            self.fields["short_name"].initial = self.instance.instrument.key
            self.fields["short_name"].disabled = True
        for form in self.formsets["items"].forms:
            form.fields["text_nb"].required = False
        for answers in (form.formsets["choices"] for form in self.formsets["choice_lists"].forms):
            for form in answers.forms:
                form.fields["label_nb"].required = False

    def clean_short_name(self) -> str:
        key = str(self.cleaned_data["short_name"])
        taken = Instrument.objects.filter(key=key, versions__isnull=False)  # else its drafts are deleted
        if not self.instance.instrument_id and taken.exists():
            raise forms.ValidationError(_t("Dette skjemaet finnes fra før. Åpne det, og lag ny versjon."))
        return key

    def save(self, commit: bool = True) -> InstrumentVersion:
        if not self.instance.instrument_id:
            key = self.cleaned_data["short_name"]
            self.instance.instrument = (
                Instrument.objects.get_or_create(key=key)[0] if commit else Instrument(key=key)
            )
        return super().save(commit)


# --- what keeps it from being opened
def anchored(draft: Draft, faults: list[Fault]) -> list[tuple[str, Fault]]:
    """Each fault with the id of the form's piece where it is put right; "" for the form as a whole."""
    definition = draft.definition
    kinds: dict[str, tuple[str, list[str]]] = {
        "section": ("sections", [section.key for section in definition.sections]),
        "item": ("items", [item.key for item in definition.items]),
        "list": ("choice_lists", list(draft.lists)),
        "scale": ("scales", [scale.key for scale in definition.scales]),
    }
    found = []
    for fault in faults:
        name, keys = kinds.get(fault.where.kind, ("", []))
        known = fault.where.key in keys
        found.append((f"inline_child_{name}-{keys.index(fault.where.key)}" if known else "", fault))
    return found


class FaultsPanel(Panel):
    """Lists every fault of what is stored, each with a way to where it stands."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "cms/admin/instrument_faults.html"

        def is_shown(self) -> bool:
            return bool(self.instance.pk)

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            draft = rows.read(self.instance)
            return super().get_context_data(parent_context) | {
                "faults": anchored(draft, all_faults(self.instance, draft)),
                "warnings": warnings(draft.definition),
            }


# --- panels
SHORT = forms.Textarea(attrs={"rows": 2})

CHOICE_PANELS = [
    FieldRowPanel(
        [
            FieldPanel("code"),
            FieldPanel("label_nb", heading=_("Bokmål")),
            FieldPanel("label_nn", heading=_("Nynorsk")),
        ]
    )
]
ITEM_PANELS = [
    FieldRowPanel(
        [
            FieldPanel("key"),
            FieldPanel("section"),
            FieldPanel("kind"),
        ]
    ),
    FieldRowPanel([FieldPanel("text_nb", widget=SHORT), FieldPanel("text_nn", widget=SHORT)]),
    FieldRowPanel([FieldPanel("help_nb", widget=SHORT), FieldPanel("help_nn", widget=SHORT)]),
    FieldRowPanel(
        [
            FieldPanel("choice_list", help_text=_("For grad av enighet, ett av flere og flere svar.")),
            FieldPanel("not_yet"),
        ]
    ),
    FieldRowPanel(
        [
            FieldPanel("low", help_text=_("Bare for tall.")),
            FieldPanel("high", help_text=_("Bare for tall.")),
        ]
    ),
    FieldRowPanel([FieldPanel("low_end_nb"), FieldPanel("low_end_nn")]),
    FieldRowPanel([FieldPanel("high_end_nb"), FieldPanel("high_end_nn")]),
    FieldRowPanel([FieldPanel("show_if_item"), FieldPanel("show_if_codes")]),
]
SCALE_PANELS = [
    FieldRowPanel([FieldPanel("key"), FieldPanel("title_nb"), FieldPanel("title_nn")]),
    FieldPanel("items", widget=SHORT),
    FieldRowPanel([FieldPanel("method"), FieldPanel("min_answered"), FieldPanel("better")]),
    FieldRowPanel(
        [
            FieldPanel("low"),
            FieldPanel("high"),
            FieldPanel("multiply", help_text=_("1 når skåren ikke skal ganges.")),
        ]
    ),
    FieldPanel("cut_offs", help_text=_("Bare når kilden har dem. Tall med mellomrom mellom.")),
    FieldPanel("source", widget=SHORT),
]
PANELS = [
    FaultsPanel(heading=_("Klart til å sendes ut?")),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("short_name"), FieldPanel("minutes")]),
            FieldRowPanel([FieldPanel("title_nb"), FieldPanel("title_nn")]),
            FieldRowPanel([FieldPanel("intro_nb", widget=SHORT), FieldPanel("intro_nn", widget=SHORT)]),
        ],
        heading=_("Skjemaet"),
    ),
    MultiFieldPanel(
        [
            FieldPanel("licence", widget=SHORT, help_text=_("Hva som gir lov til å bruke skjemaet.")),
            FieldPanel("source", widget=SHORT),
            FieldPanel("translated_by", help_text=_("Skriv «ikke oversatt» når det er skrevet på norsk.")),
        ],
        heading=_("Lisens og kilde"),
    ),
    InlinePanel(
        "choice_lists",
        [FieldPanel("key"), InlinePanel("choices", CHOICE_PANELS, label=_("svar"), heading=_("Svar"))],
        heading=_("Svarlister"),
        label=_("svarliste"),
        help_text=_(
            "En liste kan brukes av flere spørsmål. Koden er tallet som lagres: den skifter aldri betydning."
        ),
    ),
    InlinePanel(
        "sections",
        [
            FieldPanel("key"),
            FieldRowPanel([FieldPanel("title_nb"), FieldPanel("title_nn")]),
            FieldRowPanel([FieldPanel("text_nb", widget=SHORT), FieldPanel("text_nn", widget=SHORT)]),
        ],
        heading=_("Overskrifter"),
        label=_("overskrift"),
    ),
    InlinePanel(
        "items",
        ITEM_PANELS,
        heading=_("Spørsmål"),
        label=_("spørsmål"),
        help_text=_("Koden, for eksempel t01, følger spørsmålet i alle versjoner."),
    ),
    InlinePanel("scales", SCALE_PANELS, heading=_("Skalaer"), label=_("skala")),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("low_help_scale"), FieldPanel("low_help_below")]),
            FieldRowPanel([FieldPanel("low_help_nb", widget=SHORT), FieldPanel("low_help_nn", widget=SHORT)]),
        ],
        heading=_("Hjelp ved lav skår"),
        help_text=_("Vises bare på skjermen til den som svarer. Ingenting sendes eller lagres."),
        classname="collapsed",
    ),
]
