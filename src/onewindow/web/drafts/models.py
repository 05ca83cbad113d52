"""A form half filled in."""

from __future__ import annotations

import json
from typing import cast

from django.conf import settings
from django.db import models

from onewindow.kernel.identity import new_id
from onewindow.web.forms.places import Json


class Draft(models.Model):
    """One document being written.

    `content` is its JSON as typed so far; `amends` and `version` name the submission it will replace; `visitor` is the
    anonymous session that owns it when nobody is signed in; `visited` lists the sections that were opened.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    login = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE)
    visitor = models.CharField(max_length=64, default="")
    party = models.CharField(max_length=120, default="")
    principal = models.CharField(max_length=120, default="")
    service = models.CharField(max_length=120)
    content = models.TextField(default="{}")
    visited = models.TextField(default="")
    amends = models.CharField(max_length=20, default="")
    version = models.IntegerField(default=0)
    nonce = models.CharField(max_length=200, default="")
    made_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "web_draft"
        indexes = (
            models.Index(fields=("party", "-changed_at"), name="web_draft_by_party"),
            models.Index(fields=("visitor", "-changed_at"), name="web_draft_by_visitor"),
        )

    @property
    def document(self) -> dict[str, Json]:
        """What was typed so far."""
        return cast("dict[str, Json]", json.loads(self.content))

    def keep(self, document: dict[str, Json]) -> None:
        """Saves what was typed."""
        self.content = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        self.save()

    def visit(self, section: str) -> None:
        """Remembers that a section was opened."""
        known = self.visited.split()
        if section not in known:
            self.visited = " ".join([*known, section])
            self.save(update_fields=["visited"])
