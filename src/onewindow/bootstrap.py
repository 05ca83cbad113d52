"""The only wiring: gives the doors the use cases with their ports filled.

Everything is made when first asked for, so that a command that needs no database never imports a driver.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from onewindow.settings import Settings

if TYPE_CHECKING:
    from onewindow.application.check import Checking
    from onewindow.application.desk import Desk
    from onewindow.application.judging import Bench
    from onewindow.application.lodge import Lodging
    from onewindow.definitions.catalogue import Catalogue
    from onewindow.engine.closures import EnteredClosure
    from onewindow.engine.life.deadlines import Calendars
    from onewindow.engine.registry import Registry
    from onewindow.followers.run import Worker
    from onewindow.storage.accounts import Accounts
    from onewindow.storage.attachments import PostgresAttachments
    from onewindow.storage.companies import PostgresCompanies
    from onewindow.storage.issued import PostgresIssued
    from onewindow.storage.journal import PostgresJournal
    from onewindow.storage.public_check import PostgresPublicCheck
    from onewindow.storage.register import PostgresRegister
    from onewindow.storage.signing import InstallationSigner
    from onewindow.storage.tally import PostgresTally
    from onewindow.storage.tenant import Reader
    from onewindow.storage.webhooks import PostgresWebhooks
    from onewindow.storage.worklist import PostgresMailbox, PostgresWorklist
    from onewindow.storage.world import PostgresWorld


class Platform:
    """One process's parts, made from its settings."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._narrow: dict[str, Registry] = {}

    @property
    def codes_folder(self) -> Path:
        """Where imported code lists lie; they win over the project's own."""
        return self.settings.data_dir / "codes"

    @cached_property
    def catalogue(self) -> Catalogue:
        """Every service's definition. Raises BrokenDefinitions with file, line and cure of every error."""
        from onewindow.definitions.catalogue import load_catalogue

        return load_catalogue(also=self.settings.services_dir, overrides=self.codes_folder)

    @cached_property
    def registry(self) -> Registry:
        """Every service, compiled."""
        from onewindow.engine.registry import Registry

        return Registry(self.catalogue)

    def require_versions(self) -> None:
        """Raises BrokenDefinitions when documents were lodged under a version that is not kept any more."""
        from onewindow.definitions.errors import BrokenDefinitions
        from onewindow.storage.definition_versions import missing_versions

        kept = [(one.id, one.version) for one in self.catalogue.definitions]
        if missing := missing_versions(self.dsn("follower"), kept):
            raise BrokenDefinitions([self.catalogue.without(version) for version in missing])

    def registry_of(self, service: str) -> Registry:
        """A registry of this service alone, for commands that need no other: reading one takes a tenth of the time."""
        if service not in self._narrow:
            from onewindow.definitions.catalogue import load_catalogue
            from onewindow.engine.registry import Registry

            catalogue = load_catalogue(also=self.settings.services_dir, overrides=self.codes_folder, only=service)
            self._narrow[service] = Registry(catalogue)
        return self._narrow[service]

    @cached_property
    def secret(self) -> bytes:
        """What lanes, references and the roles' passwords are keyed with."""
        from onewindow.storage.secret import installation_secret

        return installation_secret(self.settings.data_dir)

    @contextmanager
    def database_running(self) -> Iterator[None]:
        """The embedded server for as long as the block lasts; another process's or an outside one is used."""
        if self.settings.database_url:
            yield
            return
        from onewindow.storage import embedded

        with embedded.running(self.settings.data_dir):
            yield

    @cached_property
    def owner_dsn(self) -> str:
        """The database, entered as its owner: for migrations only. The embedded server must be running."""
        if self.settings.database_url:
            return self.settings.database_url
        from onewindow.storage import embedded
        from onewindow.storage.database import ensure_database

        return ensure_database(embedded.start(self.settings.data_dir).address)

    def dsn(self, role: str) -> str:
        """The database, entered as `web`, `door` or `follower`."""
        from onewindow.storage.migrate import dsn_for

        return dsn_for(self.owner_dsn, role, self.secret)

    @cached_property
    def journal(self) -> PostgresJournal:
        """The one way in, open. A database that is away is found again when it is back; raises UnsafeDatabase."""
        from onewindow.storage.journal import PostgresJournal

        journal = PostgresJournal(self.dsn("door"), self.secret)
        journal.open()
        return journal

    async def open_journal_here(self) -> None:
        """Put the journal, unless there is one, on the running loop: a server's documents then keep to one thread."""
        import asyncio

        if "journal" in self.__dict__:
            return
        from onewindow.storage.journal import PostgresJournal

        journal = PostgresJournal(await asyncio.to_thread(self.dsn, "door"), self.secret)
        await journal.open_here()
        self.__dict__["journal"] = journal

    @cached_property
    def reader(self) -> Reader:
        """Connections of pages and calls: each statement sees what its party may see."""
        from onewindow.storage.tenant import Reader

        return Reader(self.dsn("web"))

    @cached_property
    def door_reader(self) -> Reader:
        """Connections of what is asked before there is a tenant: keys, and other submissions' standing."""
        from onewindow.storage.tenant import Reader

        return Reader(self.dsn("door"))

    @cached_property
    def accounts(self) -> Accounts:
        """From a key or a login to the actors behind it."""
        from onewindow.storage.accounts import Accounts

        return Accounts(self.reader)

    @cached_property
    def register(self) -> PostgresRegister:
        """Submissions, as their readers see them."""
        from onewindow.storage.register import PostgresRegister

        return PostgresRegister(self.reader, self.secret, lambda: tuple(self.catalogue.newest))

    @cached_property
    def worklist(self) -> PostgresWorklist:
        """Agencies' tasks."""
        from onewindow.storage.worklist import PostgresWorklist

        return PostgresWorklist(self.reader, self.secret)

    @cached_property
    def mailbox(self) -> PostgresMailbox:
        """Everybody's notices."""
        from onewindow.storage.worklist import PostgresMailbox

        return PostgresMailbox(self.reader)

    @cached_property
    def attachments(self) -> PostgresAttachments:
        """Uploaded files."""
        from onewindow.storage.attachments import PostgresAttachments

        return PostgresAttachments(self.reader, self.secret)

    @cached_property
    def companies(self) -> PostgresCompanies:
        """What companies manage themselves: keys and mandates."""
        from onewindow.storage.companies import PostgresCompanies

        return PostgresCompanies(self.reader)

    @cached_property
    def issued(self) -> PostgresIssued:
        """Licences and certificates."""
        from onewindow.storage.issued import PostgresIssued

        return PostgresIssued(self.reader)

    @cached_property
    def public_check(self) -> PostgresPublicCheck:
        """Whether an issued document still stands, for whoever holds its number."""
        from onewindow.storage.public_check import PostgresPublicCheck

        return PostgresPublicCheck(self.reader, self.secret)

    @cached_property
    def webhooks(self) -> PostgresWebhooks:
        """Where parties want their notices sent."""
        from onewindow.storage.webhooks import PostgresWebhooks

        return PostgresWebhooks(self.reader)

    @cached_property
    def world(self) -> PostgresWorld:
        """What standing rules ask."""
        from onewindow.storage.world import PostgresWorld

        return PostgresWorld(self.door_reader, self.secret)

    @cached_property
    def tally(self) -> PostgresTally:
        """Refused attempts, counted."""
        from onewindow.storage.tally import PostgresTally

        return PostgresTally(self.dsn("door"))

    @cached_property
    def calendars(self) -> Calendars:
        """Working time of every office."""
        from onewindow.engine.calendar import load_calendars
        from onewindow.engine.closures import OfficeCalendars

        return OfficeCalendars(load_calendars(self.catalogue.vocabulary.shared), self.closures_file)

    @property
    def closures_file(self) -> Path:
        """Where unplanned closures of offices stand."""
        return self.settings.data_dir / "calendars" / "closures.csv"

    def close_office(self, entered: EnteredClosure) -> Iterator[bool]:
        """Move the deadlines that an unplanned closure falls into: for each open submission, whether they moved."""
        from onewindow.followers.closing import close_office

        return close_office(self.dsn("follower"), self.secret, self.desk, entered)

    @cached_property
    def bench(self) -> Bench:
        """Judges documents, for the dry run and for lodging."""
        from onewindow.application.judging import Bench

        return Bench(self.registry, self.world)

    @cached_property
    def checking(self) -> Checking:
        """The dry run."""
        from onewindow.application.check import Checking

        return Checking(bench=self.bench, clock=now)

    @cached_property
    def lodging(self) -> Lodging:
        """Lodging, one document or many."""
        from onewindow.application.lodge import Lodging
        from onewindow.engine.life.opening import OpeningBook

        return Lodging(
            bench=self.bench,
            journal=self.journal,
            world=self.world,
            tally=self.tally,
            openings=OpeningBook(self.calendars),
            secret=self.secret,
            clock=now,
        )

    @cached_property
    def signer(self) -> InstallationSigner:
        """Signs what is issued."""
        from onewindow.storage.signing import InstallationSigner

        return InstallationSigner(self.secret)

    @cached_property
    def desk(self) -> Desk:
        """What acts need: claim, query, approve, reply, amend, withdraw and whatever else a service names."""
        from onewindow.application.desk import Desk
        from onewindow.channels.document_values import values_of
        from onewindow.storage.worklist import PostgresFollowed

        return Desk(
            journal=self.journal,
            files=self.register,
            services=self.registry,
            calendars=self.calendars,
            signer=self.signer,
            values=values_of,
            followed=PostgresFollowed(self.reader),
            bench=self.bench,
        )

    def follow(self, only: frozenset[str] = frozenset()) -> None:
        """Run the followers, or `only` these, until the process is told to end. LookupError for names there are not."""
        import signal
        import threading
        from dataclasses import replace

        from onewindow.followers.run import run_followers
        from onewindow.followers.workers import Parts, workers_of

        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        parts = Parts(
            dsn=self.dsn("follower"),
            secret=self.secret,
            desk=replace(self.desk, followed=None),
            signer=self.signer,
            data_dir=self.settings.data_dir,
            mail_url=self.settings.mail_url,
            mail_domain=self.settings.mail_domain,
            clamd=self.settings.clamd,
            demo=self.settings.demo,
        )
        try:
            run_followers(parts.dsn, _chosen(workers_of(parts), only), stop)
        finally:
            self.close()

    def rebuild(self, name: str) -> int:
        """Derive work lists or notices anew from the journal: how many events were read. KeyError for other names."""
        from onewindow.followers.follow import Follower, rebuild_derived
        from onewindow.followers.notices import NoticeFollower
        from onewindow.followers.worklist import WorklistFollower

        worklist = WorklistFollower(self.registry, self.calendars)
        derived: dict[str, Follower] = {"worklist": worklist, "notices": NoticeFollower(self.registry)}
        return rebuild_derived(self.dsn("follower"), derived[name])

    def close(self) -> None:
        """Write what waits and hang up; only what was made."""
        for name in ("journal", "tally", "reader", "door_reader"):
            if name in self.__dict__:
                self.__dict__.pop(name).close()

    def migrate(self) -> None:
        """Bring the journal's tables and Django's to this version; safe to repeat."""
        from onewindow.storage.migrate import grant_login_tables, migrate

        migrate(self.owner_dsn, self.secret)
        grant_login_tables(self.owner_dsn, _migrate_logins())


def _chosen(workers: list[Worker], only: frozenset[str]) -> list[Worker]:
    names = [worker.name for worker in workers]
    if unknown := sorted(only.difference(names)):
        raise LookupError(f"There is no follower {unknown[0]}; there are {', '.join(names)}.")
    return [worker for worker in workers if not only or worker.name in only]


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


def _migrate_logins() -> list[str]:
    """Django's own migrations, as the owner; the names of its tables."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "onewindow.web.settings"
    import django
    from django.apps import apps
    from django.core.management import call_command

    django.setup()
    call_command("migrate", database="owner", interactive=False, verbosity=0)
    models = apps.get_models(include_auto_created=True)
    return [model._meta.db_table for model in models if model._meta.managed]


@lru_cache(maxsize=1)
def platform() -> Platform:
    """This process's platform, from the environment."""
    return Platform(Settings.from_environment())
