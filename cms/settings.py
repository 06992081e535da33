"""The one settings file. The environment decides; what production lacks stops the start with a sentence.

Read by: DEBUG, DEMO, SECRET_KEY, SECRET_KEY_FALLBACKS, ALLOWED_HOSTS, SITE_URL, CMS_HOST, DATA_DIR,
STATIC_ROOT, KEY_FILE, SEAL_KEY_FILE, ERASURE_LEDGER, ARCHIVE_DIR, DATABASE_URL, ANSWERS_DATABASE_URL,
REDIS_URL, EMAIL_URL, DEFAULT_FROM_EMAIL, S3_BUCKET, S3_ENDPOINT_URL, S3_ACCESS_KEY, S3_SECRET_KEY,
SMS_BACKEND, SMS_URL, SMS_USER, SMS_PASSWORD, SMS_PLATFORM_ID, SMS_PARTNER_ID, SMS_SENDER, OUTBOX_LEASE,
TRUSTED_PROXIES; PORT in the demo.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from cms.demo_mode import demo_address, demo_secret, require_demo_surroundings

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEMO = env.bool("DEMO", default=False)
DEBUG = env.bool("DEBUG", default=False) and not DEMO  # the demo shows the pages people meet, errors too
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)
if DEMO:
    require_demo_surroundings(env)


def required(name: str, why: str) -> str:
    """A variable that production cannot do without. Raises ImproperlyConfigured with the reason."""
    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} mangler: {why} (DEMO=1 prøver systemet uten.)")
    return value


# --- who we are
if DEMO:
    SECRET_KEY = demo_secret(DATA_DIR / "demo-secret")
    ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
    SITE_URL = demo_address(env, DATA_DIR / "demo-port")
else:
    SECRET_KEY = required("SECRET_KEY", "en lang, tilfeldig nøkkel som signerer økter.")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("ALLOWED_HOSTS mangler: vertsnavnene nettstedet svarer på, aldri «*».")
    SITE_URL = env.str("SITE_URL", default=f"https://{ALLOWED_HOSTS[0]}")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # older ones: still open what they locked
CMS_HOST = env.str("CMS_HOST", default="")  # production may give the editor a host name of its own
KEY_FILE = Path(
    env.str("KEY_FILE", default=str(DATA_DIR / "demo-keys.json"))
    if DEMO
    else required("KEY_FILE", "filen med nøkler som ligger utenfor databasene.")
)
# who has been erased, outside the databases: a restored backup is put right by it (courses/ledger.py)
ERASURE_LEDGER = Path(env.str("ERASURE_LEDGER", default="") or KEY_FILE.with_name("erased.txt"))
# what a municipality's archive is to have before a person is erased: emptied by whoever runs the site
ARCHIVE_DIR = Path(env.str("ARCHIVE_DIR", default="") or DATA_DIR / "archive")
RESTORING = DATA_DIR / "restoring"  # while this file is here the site answers 503: cms/closed.py
# the keys that open answers; named by the environment they are not for `work` or the web process (README)
SEAL_KEYS_APART = bool(env.str("SEAL_KEY_FILE", default=""))
SEAL_KEY_FILE = Path(env.str("SEAL_KEY_FILE", default="") or DATA_DIR / "seal-keys.json")

ROOT_URLCONF = "cms.urls"
WSGI_APPLICATION = "cms.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "courses.User"

INSTALLED_APPS = [
    "cms",
    "evaluation",
    "courses",
    "wagtail.snippets",
    "wagtail.users",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "wagtailmedia",
    "modelcluster",
    "taggit",
    "django_filters",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "cms.middleware.Compressed",
    "cms.middleware.headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cms.closed.closed_while_restoring",
    "cms.middleware.nameless",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cms.middleware.language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "cms.middleware.whole_forms",
    "cms.middleware.idle",
    "cms.middleware.AccessMiddleware",
    "cms.keeping.KeptForEditions",
]
if DEMO:
    MIDDLEWARE.insert(0, "cms.demo_mode.loopback_only")

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "cms.context.site",
            ]
        },
    }
]

# --- databases: people and answers are two from the first migration (design §4.5)
SQLITE_WAL_IS_SAFE = sqlite3.sqlite_version_info >= (3, 51, 3)  # older ones can corrupt it: reliability §0.5
SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",  # read-then-write loses requests under the default: reliability §0.4
    "timeout": 20,  # seconds
    # no trusted_schema=OFF: SQLite 3.40 then refuses the JSON_VALID check Django gives every JSON column
    "init_command": "PRAGMA journal_mode={}; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
    " PRAGMA secure_delete=ON;".format("WAL" if SQLITE_WAL_IS_SAFE else "DELETE"),
}


def database(variable: str, filename: str) -> dict[str, Any]:
    """PostgreSQL from the environment, or an SQLite file of our own."""
    if not env.str(variable, default=""):
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / filename,
            "OPTIONS": SQLITE_OPTIONS,
            # tests run on a file, as the site does: threads of a live server share it
            "TEST": {"NAME": DATA_DIR / f"test-{filename}", "MIGRATE": True},
        }
    given = env.db_url(variable)
    told = given.get("OPTIONS", {})  # sslmode and its like stand in the address
    ours = "-c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s"
    options = told | {"options": f"{ours} {told.get('options', '')}".strip()}
    return {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True} | given | {"OPTIONS": options}


DATABASES = {
    "default": database("DATABASE_URL", "people.sqlite3"),
    "answers": database("ANSWERS_DATABASE_URL", "answers.sqlite3"),
}
DATABASE_ROUTERS = ["cms.routers.AnswersRouter"]

REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # a full table throws away counters of attempts that still run: room for many more than there are,
        # and a tenth at a time (Django: 300 rows, a third). `manage.py work` deletes what has expired
        "OPTIONS": {"MAX_ENTRIES": 100_000, "CULL_FREQUENCY": 10},
    }
}

# --- files: nothing under MEDIA_ROOT is served by the web server; cms/views/files.py decides
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA_DIR / "static")))
STATICFILES_DIRS: list[Path] = []  # built assets lie in cms/static/egs/, made by `make assets`
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/filer/"
S3_BUCKET = env.str("S3_BUCKET", default="")


def storage(folder: str) -> dict[str, Any]:
    """A folder of our own, or one in the bucket; private either way."""
    if not S3_BUCKET:
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": MEDIA_ROOT / folder, "base_url": f"/filer/{folder}/"},
        }
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "location": folder,
            "endpoint_url": env.str("S3_ENDPOINT_URL", default=None),
            "access_key": env.str("S3_ACCESS_KEY"),
            "secret_key": env.str("S3_SECRET_KEY"),
            "default_acl": "private",
            "file_overwrite": False,
        },
    }


STORAGES = {
    "default": storage("original"),
    "public": storage("public"),  # re-encoded pictures without EXIF: the only files that pages point to
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- mail and text messages
LOOPBACK = ("127.0.0.1", "localhost", "::1")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="En god start <kurs@example.no>")
MAILBOX_DIR = DATA_DIR / "mailbox"  # demo only: what would have been sent
if DEMO:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAILBOX_DIR
else:
    required("EMAIL_URL", "postserveren som sender koder, for eksempel smtp+tls://bruker:ord@vert:587.")
    _post = env.email_url("EMAIL_URL")
    if _post["EMAIL_BACKEND"].endswith("smtp.EmailBackend") and not (
        _post.get("EMAIL_USE_TLS") or _post.get("EMAIL_USE_SSL") or _post["EMAIL_HOST"] in LOOPBACK
    ):
        raise ImproperlyConfigured(
            "EMAIL_URL må være smtp+tls:// eller smtp+ssl://: e-post går aldri i klartekst."
        )
    vars().update(_post)
    EMAIL_TIMEOUT = 10
SMS_BACKEND = env.str("SMS_BACKEND", default="file" if DEMO or DEBUG else "")  # courses/outbox/texting.py
SMS_URL = env.str("SMS_URL", default="")  # with SMS_BACKEND=link: what the provider gives with the agreement
SMS_USER, SMS_PASSWORD = env.str("SMS_USER", default=""), env.str("SMS_PASSWORD", default="")
SMS_PLATFORM_ID, SMS_PARTNER_ID = (
    env.str("SMS_PLATFORM_ID", default=""),
    env.str("SMS_PARTNER_ID", default=""),
)
SMS_SENDER = env.str("SMS_SENDER", default="En god start")  # at most 11 letters, or a number with its country
OUTBOX_LEASE = env.int(
    "OUTBOX_LEASE", default=120
)  # seconds a worker has for one message; above every timeout
SEND_IN_BACKGROUND = not (DEMO or DEBUG)  # a slow mail server must not tell who has an account

# --- language and time
LANGUAGE_CODE = "nb"  # Bokmål is the source: a missing translation falls back to it, never to English
LANGUAGES = [("nb", "Bokmål"), ("nn", "Nynorsk")]
LOCALE_PATHS = [BASE_DIR / "cms" / "locale"]
TIME_ZONE = "Europe/Oslo"
USE_I18N = USE_TZ = True

# --- login (reliability §5, design §5)
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
LOGIN_URL = "account_request_login_code"
LOGIN_REDIRECT_URL = "cms:min_side"
ACCOUNT_ADAPTER = "courses.login.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "phone", "password1"]  # nobody signs up: the fields a login may have
ACCOUNT_FORMS = {
    "request_login_code": "courses.forms.login.RequestCodeForm",
    "confirm_login_code": "courses.forms.login.ConfirmCodeForm",
    "login": "courses.forms.login.PasswordLoginForm",
    "reauthenticate": "courses.forms.login.PasswordAgainForm",
    "set_password": "courses.forms.login.SetPasswordForm",
    "change_password": "courses.forms.login.ChangePasswordForm",
}
ACCOUNT_EMAIL_VERIFICATION = "none"  # a mailed code proves the address each time
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600  # seconds; ASVS V6.5.5 caps at ten minutes
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_REQUIRED = {"password"}  # a password is never enough alone
ACCOUNT_RATE_LIMITS = {  # strict for an account, generous for an address: an evening is 30 adults behind one
    "login": "120/m/ip",
    "login_failed": "60/m/ip,5/5m/key",
    "request_login_code": "120/m/ip,5/10m/key",
}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # an unknown address gets no mail
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a changed login is told to the person's own address
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600  # seconds
ACCOUNT_SESSION_REMEMBER = False  # «husk denne telefonen» is ours: courses/sessions.py
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0 if DEMO or DEBUG else 1)
MFA_ADAPTER = "courses.login.MFAAdapter"
MFA_FORMS = {
    "authenticate": "courses.forms.login.SecondFactorForm",
    "reauthenticate": "courses.forms.login.SecondFactorAgainForm",
    "activate_totp": "courses.forms.login.ActivateAppForm",
    "login_webauthn": "courses.forms.login.PasskeyLoginForm",
    "authenticate_webauthn": "courses.forms.login.PasskeyFactorForm",
    "reauthenticate_webauthn": "courses.forms.login.PasskeyAgainForm",
    "add_webauthn": "courses.forms.login.AddPasskeyForm",
    "edit_webauthn": "courses.forms.login.RenamePasskeyForm",
}
MFA_RATE_LIMITS = {"webauthn_login": "120/m/ip"}
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # 30 seconds either way: clocks differ
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO  # http://localhost

# --- transport, cookies
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # a session must be killable
SESSION_COOKIE_AGE = 8 * 3600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False  # script sends the current token with what waited without network
CSRF_FAILURE_VIEW = "cms.views.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
if DEMO or DEBUG:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "s", "csrf"  # plain http on loopback
else:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-s", "__Host-csrf"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^helse/$"]  # asked by a health checker inside the house
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # the proxy must strip it from clients
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SILENCED_SYSTEM_CHECKS = [
    "security.W021",  # HSTS preload: only when the municipality's domain owner agrees
]
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # what a big page needs in Wagtail; Django has one number for all
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

# --- Wagtail: content only (reliability §0.6–0.7)
WAGTAIL_SITE_NAME = "En god start"
WAGTAILADMIN_BASE_URL = f"https://{CMS_HOST}" if CMS_HOST else SITE_URL
WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = [("nb", "Bokmål")]
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]  # one: nobody is asked
WAGTAILADMIN_LOGIN_URL = WAGTAIL_FRONTEND_LOGIN_URL = "account_request_login_code"
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAIL_PRIVATE_PAGE_OPTIONS = WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAIL_ALLOW_UNICODE_SLUGS = False  # our addresses take a–z, 0–9 and hyphens only
WAGTAILDOCS_DOCUMENT_FORM_BASE = "cms.file_forms.DocumentForm"
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "odt", "xlsx"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 20 << 20
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms.file_forms.PictureForm"
WAGTAILIMAGES_IMAGE_MODEL = "cms.Picture"
WAGTAILIMAGES_RENDITION_STORAGE = "public"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 << 20
WAGTAILMEDIA = {"MEDIA_MODEL": "cms.Recording", "MEDIA_FORM_BASE": "cms.file_forms.RecordingForm"}
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []  # no server-side fetching, no third party in pages
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
TAGGIT_CASE_INSENSITIVE = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"without_tokens": {"()": "cms.logs.WithoutTokens"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_tokens"]}
    },
    "root": {"handlers": ["console"], "level": "INFO" if DEBUG else "WARNING"},
    # Django's own handlers go: what they wrote went past the filter
    "loggers": {"django": {"handlers": []}, "django.server": {"handlers": [], "propagate": True}},
}
