"""Nothing in the journal can be changed, removed or cut off unseen; a person's data can go, and it still verifies."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from click.testing import CliRunner

from integration.journal_world import change, journal_of, lodge, receipt_of, rows_of
from onewindow.application.ports import Event
from onewindow.cli.erase import erase
from onewindow.kernel.lane import lane_of
from onewindow.storage.anchors import anchor_lanes, merkle_root, read_anchors
from onewindow.storage.erasure import erase_party
from onewindow.storage.integrity import Report, recompute
from onewindow.storage.signing import InstallationSigner
from servers import Database

LODGER = "company:alpha"
PERSON = "person:7"
NAME = "陳小明"


@dataclass
class Kept:
    """A journal with documents, amendments, words, and anchors over all of it."""

    database: Database
    file: Path
    signer: InstallationSigner

    @property
    def lane(self) -> int:
        return lane_of(LODGER, self.database.secret)

    def report(self) -> Report:
        return recompute(self.database.owner_dsn, self.signer, self.file)

    @contextmanager
    def tampered(self, statement: str, *arguments: object) -> Iterator[str]:
        """What the verification says while one thing is not as it was; put back afterwards."""
        tables = ("event", "submission", "body", "detail", "anchor", "lane")
        with psycopg.connect(self.database.owner_dsn, autocommit=True) as owner:
            for table in tables:
                owner.execute(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}".encode())
            owner.execute(statement.encode(), arguments or None)
            try:
                yield "\n".join(map(str, self.report().faults))
            finally:
                for table in tables:
                    owner.execute(f"TRUNCATE {table}".encode())
                    owner.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}".encode())
                    owner.execute(f"DROP TABLE kept_{table}".encode())


@pytest.fixture(scope="module")
def kept(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    with journal_of(database) as journal:
        for number in range(3):
            receipt = receipt_of(journal.append_now([lodge(database, lodger=LODGER)])[0])
            body = f'{{"amended":{number}}}'.encode()
            events = [Event("amended"), Event("queried", b'{"reason":"name"}', detail=NAME.encode())]
            act = change(
                database, receipt, 1, events=events, body=body, media="application/json", digest=sha256(body).digest()
            )
            journal.append_now([act])
        named = lodge(database, lodger=PERSON, body=f'{{"name":"{NAME}"}}'.encode(), summary=NAME)
        receipt = receipt_of(journal.append_now([named])[0])
        journal.append_now([change(database, receipt, 1, events=[Event("replied", detail=NAME.encode())])])
    signer = InstallationSigner(database.secret)
    file = tmp_path_factory.mktemp("outside") / "anchors.ndjson"
    assert anchor_lanes(database.dsn("follower"), file, signer) == len(
        {lane_of(LODGER, database.secret), lane_of(PERSON, database.secret)}
    )
    return Kept(database, file, signer)


def test_an_untouched_journal_is_whole(kept: Kept) -> None:
    report = kept.report()
    assert report.faults == ()
    assert (report.submissions, report.events) == (4, 11)
    assert report.anchors >= 2


def test_anchoring_again_makes_nothing_new(kept: Kept) -> None:
    assert anchor_lanes(kept.database.dsn("follower"), kept.file, kept.signer) == 0


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE event SET payload = '{}' WHERE lane = {lane} AND kind = 'queried' AND pos = 3", "event 3 (queried"),
        ("UPDATE event SET at = at + interval '1 second' WHERE lane = {lane} AND pos = 2", "event 2 (amended"),
        ("UPDATE event SET actor = 'company:beta' WHERE lane = {lane} AND pos = 1", "event 1 (lodged"),
        ("DELETE FROM event WHERE lane = {lane} AND pos = 2", "event 2: is missing"),
        ("UPDATE detail SET words = 'other' WHERE lane = {lane}", "its words were changed"),
        ("DELETE FROM detail WHERE lane = {lane}", "its words are missing"),
        ("UPDATE body SET bytes = '\\x28b52ffd' WHERE lane = {lane} AND version = 2", "its document was changed"),
        ("DELETE FROM body WHERE lane = {lane} AND version = 1", "its document is missing"),
        ("UPDATE submission SET digest = '' WHERE lane = {lane}", "names another document"),
        ("UPDATE submission SET last_seq = 9 WHERE lane = {lane}", "its events end with number 3, not 9"),
        ("DELETE FROM submission WHERE lane = {lane}", "is missing"),
        ("UPDATE lane SET head = head + 1 WHERE lane = {lane}", "is missing"),
        ("UPDATE anchor SET root = sha256('x') WHERE lane = {lane}", "not signed by this installation"),
    ],
)
def test_what_was_tampered_with_is_named(kept: Kept, statement: str, words: str) -> None:
    with kept.tampered(statement.replace("{lane}", str(kept.lane))) as said:
        assert words in said
    assert kept.report().whole


def test_a_submission_that_vanished_with_all_its_traces_is_missed(kept: Kept) -> None:
    gone = f"SELECT id FROM submission WHERE lane = {kept.lane} ORDER BY id LIMIT 1"
    statement = f"DELETE FROM event WHERE lane = {kept.lane} AND submission = ({gone})"
    with kept.tampered(f"WITH e AS ({statement}) DELETE FROM submission WHERE id = ({gone})") as said:
        assert "event 1: is missing" in said


def test_a_tail_cut_off_together_with_its_head_is_missed_by_the_file_outside(kept: Kept) -> None:
    last = f"(SELECT id FROM submission WHERE lane = {kept.lane} ORDER BY id DESC LIMIT 1)"
    cut = f"""WITH a AS (DELETE FROM anchor WHERE lane = {kept.lane}),
        e AS (DELETE FROM event WHERE lane = {kept.lane} AND submission = {last}),
        h AS (UPDATE lane SET head = 6 WHERE lane = {kept.lane})
        DELETE FROM submission WHERE id = {last}"""
    with kept.tampered(cut) as said:
        assert "the lane ends at 6: its tail is missing" in said


def test_a_line_of_the_file_that_was_changed_is_named(kept: Kept, tmp_path: Path) -> None:
    forged = tmp_path / "anchors.ndjson"
    forged.write_text(kept.file.read_text().replace('"first": 1', '"first": 2', 1))
    report = recompute(kept.database.owner_dsn, kept.signer, forged)
    assert "not signed by this installation" in str(report.faults[0])
    forged.write_text("nonsense\n")
    with pytest.raises(ValueError, match="line 1"):
        list(read_anchors(forged))


def test_an_anchor_by_another_installation_is_not_believed(kept: Kept) -> None:
    assert not recompute(kept.database.owner_dsn, InstallationSigner(b"another"), kept.file).whole


def test_the_root_depends_on_every_place_and_its_order() -> None:
    links = [(pos, sha256(str(pos).encode()).digest()) for pos in range(1, 6)]
    roots = {merkle_root(links[:size]) for size in range(6)} | {merkle_root(reversed(links))}
    assert len(roots) == 7


def test_a_person_is_erased_and_the_journal_still_verifies(kept: Kept) -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    assert erase_party(kept.database.owner_dsn, PERSON, kept.database.secret, at).submissions == 1
    report = kept.report()
    assert report.faults == ()
    assert report.erased == 2
    lane = lane_of(PERSON, kept.database.secret)
    assert rows_of(
        kept.database, f"SELECT bytes, erased_at FROM body WHERE lane = {lane} AND erased_at IS NOT NULL"
    ) == [(None, at)]
    for table in ("submission", "event", "detail", "body", "task", "issued"):
        left = str(rows_of(kept.database, f"SELECT t::text FROM {table} t WHERE lane = {lane}"))
        assert NAME not in left
        assert NAME.encode().hex() not in left
    others = rows_of(kept.database, f"SELECT count(*) FROM detail WHERE lane = {kept.lane} AND words IS NOT NULL")
    assert others == [(3,)]


def test_a_person_is_erased_by_a_command_that_asks_first(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    with journal_of(kept.database) as journal:
        journal.append_now([lodge(kept.database, lodger="person:8", summary=NAME)])
    installation = SimpleNamespace(
        settings=SimpleNamespace(log_level="error"),
        database_running=nullcontext,
        owner_dsn=kept.database.owner_dsn,
        secret=kept.database.secret,
    )
    monkeypatch.setattr("onewindow.cli.erase.platform", lambda: installation)
    assert CliRunner().invoke(erase, ["person:8"], input="n\n").exit_code == 1
    assert CliRunner().invoke(erase, ["agency:afcd", "--yes"]).exit_code == 2
    summaries = (
        f"SELECT summary FROM submission WHERE lane = {lane_of('person:8', kept.database.secret)} AND lodger = %s"
    )
    assert rows_of(kept.database, summaries, "person:8") == [(NAME,)]
    done = CliRunner().invoke(erase, ["person:8", "--yes"])
    assert (done.exit_code, done.output) == (0, "1 submissions of person:8 erased.\n")
    assert rows_of(kept.database, summaries, "person:8") == [("",)]
    assert kept.report().whole
