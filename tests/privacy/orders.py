"""Every way of putting a group's people in an order, for whoever has stolen the databases and the log."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from tests.privacy import stores
from tests.privacy.story import LOG

if TYPE_CHECKING:
    from tests.privacy.story import Story

# way → (occasion, user) → where she stands
Orders = dict[str, dict[tuple[int, int], Any]]


def files_and_nights(story: Story, files: dict[str, bytes]) -> dict[str, bytes]:
    """Names that mean the same in every repetition."""
    last = {f"last night's {name}": content for name, content in story.loot.nights[-1].items()}
    return last | {_plain(name): content for name, content in files.items()}


def of_people(story: Story, files: dict[str, bytes]) -> Orders:
    """(occasion, user) → where she stands, for every way of ordering the people of a group."""
    from evaluation.models import PairSalt

    orders: Orders = defaultdict(dict)
    salts = {salt.user_id: salt for salt in PairSalt.objects.filter(study=story.study)}
    places, rows = _rows_of_people(story, salts)
    logged_in, changed = _logins(), _nights(story)
    for at, user in story.everybody():
        key = (at.pk, user.pk)
        for name, row in rows.items():
            for place, value in places[name][row(at, user.pk)].items():
                orders[f"{name} {place}"][key] = value
        orders["user id"][key] = user.pk
        orders["user name"][key] = user.username
        orders["salt value"][key] = bytes(salts[user.pk].salt)
        orders["last login"][key] = logged_in.get(str(user.pk), 0)
        orders["night it changed"][key] = changed.get(key, 0)
    _of_salts(story, files, {salt.user_id: bytes(salt.salt) for salt in salts.values()}, orders)
    _of_the_log(story, orders)
    return orders


def _rows_of_people(story: Story, salts: dict[int, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """By table: places of all its rows by key, and which row is somebody's at an occasion."""
    from courses.models import Message
    from evaluation.models import PairSalt, Participation

    of_study = {"occasion__wave__study": story.study}
    places = {
        "participation": stores.places(Participation, of_study),
        "salt": stores.places(PairSalt, {"study": story.study}),
        "message": stores.places(Message, {}),
    }
    asked = {(p.occasion_id, p.user_id): p.pk for p in Participation.objects.filter(**of_study)}
    messages = {(m.thing, m.user_id): m.pk for m in Message.objects.all()}
    return places, {
        "participation": lambda at, user: asked[at.pk, user],
        "salt": lambda _at, user: salts[user].pk,
        "message": lambda at, user: messages[f"form:{at.pk}", user],
    }


def _nights(story: Story) -> dict[tuple[int, int], int]:
    """In which copy she had a salt for the first time: the night after she first answered."""
    from evaluation.models import PairSalt

    found = {}
    for salt in PairSalt.objects.filter(study=story.study):
        value = bytes(salt.salt)
        forms = (value, value.hex().encode())  # in a page, and in a dump
        seen = next((n for n, night in enumerate(story.loot.nights) if any_in(forms, night)), 0)
        for at in story.occasions.values():
            found[at.pk, salt.user_id] = seen
    return found


def _of_salts(story: Story, files: dict[str, bytes], salts: dict[int, bytes], orders: Orders) -> None:
    for name, offset in stores.offsets(files_and_nights(story, files), salts).items():
        if len(offset) == len(salts):
            for at, user in story.everybody():
                orders[f"salt's place in {name}"][at.pk, user.pk] = offset[user.pk]


def _of_the_log(story: Story, orders: Orders) -> None:
    """Where the log first knows of somebody, if it does."""
    log = {LOG: (story.folder / LOG).read_bytes()}
    for what in ("pk", "username"):
        known = {user.pk: str(getattr(user, what)).encode() for _at, user in story.everybody()}
        for offset in stores.offsets(log, known).values():
            for at, user in story.everybody():
                if user.pk in offset:
                    orders[f"{what} in the log"][at.pk, user.pk] = offset[user.pk]


def _logins() -> dict[Any, int]:
    """User id, as a session has it → which of all logins is hers, the first to end first."""
    from django.contrib.sessions.models import Session

    sessions = Session.objects.order_by("expire_date")
    return {s.get_decoded().get("_auth_user_id"): number for number, s in enumerate(sessions)}


def _plain(name: str) -> str:
    return "heap" if "/" in name and not name.startswith("wal") else name.split("/")[0]


def any_in(values: tuple[bytes, ...], files: dict[str, bytes]) -> bool:
    return any(value in content for value in values for content in files.values())
