"""A small Django project. What is new for Amazon is marked."""

import os
from pathlib import Path

BASE_DIR = Path(__file__).parent
SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "urls"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "amazon"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": BASE_DIR / "shop.db",
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},  # a site and a sync write to one file
    }
}
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "amazon_orders.integrations.django",  # new: settings, checks, command, signals
    "store",
]

AMAZON_ORDERS = {  # new
    "ledger": {"url": "sqlite:///amazon-orders.db", "key_file": "amazon-orders.key"},
    "lwa": {"client_id": "env:LWA_CLIENT_ID", "client_secret": "env:LWA_CLIENT_SECRET"},
    "stores": {"shop": {"adapter": "store.adapter.open_store"}},
}
