"""GET /notifications: the caller's notices, numbered, replayable at will."""

from __future__ import annotations

import msgspec

from onewindow.api.exchange import Reply, Request, reply
from onewindow.api.wire import NoticeBody, NoticesBody


def list_notifications(request: Request) -> Reply:
    """Those after number `after`, oldest first. Ask again with the last number to get what came since."""
    after = request.number("after", 0)
    notices = request.platform.mailbox.notices(request.actor, after=after, limit=request.limit())
    rows = [
        NoticeBody(one.number, one.at, one.kind, one.service, one.reference, one.state, msgspec.Raw(one.payload))
        for one in notices
    ]
    return reply(NoticesBody(notifications=rows, after=rows[-1].number if rows else after))
