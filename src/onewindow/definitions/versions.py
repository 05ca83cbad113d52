"""Every version of one service: the newest in the service's own folder, others below `versions/`.

Their periods must fit together: on no day two of them, and no day between them without one unless it is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from onewindow.definitions.errors import BrokenDefinitions, DefinitionError
from onewindow.definitions.model import Definition
from onewindow.definitions.service import read_service
from onewindow.definitions.source import Source
from onewindow.definitions.vocabulary import Vocabulary

_A_DAY = timedelta(days=1)


def read_versions(folder: Path, vocabulary: Vocabulary) -> list[Definition]:
    """Every version of the service in `folder`, each followed by its further transactions.

    Raises BrokenDefinitions with every version's error, or DefinitionError when the versions do not fit together.
    """
    found: list[Definition] = []
    errors: list[DefinitionError] = []
    for version in (folder, *_version_folders(folder)):
        try:
            found += _read_version(version, vocabulary, None if version == folder else folder)
        except DefinitionError as error:
            errors.append(error)
    if errors:
        raise BrokenDefinitions(errors)
    for service in dict.fromkeys(one.id for one in found):
        _check_together([one for one in found if one.id == service], vocabulary)
    return found


def _version_folders(folder: Path) -> Iterator[Path]:
    """Every folder below `versions/`: one without a service.toml is a slip that reading it names."""
    for path in sorted((folder / "versions").glob("*/")):
        if not path.name.startswith(("_", ".")):
            yield path


def _read_version(folder: Path, vocabulary: Vocabulary, version_of: Path | None) -> Iterator[Definition]:
    service = read_service(folder, vocabulary, version_of=version_of)
    yield service
    for path in sorted((folder / "transactions").glob("*/service.toml")):
        yield read_service(path.parent, vocabulary, service)


def _check_together(versions: list[Definition], vocabulary: Vocabulary) -> None:
    """Raises DefinitionError for two versions of one name, for a day with two, and for days without one."""
    named: dict[str, Definition] = {}
    for one in versions:
        if (same := named.setdefault(one.version, one)) is not one:
            problem = f"{same.folder} holds version {one.version} too"
            raise _error(one, vocabulary, problem, "give one of them another name", "version")
    for earlier, later in pairwise(sorted(versions, key=lambda one: one.valid.first or date.min)):
        _check_pair(earlier, later, vocabulary)


def _check_pair(earlier: Definition, later: Definition, vocabulary: Vocabulary) -> None:
    first, last = later.valid.first, earlier.valid.last
    if earlier.valid.overlaps(later.valid):
        until = f"end {earlier.folder} the day before the other begins"
        cure = f'{until}: valid = "{earlier.valid.first or ".."}/{first - _A_DAY}"' if first else "give each its days"
        problem = f"versions {earlier.version} and {later.version} are both in force on {first or 'the first day'}"
        raise _error(later, vocabulary, problem, cure, "valid")
    assert first is not None, "a period after another one has a first day"
    assert last is not None, "a period before another one has a last day"
    if last + _A_DAY < first and not later.reopens and not later.parent:
        problem = f"no version is in force from {last + _A_DAY} to {first - _A_DAY}"
        cure = f"begin on {last + _A_DAY}, or write reopens = true if the service is meant to be closed"
        raise _error(later, vocabulary, problem, cure, "valid")


def _error(definition: Definition, vocabulary: Vocabulary, problem: str, cure: str, key: str) -> DefinitionError:
    source = Source(vocabulary.root / definition.folder / "service.toml", vocabulary.root)
    return source.error(problem, cure, key)
