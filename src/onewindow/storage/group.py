"""One transaction for all that waits: documents and changes of one node, answered together when they are durable.

The way is optimistic: rows are copied as if every key were new. A duplicate breaks the transaction by its SQLSTATE;
then what is known is answered from its claims and the rest is written again. Locks are always taken in the same order
(submissions, claims by lane and token, heads by lane), so that writers never wait for each other in a circle.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from onewindow.application.ports import Change, Conflict, Lodge, Receipt
from onewindow.storage import copying, lodged_rows
from onewindow.storage.changed_rows import ChangedRows, Head, changed_rows, stale
from onewindow.storage.claims import Claimed, Token, answer, key_token, tokens_of
from onewindow.storage.door import Connection
from onewindow.storage.lodged import Lodged, Moment, prepare, this_moment
from onewindow.storage.lodged_rows import Lines, columns_of, lines_of
from onewindow.storage.queries import query

Command = Lodge | Change
Outcome = Receipt | Conflict

FEW = 150
"""Up to so many documents one statement is cheaper than a transaction of COPYs (docs/adr/0003-binary-copy.md)."""
MOST_TRIES = 8
"""Each try after the first needs somebody else to have written the same key meanwhile."""

INSERTS = {
    "issued": ("insert_issued", ("number", "submission", "service", "key_id", "payload", "signature", "issued_at")),
    "revocation": ("revoke_issued", ("number", "revoked_at")),
    "attachment": (
        "insert_attachment",
        ("id", "submission", "owner", "name", "media", "size", "digest", "bytes", "at"),
    ),
    "binding": ("bind_attachment", ("id", "submission")),
}
"""What `Change.inserts` may name: the statement and the columns it takes after the lane."""


class TooContended(Exception):
    """Others kept writing the same keys; nothing of this try was kept."""


class GroupWriter:
    """Writes groups of commands over one connection, one group at a time."""

    def __init__(self, connection: Connection, secret: bytes) -> None:
        self._connection = connection
        self._secret = secret
        self._expects_repeats = False

    async def write(self, commands: Sequence[Command]) -> list[Outcome]:
        """One outcome a command, in order, all durable. Raises what the driver raises; then nothing is known."""
        outcomes: dict[int, Outcome] = {}
        waiting = list(range(len(commands)))
        tokens = [tokens_of(command) for command in commands]
        look_first = self._expects_repeats or any(isinstance(command, Change) and command.key for command in commands)
        for _ in range(MOST_TRIES):
            if look_first:
                outcomes |= await self._known({number: commands[number] for number in waiting})
                waiting = [number for number in waiting if number not in outcomes]
            now, later = first_claimants(commands, tokens, waiting)
            try:
                outcomes |= await self._commit({number: commands[number] for number in now}, tokens)
            except asyncpg.UniqueViolationError:
                later = waiting
            self._expects_repeats = look_first = bool(later)
            if not later:
                return [outcomes[number] for number in range(len(commands))]
            waiting = later
        raise TooContended

    async def _known(self, commands: dict[int, Command]) -> dict[int, Outcome]:
        """Outcomes that claims already settle; a new key of a known document is claimed for it."""
        claims = await self._claims_of(commands.values())
        answers = {number: answer(command, claims) for number, command in commands.items()}
        found = {number: outcome for number, outcome in answers.items() if outcome is not None}
        further = [
            command
            for number, command in commands.items()
            if isinstance(found.get(number), Receipt) and isinstance(command, Lodge) and command.key
        ]
        await self._claim_further_keys(further, claims)
        return found

    async def _claims_of(self, commands: Iterable[Command]) -> dict[tuple[int, Token], Claimed]:
        wanted = [(command.lane, token) for command in commands for token in tokens_of(command)]
        return await known_claims(self._connection, wanted)

    async def _claim_further_keys(self, repeats: list[Lodge], claims: dict[tuple[int, Token], Claimed]) -> None:
        today, rows = datetime.now(UTC).date(), set()
        for command in repeats:
            token, place = key_token(command.lodger, command.key), command.lane
            if (place, token) not in claims:
                claim = claims[place, tokens_of(command)[-1]]
                rows.add((place, token, claim.submission, claim.digest, claim.version, claim.state, today))
        if rows:
            ordered = sorted(rows, key=lambda row: row[:2])
            await self._connection.execute(query("add_claims"), *map(list, zip(*ordered, strict=True)))

    async def _commit(self, commands: dict[int, Command], tokens: list[list[Token]]) -> dict[int, Outcome]:
        lodges = {number: command for number, command in commands.items() if isinstance(command, Lodge)}
        changes = {number: command for number, command in commands.items() if isinstance(command, Change)}
        moment = this_moment()
        lodged = prepare(list(lodges.values()), [tokens[number] for number in lodges], moment, self._secret)
        outcomes: dict[int, Outcome] = dict(zip(lodges, (one.receipt for one in lodged), strict=True))
        if changes or len(lodges) > FEW or any(command.readers for command in lodges.values()):
            return outcomes | await self._commit_many(lodged, moment, changes)
        if lodges:
            await self._connection.execute(query("lodge_few"), *columns_of(lodged, moment))
        return outcomes

    async def _commit_many(
        self, lodged: list[Lodged], moment: Moment, changes: dict[int, Change]
    ) -> dict[int, Outcome]:
        lines = lines_of(lodged, moment)
        async with self._connection.transaction():
            outcomes: dict[int, Outcome] = {}
            changed: dict[int, ChangedRows] = {}
            if changes:
                outcomes, changed = await self._plan(changes)
            await self._copy_documents(lines, list(changed.values()))
            if changed:
                await self._write_changes({number: changes[number] for number in changed}, list(changed.values()))
            await self._many("grant_access", sorted(readers_of(lodged, (changes[number] for number in changed))))
            await self._copy_events(lines, list(changed.values()))
        return outcomes | {number: rows.receipt for number, rows in changed.items()}

    async def _plan(self, changes: dict[int, Change]) -> tuple[dict[int, Outcome], dict[int, ChangedRows]]:
        """Lock what changes, and set apart what comes too late."""
        places = sorted({(change.lane, change.submission) for change in changes.values()})
        rows = await self._connection.fetchmany(query("lock_submission"), places)
        heads = {(row["lane"], row["id"]): Head(*row[1:]) for row in rows}
        numbers = list(changes)
        late = {numbers[place] for place in stale(list(changes.values()), heads)}
        refused = await self._refuse_late({number: changes[number] for number in late}, heads)
        at = datetime.now(UTC)
        written = {
            number: changed_rows(change, heads[change.lane, change.submission], at)
            for number, change in changes.items()
            if number not in late
        }
        return refused, written

    async def _refuse_late(self, late: dict[int, Change], heads: dict[tuple[int, UUID], Head]) -> dict[int, Outcome]:
        """A repeat that met its own first try gets that one's receipt; the others are told the present version."""
        claims = await self._claims_of(late.values())
        refused: dict[int, Outcome] = {}
        for number, change in late.items():
            head = heads.get((change.lane, change.submission))
            known = answer(change, claims)
            refused[number] = known or Conflict("stale_version", head.version if head else 0)
        return refused

    async def _copy_documents(self, lines: Lines, changed: list[ChangedRows]) -> None:
        claims = lines.claims + [(rows.lane, token, line) for rows in changed for token, line in rows.claims]
        await self._copy("claim", lodged_rows.CLAIM, [line for _, _, line in sorted(claims)])
        await self._copy("reference", lodged_rows.REFERENCE, lines.references)
        await self._copy("submission", lodged_rows.SUBMISSION, lines.submissions)
        bodies = lines.bodies + [line for rows in changed for line in rows.bodies]
        await self._copy("body", lodged_rows.BODY, bodies)

    async def _write_changes(self, changes: dict[int, Change], changed: list[ChangedRows]) -> None:
        await self._many("change_submission", [rows.update for rows in changed])
        await self._many("insert_detail", [detail for rows in changed for detail in rows.details])
        for change in changes.values():
            for table, values in change.inserts:
                name, columns = INSERTS[table]
                await self._connection.execute(query(name), change.lane, *(values.get(column) for column in columns))

    async def _copy_events(self, lines: Lines, changed: list[ChangedRows]) -> None:
        """Take the heads of all lanes, last, and place the events behind them."""
        events = lines.events + [(rows.lane, line) for rows in changed for line in rows.events]
        if not events:
            return
        counts = Counter(lane for lane, _ in events)
        heads = await self._connection.fetch(query("take_heads"), list(counts), list(counts.values()))
        places = {row["lane"]: row["before"] for row in heads}
        placed = []
        for lane, rest in events:
            places[lane] += 1
            placed.append(lodged_rows.event_line(lane, places[lane], rest))
        await self._copy("event", lodged_rows.EVENT, placed)

    async def _many(self, name: str, arguments: Sequence[tuple[object, ...]]) -> None:
        if arguments:
            await self._connection.executemany(query(name), arguments)

    async def _copy(self, table: str, columns: tuple[str, ...], lines: list[bytes]) -> None:
        if lines:
            await self._connection.copy_to_table(
                table, source=memoryview(copying.stream(lines)), columns=columns, format="binary"
            )


