"""A login."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models

from onewindow.kernel.identity import new_id


class User(AbstractUser):
    """A person's login. `public_id` is what others may see; the number stays inside."""

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)

    class Meta:
        db_table = "login"
