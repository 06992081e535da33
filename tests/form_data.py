"""A form in the demo for people of it, made by the rows themselves: for browser tests and benchmarks.

python -m tests.form_data FIRST_NAME,FIRST_NAME [ITEMS]      prints the occasion's id
python -m tests.form_data crowd N                           asks N new people; prints address and sessions
"""

from __future__ import annotations

import sys

import django

STATEMENTS = (
    "Jeg klarer å roe meg selv før jeg hjelper barnet.",
    "Jeg vet hva jeg kan gjøre når barnet skyver meg bort.",
    "Jeg tåler at barnet savner familien sin.",
    "Jeg vet hvem jeg kan ringe når det blir vanskelig.",
    "Jeg merker når jeg selv trenger en pause.",
    "Vi to voksne snakker sammen om det som er vanskelig.",
)


def make(names: list[str], items: int = 0) -> int:
    """Asks everybody with one of the first names; the id of the occasion. ``items`` 0: one of each kind."""
    from courses.models import Group, User
    from evaluation.instruments.definition import Condition, Item, LowHelp, Words
    from evaluation.models import Study
    from tests.study_factories import frozen_version, occasion, participation, statement, study, wave

    if items:
        asked = [statement(f"t{n}", text=Words(STATEMENTS[n % 6])) for n in range(items)]
    else:
        asked = [
            statement(f"t{n}", text=Words(words), not_yet=n < 2) for n, words in enumerate(STATEMENTS[:3])
        ]
        asked += [
            Item(
                "ti", "zero-to-ten", Words("Hvor trygg er du i oppdraget nå?"), "del",
                low_end=Words("ikke trygg"), high_end=Words("helt trygg"),
            ),
            statement("noen", text=Words("Det er noen jeg kan snakke med."), show_if=Condition("t1", (1, 2))),
            Item("aar", "number", Words("Hvor mange år har dere vært fosterhjem?"), "del", low=0, high=60),
            Item("ord", "text", Words("Er det noe du lurer på før kurset?"), "del"),
        ]  # fmt: skip
    users = list(User.objects.filter(first_name__in=names).order_by("pk"))
    group = Group.objects.filter(enrolments__adult__user__in=users).first() or Group.objects.first()
    assert group is not None
    help_text = LowHelp("trygg", 2, Words("Det kan være godt å snakke med noen. Ring kontaktpersonen din."))
    key = f"form-{Study.objects.count()}-{items}"  # another process may have made some before
    version = frozen_version(asked, key=key, low_help=help_text, minutes=3)
    place = group.municipalities.first()
    of = study(key=key, programme=group.edition.programme, **({"region": place.region} if place else {}))
    at = occasion(wave=wave(of, versions=[version], name_nb="Før kurset", name_nn="Før kurset"), group=group)
    for user in users:
        participation(at, user)
    return int(at.pk)


def crowd(number: int) -> list[str]:
    """Twelve questions to so many new people, each logged in: the address, and the key of each session."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from courses.models import User
    from evaluation.models import Occasion, Participation

    at = Occasion.objects.get(pk=make([], 12))
    sessions = import_module(settings.SESSION_ENGINE).SessionStore
    keys = []
    for place in range(number):
        user = User.objects.create(username=f"crowd-{place}", email=f"crowd-{place}@example.no")
        Participation.objects.create(occasion=at, user=user)
        session = sessions()
        session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session.save()
        keys.append(session.session_key)
    return [f"/skjema/{at.pk}/", *keys]


def main() -> None:
    django.setup()
    if sys.argv[1] == "crowd":
        print(*crowd(int(sys.argv[2])), sep="\n")
        return
    print(make(sys.argv[1].split(","), int(sys.argv[2]) if len(sys.argv) > 2 else 0))


if __name__ == "__main__":
    main()
