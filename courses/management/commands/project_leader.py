"""Makes the first project leader, who then invites everybody else from the project page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from courses.inviting import sync_cms_group
from courses.models import Region, Role, User
from courses.reaching import user_with_email

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Lager prosjektlederen for hele regionen. Finnes det en, må --ny sies."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="EPOST")
        parser.add_argument("--name", required=True, metavar="NAVN")
        parser.add_argument("--ny", action="store_true", help="en prosjektleder til")

    @transaction.atomic
    def handle(self, *args: Any, email: str, name: str, ny: bool, **options: Any) -> None:
        address = email.strip().lower()
        try:
            validate_email(address)
        except ValidationError as error:
            raise CommandError(f"«{email}» er ikke en e-postadresse.") from error
        if not name.strip():
            raise CommandError("Navnet mangler: --name «Kari Nordmann».")
        leaders = Role.objects.active().filter(kind=Role.Kind.PROJECT_LEADER, municipality=None)
        if leaders.exists() and not ny:
            raise CommandError("Det finnes en prosjektleder allerede. Legg til --ny for å lage en til.")
        if not Region.objects.exists():
            Region.objects.create(name="Regionen")
        user = user_with_email(address) or User.objects.create_person(email=address, first_name=name.strip())
        Role.objects.get_or_create(user=user, kind=Role.Kind.PROJECT_LEADER, municipality=None, ends_on=None)
        sync_cms_group(user)
        self.stdout.write(
            f"{user} er prosjektleder. Hun logger inn på /logg-inn/ med {address} og koden hun får\n"
            "på e-post, og legger så til en passnøkkel: prosjektsidene åpner seg først da."
        )
