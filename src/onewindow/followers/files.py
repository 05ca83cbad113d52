"""Submissions as followers read them: all of them, over the follower's own connection."""

from __future__ import annotations

from psycopg.rows import class_row

from onewindow.application.ports import Submission
from onewindow.followers.follow import Connection
from onewindow.kernel.actor import Actor
from onewindow.kernel.reference import lane_of_reference, normalise
from onewindow.storage.compression import decompress
from onewindow.storage.queries import query


class FollowerFiles:
    """`application.desk.Files` for the system's own acts; the actor does not narrow what it sees."""

    def __init__(self, connection: Connection, secret: bytes) -> None:
        self.connection = connection
        self.secret = secret

    def submission(self, actor: Actor, reference: str) -> Submission | None:  # noqa: ARG002 - the port's signature
        """The submission of a reference, or of the number of a document that it issued."""
        known = self._by_reference(reference)
        return known or self._by_number(reference)

    def body(
        self,
        actor: Actor,  # noqa: ARG002 - the port's signature
        submission: Submission,
        version: int | None = None,
    ) -> tuple[bytes, str] | None:
        """Its latest document (or that of a version) and its content type; None when it was erased."""
        wanted = {"lane": submission.lane, "submission": submission.id, "version": version}
        row = self.connection.execute(query("follower_body"), wanted).fetchone()
        return (decompress(row[0], row[1]), row[2]) if row and row[0] is not None else None

    def _by_reference(self, reference: str) -> Submission | None:
        lane = lane_of_reference(reference, self.secret)
        if lane is None:
            return None
        with self.connection.cursor(row_factory=class_row(Submission)) as cursor:
            wanted = {"lane": lane, "reference": normalise(reference)}
            return cursor.execute(query("follower_submission"), wanted).fetchone()

    def _by_number(self, number: str) -> Submission | None:
        """An issued document's number holds its submission's reference: prefix, reference, serial."""
        lanes = {lane_of_reference(part, self.secret) for part in references_in(number)}
        for lane in lanes - {None}:
            row = self.connection.execute(query("issued_submission"), {"lane": lane, "number": number}).fetchone()
            if row:
                return self._by_reference(row[0])
        return None


def references_in(number: str) -> list[str]:
    """Every run of three groups in a number that can be a reference: `IL-7Q2K-M4XD-91TB-2` holds one."""
    parts = number.split("-")
    runs = ["-".join(parts[start : start + 3]) for start in range(len(parts) - 2)]
    return [run for run in runs if normalise(run)]
