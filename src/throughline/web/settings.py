"""Django's settings. What differs between installations comes from `environment`; nothing here does."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from throughline.web import environment
from throughline.web.design.conf import (  # noqa: F401 - settings by being here
    CSRF_FAILURE_VIEW,
    PAGE_HEADERS,
    STATIC_URL,
    SUPPORT_PHONE,
    TEMPLATES,
    URGENT_PHONE,
)

SECRET_KEY = environment.value("THROUGHLINE_SECRET_KEY")
DEBUG = environment.yes("THROUGHLINE_DEBUG")
ALLOWED_HOSTS = [host.strip() for host in environment.value("THROUGHLINE_HOSTS").split(",")]
DATA_FOLDER = environment.data_folder()

# Written by `demonstrate`: who was invented has one password, shown on the sign-in page.
_DEMONSTRATION = environment.demonstration(DATA_FOLDER)
DEMONSTRATION = _DEMONSTRATION is not None
DEMONSTRATION_PASSWORD = _DEMONSTRATION or ""

WEB_ROLE = "throughline_web"
ENGINE_ROLE = "throughline_engine"

# `default` is what the site works with: a role that owns nothing, under row-level security.
# `owner` is for migrations alone.
DATABASES = {
    "default": environment.database(environment.value("DATABASE_URL"), role=WEB_ROLE),
    "owner": environment.database(environment.value("THROUGHLINE_OWNER_URL") or environment.value("DATABASE_URL")),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "pgtrigger",
    "procrastinate.contrib.django",
    "throughline.web.design",
    "throughline.web.audit",
    "throughline.web.accounts",
    "throughline.web.intake",
    "throughline.web.linkage",
    "throughline.web.casework",
    "throughline.web.child",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    PAGE_HEADERS,
    "throughline.web.middleware.OneTransaction",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "throughline.web.accounts.sessions.Lasting",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",  # closed by default: a view opts out by name
    "throughline.web.middleware.Viewing",
    "throughline.web.middleware.Sensible",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "throughline.web.urls"
WSGI_APPLICATION = "throughline.web.wsgi.application"

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign_in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("sign_in", "name")},
    },
]
# The first makes every new password; one kept in the second's way is made anew when its owner signs in.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
SECOND_FACTOR = environment.value("THROUGHLINE_SECOND_FACTOR") or ("no one" if DEMONSTRATION else "everyone")
PROVIDERS = environment.value("THROUGHLINE_PROVIDERS")
PROXIES = int(environment.value("THROUGHLINE_PROXIES"))

# Sooner than the cookie, `accounts.sessions` ends a session.
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

STATIC_ROOT = DATA_FOLDER / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

HTTPS = environment.yes("THROUGHLINE_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # browsers' own list takes whole domains: the council's to decide
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"

# Without a mail server nothing is mailed: each person's messages stand on a page of theirs.
SITE_ADDRESS = environment.value("THROUGHLINE_ADDRESS")
DEFAULT_FROM_EMAIL = environment.value("THROUGHLINE_MAIL_FROM")
_SMTP = urlsplit(environment.value("THROUGHLINE_SMTP"))
EMAIL_HOST, EMAIL_PORT = _SMTP.hostname or "", _SMTP.port or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_SMTP.username or ""), unquote(_SMTP.password or "")
EMAIL_USE_SSL = _SMTP.scheme == "smtps"
EMAIL_USE_TLS = not EMAIL_USE_SSL and bool(EMAIL_HOST_USER)  # a password is never sent in the clear
EMAIL_TIMEOUT = 20

LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "Europe/London"

# A folder of a county's extracts comes as one upload; it goes to disk as it arrives, never into memory.
FILE_UPLOAD_TEMP_DIR = DATA_FOLDER / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True)
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_NUMBER_FILES = 5_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "throughline.web.logs.Line", "format": "{asctime} {levelname} {name} {message}", "style": "{"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"procrastinate": {"level": "WARNING"}},
}
