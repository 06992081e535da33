"""People: who can log in, the roles they hold, and the invitations to them."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.access import in_force, people_visible_to
from courses.models.places import Language, Municipality
from courses.prepared import DAY, INTEGER, Prepared

if TYPE_CHECKING:
    from datetime import date


class TextSize(models.TextChoices):
    NORMAL = "normal", _("Vanlig")
    LARGE = "large", _("Stor")
    LARGER = "larger", _("Størst")


class Channel(models.TextChoices):
    MAIL = "mail", _("e-post")
    SMS = "sms", _("SMS")


def random_nonce() -> str:
    """Half of a link; the other half is a signature, so that a copy of the database opens nothing."""
    return secrets.token_urlsafe(24)


def random_name() -> str:
    """A user name that tells nothing about the person: 16 hex digits."""
    return secrets.token_hex(8)


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: User) -> Self:
        """Oneself; for the project leader also adults and staff in her places."""
        places = ("adult__family__municipality", "roles__municipality")
        return people_visible_to(self, user, municipality=places, own="pk")


class EgsUserManager(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_person(self, **fields: object) -> User:
        """A user with a random name and no password. ``email`` or ``mobile`` must be among ``fields``."""
        user = self.model(**fields)
        user.set_unusable_password()
        user.save(force_insert=True)
        return user


class User(AbstractUser):
    """A person who can log in. The user name is random; e-mail or mobile carries the code."""

    username = models.CharField(max_length=16, unique=True, default=random_name)  # set once, shown nowhere
    # null, not empty: several people may lack an address, and unique means unique
    email = models.EmailField(_("e-post"), null=True, blank=True, default=None)  # noqa: DJ001
    mobile = models.CharField(
        _("mobil"),
        max_length=16,
        unique=True,
        null=True,
        blank=True,
        default=None,
        help_text=_("Med landkode, for eksempel +47 400 00 000."),
    )
    language = models.CharField(_("skriftspråk"), max_length=2, choices=Language, default=Language.NB)
    text_size = models.CharField(_("tekststørrelse"), max_length=6, choices=TextSize, default=TextSize.NORMAL)
    channel = models.CharField(_("beskjeder på"), max_length=4, choices=Channel, default=Channel.MAIL)
    fewer_messages = models.BooleanField(_("færre beskjeder"), default=False)  # changes and forms only
    passkey_declined = models.BooleanField(default=False, editable=False)
    last_login = None  # a login time is a linking aid (reliability §2, threat 7): none is kept

    REQUIRED_FIELDS = ["email"]
    objects = EgsUserManager()

    class Meta:
        verbose_name = _("bruker")
        verbose_name_plural = _("brukere")
        constraints = [
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(mobile__isnull=False), name="user_reachable"
            ),
            models.UniqueConstraint(Lower("email"), name="user_email_unique"),
            models.CheckConstraint(condition=~Q(email=""), name="user_email_null_not_empty"),
            models.CheckConstraint(
                condition=Q(mobile__isnull=True) | Q(mobile__startswith="+"), name="user_mobile_international"
            ),
            models.CheckConstraint(condition=Q(language__in=Language.values), name="user_language_known"),
            models.CheckConstraint(condition=Q(text_size__in=TextSize.values), name="user_text_size_known"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="user_channel_known"),
        ]

    def __str__(self) -> str:
        return self.first_name or self.username

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower() if self.email else None
        self.mobile = self.mobile.replace(" ", "") if self.mobile else None

    def roles_today(self) -> list[Role]:
        """The roles in force today, to be read and not stored. One query."""
        return [Role(*row) for row in _roles(user=self.pk, today=timezone.localdate())]


class RoleQuerySet(models.QuerySet["Role"]):
    def active(self, on: date | None = None) -> Self:
        """Roles in force on a day (today in Oslo)."""
        return self.filter(in_force(on))

    def visible_to(self, user: User) -> Self:
        """One's own roles; for the project leader every role."""
        return people_visible_to(self, user, municipality="municipality", own="user", staff=True)


class Role(models.Model):
    """What a person may do, where (a municipality, or None for the whole region), and when."""

    class Kind(models.TextChoices):
        CONTACT_PERSON = "contact-person", _("kontaktperson")
        PROJECT_LEADER = "project-leader", _("prosjektleder")
        LEADER = "leader", _("leder")
        EDITOR = "editor", _("redaktør")
        RESEARCHER = "researcher", _("forskningspartner")
        USER_GROUP = "user-group", _("brukergruppe")

    user = models.ForeignKey(User, models.CASCADE, related_name="roles")
    kind = models.CharField(_("rolle"), max_length=16, choices=Kind)
    municipality = models.ForeignKey(
        Municipality,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="roles",
        verbose_name=_("kommune"),
        help_text=_("Tomt felt betyr hele regionen."),
    )
    starts_on = models.DateField(_("fra"), default=timezone.localdate)
    ends_on = models.DateField(_("til"), null=True, blank=True)

    objects = RoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rolle")
        verbose_name_plural = _("roller")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "contact-person",
                        "project-leader",
                        "leader",
                        "editor",
                        "researcher",
                        "user-group",
                    ]
                ),
                name="role_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="role_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["contact-person", "leader"]) | Q(municipality__isnull=False),
                name="role_near_families_has_municipality",
            ),
            # two, since SQLite has no «nulls not distinct»
            models.UniqueConstraint(
                fields=["user", "kind", "municipality"], condition=Q(ends_on=None), name="role_held_once"
            ),
            models.UniqueConstraint(
                fields=["user", "kind"],
                condition=Q(ends_on=None, municipality=None),
                name="role_held_once_in_region",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    def is_active(self, on: date | None = None) -> bool:
        """The same rule as ``RoleQuerySet.active``, for one row."""
        day = on or timezone.localdate()
        return self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)


_roles = Prepared(  # → every column of a role
    lambda user, today: Role.objects.active(today).filter(user=user).values_list(), user=INTEGER, today=DAY
)


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def visible_to(self, user: User) -> Self:
        """One's own alone: whoever has the address reads the calendar."""
        return self.filter(user=user.pk)


class CalendarFeed(models.Model):
    """The secret half of a person's calendar address. A new one ends the old."""

    user = models.OneToOneField(User, models.CASCADE, related_name="calendar_feed")
    nonce = models.CharField(max_length=32, unique=True, default=random_nonce, editable=False)

    objects = CalendarFeedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"calendar feed of user {self.user_id}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> Self:
        """Not used, not withdrawn, not expired."""
        return self.filter(used_at=None, withdrawn_at=None, expires_at__gt=timezone.now())

    def visible_to(self, user: User) -> Self:
        """The project leader's; nobody else sees who is invited."""
        return people_visible_to(self, user, municipality="municipality", staff=True)


class Invitation(models.Model):
    """A role waiting for its holder. The link in the mail shows a button; it never logs in by itself."""

    token_hash = models.CharField(max_length=64, unique=True, editable=False)  # SHA-256 of the mailed token
    kind = models.CharField(_("rolle"), max_length=16, choices=Role.Kind)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("kommune")
    )
    name = models.CharField(_("navn"), max_length=60)
    email = models.EmailField(_("e-post"))
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    sent_on = models.DateField(default=timezone.localdate, editable=False)
    expires_at = models.DateTimeField(editable=False)
    used_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitasjon")
        verbose_name_plural = _("invitasjoner")
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind__in=["contact-person", "leader"]) | Q(municipality__isnull=False),
                name="invitation_near_families_has_municipality",
            ),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(withdrawn_at=None), name="invitation_used_or_withdrawn"
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"
