"""Forms on paper: who may be given one, what is on it, and who may put it in.

The paper carries a drawn code and no name. Code and person lie sealed together until closing, and no row
knows the code before it is put in (``answers/paper_codes.py``).
Whoever hands it out does not learn whether she has answered, and whoever puts it in comes from elsewhere.
Nobody does both: the code on a printed sheet would tell whose answers are keyed.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from courses.access import active_roles
from courses.coaching import groups_led_by
from courses.models import Adult, Family, Municipality
from courses.outbox import whom
from evaluation.audiences import audience_of
from evaluation.models import Audience, IdentityMode, KeyedSheet, Occasion
from evaluation.study_words import at_evening

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from courses.models import Group, User
    from evaluation.models.studies import OccasionQuerySet

KEYERS = ("project-leader", "contact-person")
UNCOUNTED = Q(state__in=[Occasion.State.PLANNED, Occasion.State.OPEN, Occasion.State.CLOSED])
ON_PAPER = Q(identity=IdentityMode.ANONYMOUS) | Q(identity=IdentityMode.LINKED, wave__audience=Audience.ADULT)


class OnPaper(NamedTuple):
    """Somebody who may be given a form, by the name a contact person sees."""

    adult: int
    name: str
    has_begun: bool


class PaperSheet(NamedTuple):
    """A form on paper by its code, and whether it has been put in. Whose it is nobody knows here.
    ``is_old``: from before a restore, which may have lost whose it is."""

    occasion: Occasion
    code: str
    is_keyed: bool
    is_old: bool


def open_on_paper() -> OccasionQuerySet:
    """Forms for families that are open and not anonymous: those a paper can stand in for."""
    rows = Occasion.objects.filter(
        state=Occasion.State.OPEN,
        identity=IdentityMode.LINKED,
        wave__audience=Audience.ADULT,
        closes_at__gt=timezone.now(),
        group__isnull=False,
    )
    return rows.select_related("wave__study", "group")


def paper_occasions(user: User, group: Group, evening_id: int | None = None) -> list[tuple[str, str]]:
    """What she can print in a group she leads, and where: the form of that evening alone, or, of no evening,
    those that are open and the next evening's. Four queries at most.
    """
    if is_from_elsewhere(user, group):
        return []
    language = get_language()
    evenings = of_evenings_on_paper().filter(group=group.pk).order_by("closes_at", "pk")
    if evening_id is None:
        linked = open_on_paper().filter(group=group.pk).order_by("closes_at", "pk")
        rows = [*linked, *evenings[:1]]
    else:
        rows = list(evenings.filter(evening=evening_id)[:1])
    return [(name_of(row, language), reverse("answers:paper", args=[row.pk])) for row in rows]


def of_evenings_on_paper() -> OccasionQuerySet:
    """Anonymous forms of evenings that stand: also before they open, for sheets are printed beforehand."""
    rows = Occasion.objects.filter(
        state__in=[Occasion.State.PLANNED, Occasion.State.OPEN],
        identity=IdentityMode.ANONYMOUS,
        closes_at__gt=timezone.now(),
        evening__isnull=False,
        evening__cancelled_at=None,
        wave__instruments__isnull=False,
    ).distinct()
    rows = rows.exclude(wave__instruments__version__frozen_at=None)  # its questions may still change
    return rows.select_related("wave__study", "group", "evening__module")


def name_of(occasion: Occasion, language: str) -> str:
    """«Etter hver kveld, kveld 3», or the wave's name alone."""
    number = occasion.evening.module.number if occasion.evening else None
    return at_evening(occasion.wave.name_in(language), number)


def led_occasion(user: User, occasion_id: int) -> Occasion | None:
    """One that she may print: of a group she leads, and that is not hers to key. Four queries at most, and
    her roles."""
    led = groups_led_by(user).values("pk")
    kinds = (open_on_paper(), of_evenings_on_paper())
    found = next((row for rows in kinds for row in rows.filter(pk=occasion_id, group__in=led)), None)
    return None if found is None or may_key(user, found) else found


def people_of(occasion: Occasion) -> list[OnPaper]:
    """Everybody who takes part in the group, asked or not, answered or not: one list that says neither."""
    rows = _taking_part(occasion).select_related("user", "family").order_by("family", "seat")
    waiting = not_begun(occasion)
    return [OnPaper(adult.pk, adult.shown_name, adult.pk not in waiting) for adult in rows]


