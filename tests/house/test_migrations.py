"""Models and migrations say the same."""

import os
import subprocess
import sys
from pathlib import Path

from house.tracked import ROOT

MISSING = """
import django
django.setup()
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
loader = MigrationLoader(None)
found = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(graph=loader.graph)
ours = {config.label for config in apps.get_app_configs() if config.name.startswith("onewindow.")}
assert ours, "none of our apps is installed"
for label, migrations in found.items():
    for migration in migrations if label in ours else []:
        for operation in migration.operations:
            print(label + ": " + operation.describe())
"""


def test_no_model_has_changed_without_a_migration(tmp_path: Path) -> None:
    # No database is asked: what is compared are the files.
    stated = {
        "DJANGO_SETTINGS_MODULE": "onewindow.web.settings",
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    }
    asked = subprocess.run(
        [sys.executable, "-c", MISSING], cwd=ROOT, env=os.environ | stated, capture_output=True, text=True, check=False
    )
    assert asked.returncode == 0, asked.stderr
    assert asked.stdout == ""
