"""Django's name for this room."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Logins."""

    name = "onewindow.web.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