async def known_claims(connection: Connection, wanted: Sequence[tuple[int, Token]]) -> dict[tuple[int, Token], Claimed]:
    """What these tokens stand for already, by lane and token."""
    if not wanted:
        return {}
    rows = await connection.fetch(query("known_claims"), *map(list, zip(*wanted, strict=True)))
    return {(row["lane"], row["token"]): Claimed(*row[2:]) for row in rows}


def first_claimants(
    commands: Sequence[Command], tokens: list[list[Token]], waiting: list[int]
) -> tuple[list[int], list[int]]:
    """Those whose tokens nobody before them in the group claims; the rest waits until these are written."""
    taken: set[tuple[int, Token]] = set()
    now: list[int] = []
    later: list[int] = []
    for number in waiting:
        lane = commands[number].lane
        claimed = [(lane, token) for token in tokens[number]]
        (now if taken.isdisjoint(claimed) else later).append(number)
        taken.update(claimed)
    return now, later


def readers_of(lodged: Iterable[Lodged], changes: Iterable[Change]) -> set[tuple[int, UUID, str]]:
    """Who may read what besides its owner: (lane, submission, party)."""
    granted = {(one.command.lane, UUID(bytes=one.id), party) for one in lodged for party in one.command.readers}
    return granted | {(change.lane, change.submission, party) for change in changes for party in change.readers}
