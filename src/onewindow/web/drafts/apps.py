"""Django's name for this room."""

from django.apps import AppConfig


class DraftsConfig(AppConfig):
    """Forms half filled in."""

    name = "onewindow.web.drafts"
    label = "drafts"
    default_auto_field = "django.db.models.BigAutoField"
