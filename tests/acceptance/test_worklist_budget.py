"""How many statements the officer's work list costs, counted in a process that serves one page and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from acceptance.house import House

STATEMENTS_MOST = 8
_COUNT = """
import sys, django, psycopg, psycopg_pool
django.setup()
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
counted = []
plain = psycopg.Cursor.execute
def counting(self, query, *args, **kwargs):
    counted.append(str(query))
    return plain(self, query, *args, **kwargs)
visitor = Client()
visitor.force_login(
    get_user_model().objects.get(username="officer"),
    backend="allauth.account.auth_backends.AuthenticationBackend",
)
assert visitor.get(reverse("worklist")).status_code == 200
visitor.defaults["HTTP_ACCEPT_LANGUAGE"] = sys.argv[1]
psycopg.Cursor.execute = counting
shown = visitor.get(reverse("worklist"))
assert shown.status_code == 200 and sys.argv[2] in shown.content.decode(), sys.argv[2]
print(len(counted))
from onewindow.bootstrap import platform
platform().close()
"""


@pytest.mark.parametrize(("language", "company"), [("en", "Gamma Limited"), ("zh-Hant", "伽瑪貿易有限公司")])
def test_the_work_list_costs_eight_statements_at_most_however_many_tasks_it_shows(
    language: str, company: str, pages: House
) -> None:
    owner, officer = pages.visitor("owner"), pages.visitor("officer")
    references = [pages.lodged(owner, "import-declaration") for _ in range(3)]
    for reference in references:
        pages.task(officer, reference)
    task = pages.task(officer, references[0])
    officer.get(task)
    officer.post(f"{task}act/claim/")
    surroundings = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "onewindow.web.settings",
        "DATABASE_URL": pages.owner_dsn,
        "DATA_DIR": str(pages.folder),
    }
    counted = subprocess.run(
        [sys.executable, "-c", _COUNT, language, company], env=surroundings, capture_output=True, text=True, check=False
    )
    assert counted.returncode == 0, counted.stderr[-2000:]
    assert 3 <= int(counted.stdout.splitlines()[-1]) <= STATEMENTS_MOST
