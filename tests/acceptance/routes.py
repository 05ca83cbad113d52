"""Every address of the pages, as the address configuration has it, read in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys

_READ = """
import json, django
django.setup()
from django.urls import URLResolver, get_resolver
def walk(resolver, before):
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from walk(one, before + str(one.pattern))
        else:
            yield [one.name, "/" + before + str(one.pattern)]
print(json.dumps(list(walk(get_resolver(), ""))))
"""


def routes(**environment: str) -> dict[str, str]:
    """Path patterns by the route's name."""
    surroundings = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "onewindow.web.settings",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        **environment,
    }
    found = subprocess.run([sys.executable, "-c", _READ], env=surroundings, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr[-2000:]
    return dict(json.loads(found.stdout.splitlines()[-1]))
