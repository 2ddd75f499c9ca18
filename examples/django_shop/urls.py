"""Addresses of the site."""

from django.contrib.auth.views import LoginView
from django.urls import path
from store import amazon

urlpatterns = [
    path("login/", LoginView.as_view(), name="login"),
    path("amazon/", amazon.orders, name="amazon"),
]
