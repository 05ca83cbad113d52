"""A worker to be killed: follows the journal into the work lists for ever."""

from __future__ import annotations

import sys
import time

import psycopg

from integration.follower_world import CALENDARS, NAMED_LICENCE, Shelf
from onewindow.followers.follow import begin, catch_up, connect
from onewindow.followers.worklist import WorklistFollower

if __name__ == "__main__":
    follower = WorklistFollower(Shelf(NAMED_LICENCE), CALENDARS)
    while True:
        try:
            with connect(sys.argv[1]) as connection:
                begin(connection, follower)
                while True:
                    catch_up(connection, follower)
                    time.sleep(0.02)
        except psycopg.OperationalError:
            time.sleep(0.1)
