"""The pages as an ASGI application; the shell in front of both doors calls it."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onewindow.web.settings")
application = get_asgi_application()
