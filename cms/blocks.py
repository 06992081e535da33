"""The small set of blocks a part is made of. Each is rendered once, when an edition is published.

Reflection, home task and local fact are slots: the view fills them for the reader (cms/rendering.py).
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.checks import https_only
from cms.file_blocks import DownloadBlock, PictureBlock, RecordingBlock

TEXT_FEATURES = ["h2", "h3", "bold", "italic", "ul", "ol", "link"]
SHORT_FEATURES = ["bold", "italic", "ul", "ol", "link"]


def prose(label: str = _("Tekst"), **options: Any) -> blocks.RichTextBlock:
    """Running text inside another block: no headings of its own."""
    return blocks.RichTextBlock(features=SHORT_FEATURES, label=label, **options)


class QuoteBlock(blocks.StructBlock):
    text = prose(_("Sitat"))
    by = blocks.CharBlock(
        label=_("Hvem"), max_length=120, help_text=_("Oppdiktede stemmer sier at de er oppdiktet.")
    )

    class Meta:
        icon = "openquote"
        label = _("Sitat")
        template = "blocks/quote.html"


class FoldBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Overskrift"), max_length=120)
    text = prose()

    class Meta:
        icon = "collapse-down"
        label = _("Fold ut")
        template = "blocks/fold.html"


class StoryBlock(blocks.StructBlock):
    who = blocks.CharBlock(
        label=_("Hvem"), max_length=120, help_text=_("En av de faste, oppdiktede familiene.")
    )
    text = prose(_("Det som skjer"))

    class Meta:
        icon = "group"
        label = _("Fortelling")
        template = "blocks/story.html"


class ExerciseBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Navn på øvelsen"), max_length=120)
    minutes = blocks.IntegerBlock(label=_("Minutter"), min_value=1, max_value=60)
    text = prose(_("Slik gjør dere"))

    class Meta:
        icon = "pick"
        label = _("Øvelse")
        template = "blocks/exercise.html"


class HomeTaskBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Navn på oppgaven"), max_length=120)
    text = prose(_("Slik gjør dere"))

    class Meta:
        icon = "home"
        label = _("Hjemmeoppgave")
        template = "blocks/home_task.html"
        help_text = _("Familien merker «Prøvd» med ett trykk.")


class ReflectionBlock(blocks.StructBlock):
    text = prose(
        _("Spørsmål"),
        help_text=_("Under spørsmålet får hver voksen et privat notatfelt. Ingen andre kan lese det."),
    )

    class Meta:
        icon = "edit"
        label = _("Refleksjon")
        template = "blocks/reflection.html"


class OptionBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("Svar"), max_length=200)
    helpful = blocks.BooleanBlock(label=_("Dette hjelper ofte"), required=False)
    answer = blocks.CharBlock(
        label=_("Det vi sier da"), max_length=400, help_text=_("Støttende, også når svaret er et annet.")
    )

    class Meta:
        label = _("Svar")


class CheckBlock(blocks.StructBlock):
    """A question without failing: every option has a supportive answer."""

    question = blocks.CharBlock(label=_("Spørsmål"), max_length=250)
    options = blocks.ListBlock(OptionBlock(), label=_("Svar"), min_num=2, max_num=5)

    class Meta:
        icon = "help"
        label = _("Sjekk (ingen stryk)")
        template = "blocks/check.html"


class SituationBlock(blocks.StructBlock):
    title = blocks.CharBlock(
        label=_("Situasjon"), max_length=120, help_text=_("Begynner med «Akkurat nå: …».")
    )
    text = prose(_("Det neste kvarteret"))

    class Meta:
        icon = "warning"
        label = _("Akkurat nå")
        template = "blocks/situation.html"


class SourceBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Teori eller kilde"), max_length=150)
    url = blocks.URLBlock(validators=[https_only], label=_("Les mer"), required=False)
    text = prose(_("Hva vi bygger på"))

    class Meta:
        icon = "info-circle"
        label = _("Kilde")
        template = "blocks/source.html"


class LawFactBlock(blocks.StructBlock):
    """A statement that follows the law, with its source and the date it must be looked at again."""

    text = prose(_("Det som gjelder"))
    source = blocks.CharBlock(label=_("Kilde"), max_length=150)
    url = blocks.URLBlock(validators=[https_only], label=_("Adresse til kilden"))
    review_on = blocks.DateBlock(label=_("Se over innen"))

    class Meta:
        icon = "calendar-check"
        label = _("Lov og rett")
        template = "blocks/fact.html"


class LinkBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Tittel"), max_length=150)
    url = blocks.URLBlock(validators=[https_only], label=_("Adresse"))
    text = prose(_("Hva en finner der"), required=False)

    class Meta:
        icon = "link-external"
        label = _("Lenke videre")
        template = "blocks/link.html"


class LocalBlock(blocks.StructBlock):
    """A place for what differs between municipalities; the text stands where nothing local is known."""

    fact = blocks.ChoiceBlock(
        label=_("Lokal opplysning"),
        choices=[
            ("barnevernvakt", _("barnevernvakt")),
            ("kontaktperson", _("kontaktperson")),
            ("vakttelefon", _("vakttelefon")),
        ],
    )
    title = blocks.CharBlock(label=_("Overskrift"), max_length=120)
    text = prose(_("Står når opplysningen mangler"))

    class Meta:
        icon = "site"
        label = _("Lokal opplysning")


class PartBody(blocks.StreamBlock):
    """What a part may hold, in any order."""

    text = blocks.RichTextBlock(
        features=TEXT_FEATURES, label=_("Tekst"), icon="pilcrow", template="blocks/text.html"
    )
    story = StoryBlock()
    exercise = ExerciseBlock()
    home_task = HomeTaskBlock()
    reflection = ReflectionBlock()
    check = CheckBlock()
    situation = SituationBlock()
    fold = FoldBlock()
    quote = QuoteBlock()
    picture = PictureBlock()
    recording = RecordingBlock()
    fact = LawFactBlock()
    source = SourceBlock()
    link = LinkBlock()
    download = DownloadBlock()
    local = LocalBlock()


class InfoBody(blocks.StreamBlock):
    """What a public information page may hold."""

    text = blocks.RichTextBlock(
        features=TEXT_FEATURES, label=_("Tekst"), icon="pilcrow", template="blocks/text.html"
    )
    fold = FoldBlock()
    fact = LawFactBlock()
    link = LinkBlock()
    download = DownloadBlock()
    local = LocalBlock()
