"""GET /tasks: the work list of the caller's agency."""

from __future__ import annotations

from typing import cast

from onewindow.api.exchange import Reply, Request, reply
from onewindow.api.wire import TasksBody, task_body
from onewindow.application.ports import Filter, Task


def list_tasks(request: Request) -> Reply:
    """Open tasks for the caller's roles, the most urgent first. `after` comes from the page before."""
    query = request.query()
    wanted = Filter(state=query.get("state", ""), service=query.get("service", ""))
    page = request.platform.worklist.tasks(request.actor, wanted, query.get("after", ""), request.limit())
    return reply(TasksBody(after=page.after, tasks=[task_body(cast("Task", row)) for row in page.rows]))