def not_begun(occasion: Occasion) -> set[int]:
    """The adults who take part and are asked when they have begun: theirs would be a sheet that is not
    counted. Whoever leads the group knows it of them by their marks. In research it would tell who has
    agreed as well, so nobody is named there. One query at most."""
    if occasion.wave.study.is_research:
        return set()
    return set(_taking_part(occasion).exclude(user__in=audience_of(occasion)).values_list("pk", flat=True))


def person_of(occasion: Occasion, adult_id: str) -> Adult | None:
    if not adult_id.isascii() or not adult_id.isdigit() or len(adult_id) > 18:
        return None
    return _taking_part(occasion).select_related("user").filter(pk=int(adult_id)).first()


def _taking_part(occasion: Occasion) -> QuerySet[Adult]:
    taking = whom.adults_in(occasion.group_id or 0).values("adult")
    return Adult.objects.filter(pk__in=taking)


def code_for(person: Adult, occasion: Occasion) -> str:
    """A code for her sheet. Raises FormClosedError.

    Where she has answered, said no or is not asked the code is nobody's, and nothing shows that it is.
    """
    from evaluation.answers import sealing

    try:
        return sealing.make_envelope(user=person.user, occasion_id=occasion.pk)
    except sealing.NotInvitedError:
        return sealing.make_blank_envelope(occasion_id=occasion.pk)


def code_for_anybody(occasion: Occasion) -> str:
    """A code for an evening's sheet: it says that the sheet is ours, and lets it be put in once."""
    from evaluation.answers import paper_codes

    return paper_codes.draw(occasion)


# --- putting in
def sheet_to_key(user: User, code: str) -> PaperSheet | None:
    """The sheet with the code, if it is hers to put in. None for one that is not ours, and for one that
    somebody from elsewhere must put in: nobody learns by a code which it was. At most three queries, and
    those of her roles."""
    from evaluation.answers import paper_codes

    if not paper_codes.is_whole(code):
        return None
    rows = Occasion.objects.filter(UNCOUNTED, ON_PAPER).order_by("-opens_at")
    places = list(rows.only("identity", "nonce", "series", "series_before"))
    own = (place for place in places if paper_codes.is_of(code, place))
    old = (place for place in places if paper_codes.is_from_before(code, place))
    place = next(chain(own, old), None)
    whole = Occasion.objects.select_related("wave__study", "group", "evening__module")
    occasion = whole.filter(pk=place.pk).first() if place else None
    if occasion is None or not may_key(user, occasion):
        return None
    is_keyed = KeyedSheet.objects.filter(occasion=occasion, code=code).exists()
    return PaperSheet(occasion, code, is_keyed, not paper_codes.is_of(code, occasion))


def may_key(user: User, occasion: Occasion) -> bool:
    """Whether she comes from elsewhere. A contact person must be of the study's region."""
    if occasion.group is None or not is_from_elsewhere(user, occasion.group):
        return False
    places, region = _places(user), occasion.wave.study.region_id
    return None in places or Municipality.objects.filter(pk__in=places - {None}, region=region).exists()


def is_from_elsewhere(user: User, group: Group) -> bool:
    """Whether she keys, and has no role in any of the group's municipalities or of those of the families who
    are or were in it, whichever family it is about, and no part in the group. So is the project leader of the
    whole region, who leads every group: hers are the sheets to key, and not to print."""
    if not {role.kind for role in active_roles(user)} & set(KEYERS):
        return False
    families = Family.objects.filter(adults__enrolments__group=group.pk).order_by()
    homes = families.values_list("municipality", flat=True)
    near = set(group.municipalities.order_by().values_list("pk", flat=True).union(homes))
    return not _places(user) & near and not _is_in(user, group.pk)


def _places(user: User) -> set[int | None]:
    """None: the whole region."""
    return {role.municipality_id for role in active_roles(user)}


def _is_in(user: User, group_id: int) -> bool:
    leads = user.assignments.filter(group=group_id).exists()
    return leads or Adult.objects.filter(user=user.pk, enrolments__group=group_id).exists()


def tidy(code: str) -> str:
    """As it is printed, however it was typed."""
    return "".join(sign for sign in code.upper() if sign.isalnum())[:20]


def spaced(code: str) -> str:
    """By four signs, to read and to type."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))
