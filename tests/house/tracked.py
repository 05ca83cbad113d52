"""What the house rules look at: the files that are, or are about to be, tracked."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "onewindow"


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that Git tracks or would add, as it is on disk."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        check=True,
        capture_output=True,
        text=True,
    )
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


def python_files(*folders: Path) -> list[Path]:
    """Tracked Python files below any of the folders."""
    return [path for path in tracked_files() if path.suffix == ".py" and any(f in path.parents for f in folders)]


def shown(path: Path) -> str:
    """A path as a reader of a failure wants it."""
    return path.relative_to(ROOT).as_posix()
