"""Drafts."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import onewindow.kernel.identity


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=onewindow.kernel.identity.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("visitor", models.CharField(default="", max_length=64)),
                ("party", models.CharField(default="", max_length=120)),
                ("principal", models.CharField(default="", max_length=120)),
                ("service", models.CharField(max_length=120)),
                ("content", models.TextField(default="{}")),
                ("visited", models.TextField(default="")),
                ("amends", models.CharField(default="", max_length=20)),
                ("version", models.IntegerField(default=0)),
                ("nonce", models.CharField(default="", max_length=200)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "login",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "web_draft",
                "indexes": [
                    models.Index(fields=["party", "-changed_at"], name="web_draft_by_party"),
                    models.Index(fields=["visitor", "-changed_at"], name="web_draft_by_visitor"),
                ],
            },
        ),
    ]
