"""The table of operations: the whole machine API, a row a call. Order, limits, scopes and OpenAPI follow from it."""

from __future__ import annotations

from typing import Any, Final

from onewindow.api.endpoints.act_on_submission import act_on_submission
from onewindow.api.endpoints.act_on_task import act_on_task
from onewindow.api.endpoints.amend_submission import amend_submission
from onewindow.api.endpoints.check_document import check_document
from onewindow.api.endpoints.find_issued import find_issued
from onewindow.api.endpoints.list_events import list_events
from onewindow.api.endpoints.list_issued import list_issued
from onewindow.api.endpoints.list_notifications import list_notifications
from onewindow.api.endpoints.list_services import list_services
from onewindow.api.endpoints.list_submissions import list_submissions
from onewindow.api.endpoints.list_tasks import list_tasks
from onewindow.api.endpoints.list_webhooks import list_webhooks
from onewindow.api.endpoints.lodge_batch import lodge_batch
from onewindow.api.endpoints.lodge_document import lodge_document
from onewindow.api.endpoints.remove_webhook import remove_webhook
from onewindow.api.endpoints.replay_webhook import replay_webhook
from onewindow.api.endpoints.reply_to_query import reply_to_query
from onewindow.api.endpoints.show_attachment import show_attachment
from onewindow.api.endpoints.show_document import show_document
from onewindow.api.endpoints.show_example import show_example
from onewindow.api.endpoints.show_health import show_live, show_ready
from onewindow.api.endpoints.show_issued import show_issued
from onewindow.api.endpoints.show_metrics import show_metrics
from onewindow.api.endpoints.show_openapi import show_openapi
from onewindow.api.endpoints.show_schema import show_schema
from onewindow.api.endpoints.show_service import show_service
from onewindow.api.endpoints.show_submission import show_submission
from onewindow.api.endpoints.subscribe_webhook import subscribe_webhook
from onewindow.api.endpoints.try_webhook import try_webhook
from onewindow.api.endpoints.upload_attachment import upload_attachment
from onewindow.api.endpoints.withdraw_submission import withdraw_submission
from onewindow.api.multipart import FORM
from onewindow.api.operation import DOCUMENTS, JSON, KIB, MIB, Operation, QueryField
from onewindow.api.wire import (
    AttachmentBody,
    CheckBody,
    EventsBody,
    HealthBody,
    IssuedBody,
    IssuedListBody,
    NoticesBody,
    ReceiptBody,
    ReplayBody,
    SentBody,
    ServiceRowBody,
    SubmissionsBody,
    SubscribeBody,
    SubscriptionBody,
    SubscriptionsBody,
    TasksBody,
    WholeSubmissionBody,
)
from onewindow.application.attachments import MEDIA

_V1: Final = "/api/v1"
_DOCUMENT_MOST: Final = 8 * MIB
_ACT_MOST: Final = 1 * MIB
_LODGED: Final = {201: ReceiptBody, 200: ReceiptBody}
_ACTED: Final = {200: ReceiptBody}

_AFTER: Final = QueryField("after", "Where the page begins: `after` of the page before.")
_LIMIT: Final = QueryField("limit", "Rows of a page, 1 to 200; 50 when left out.")
_STATE: Final = QueryField("state", "Only those in this state.")
_SERVICE: Final = QueryField("service", "Only those of this service.")


def _get(path: str, name: str, summary: str, handler: Any, answer: Any, tag: str, **more: Any) -> Operation:
    settings = {"method": "GET", "answers": {200: answer}, "scope": "read", **more}
    return Operation(path=_V1 + path, name=name, summary=summary, handler=handler, tag=tag, **settings)


def _post(path: str, name: str, summary: str, handler: Any, answers: Any, tag: str, **more: Any) -> Operation:
    settings = {"method": "POST", "changes": True, "takes": JSON, "body_most": _ACT_MOST, **more}
    return Operation(path=_V1 + path, name=name, summary=summary, handler=handler, tag=tag, answers=answers, **settings)


SERVICES: Final = (
    _get("/services", "listServices", "The catalogue", list_services, list[ServiceRowBody], "services", scope=""),
    _get("/services/{service}", "showService", "One service", show_service, dict[str, Any], "services", scope=""),
    _get(
        "/services/{service}/schema",
        "showSchema",
        "The JSON Schema of its document",
        show_schema,
        dict[str, Any],
        "services",
        scope="",
        media="application/schema+json",
    ),
    _get(
        "/services/{service}/example",
        "showExample",
        "A document that is accepted today",
        show_example,
        dict[str, Any],
        "services",
        scope="",
    ),
)

LODGING: Final = (
    _post(
        "/services/{service}/checks",
        "checkDocument",
        "Check a document",
        check_document,
        {200: CheckBody},
        "lodging",
        scope="",
        takes=DOCUMENTS,
        body_most=_DOCUMENT_MOST,
        changes=False,
        accepts=dict[str, Any],
    ),
    _post(
        "/services/{service}/submissions",
        "lodgeDocument",
        "Lodge a document",
        lodge_document,
        _LODGED,
        "lodging",
        scope="lodge",
        takes=DOCUMENTS,
        body_most=_DOCUMENT_MOST,
        accepts=dict[str, Any],
    ),
    _post(
        "/services/{service}/batches",
        "lodgeBatch",
        "Lodge many documents",
        lodge_batch,
        {200: None},
        "lodging",
        scope="lodge",
        takes=("application/x-ndjson",),
        body_most=64 * MIB,
        streams=True,
        media="application/x-ndjson",
    ),
    _post(
        "/attachments",
        "uploadAttachment",
        "Upload a file",
        upload_attachment,
        {201: AttachmentBody, 200: AttachmentBody},
        "lodging",
        scope="lodge",
        takes=(*MEDIA, FORM),
        body_most=10 * MIB,
    ),
    _get(
        "/attachments/{attachment}",
        "showAttachment",
        "A file's state, or its bytes",
        show_attachment,
        AttachmentBody,
        "lodging",
        query=(
            QueryField("content", "`yes` for the bytes; only of a file found clean."),
            QueryField("submission", "The reference of a submission that names the file."),
        ),
    ),
)

SUBMISSIONS: Final = (
    _get(
        "/submissions",
        "listSubmissions",
        "Submissions the caller may see",
        list_submissions,
        SubmissionsBody,
        "submissions",
        query=(_AFTER, _LIMIT, _STATE, _SERVICE, QueryField("sender_reference", "The lodger's own reference.")),
    ),
    _get(
        "/submissions/{reference}",
        "showSubmission",
        "One submission",
        show_submission,
        WholeSubmissionBody,
        "submissions",
    ),
    Operation(
        method="PUT",
        path=f"{_V1}/submissions/{{reference}}",
        name="amendSubmission",
        summary="Amend the document",
        handler=amend_submission,
        scope="lodge",
        tag="submissions",
        changes=True,
        if_match=True,
        takes=DOCUMENTS,
        body_most=_DOCUMENT_MOST,
        accepts=dict[str, Any],
        answers=_ACTED,
    ),
    _post(
        "/submissions/{reference}/withdrawal",
        "withdrawSubmission",
        "Take a submission back",
        withdraw_submission,
        _ACTED,
        "submissions",
        scope="lodge",
        body_may_be_empty=True,
        accepts=dict[str, Any],
    ),
    _post(
        "/submissions/{reference}/replies",
        "replyToQuery",
        "Answer a query",
        reply_to_query,
        _ACTED,
        "submissions",
        scope="lodge",
        accepts=dict[str, Any],
    ),
    _post(
        "/submissions/{reference}/actions/{action}",
        "actOnSubmission",
        "Act on a submission as a whole",
        act_on_submission,
        _ACTED,
        "submissions",
        scope="act",
        body_may_be_empty=True,
        accepts=dict[str, Any],
    ),
    _get(
        "/submissions/{reference}/document",
        "showDocument",
        "The document as it was sent",
        show_document,
        None,
        "submissions",
        query=(QueryField("version", "Which version; the latest when left out."),),
    ),
    _get("/submissions/{reference}/events", "listEvents", "What happened", list_events, EventsBody, "submissions"),
    _get(
        "/submissions/{reference}/documents",
        "listIssued",
        "Documents issued",
        list_issued,
        IssuedListBody,
        "submissions",
    ),
    _get(
        "/submissions/{reference}/documents/{number}",
        "showIssued",
        "One issued document",
        show_issued,
        IssuedBody,
        "submissions",
    ),
    _get(
        "/documents/{number}", "findIssued", "An issued document by its number", find_issued, IssuedBody, "submissions"
    ),
)

NOTICES: Final = (
    _get(
        "/notifications",
        "listNotifications",
        "Numbered notices",
        list_notifications,
        NoticesBody,
        "notices",
        query=(QueryField("after", "The number of the last notice you have."), _LIMIT),
    ),
    _get("/webhooks", "listWebhooks", "Webhooks", list_webhooks, SubscriptionsBody, "notices", scope="webhooks"),
    _post(
        "/webhooks",
        "subscribeWebhook",
        "Have notices sent",
        subscribe_webhook,
        {201: SubscriptionBody, 200: SubscriptionBody},
        "notices",
        scope="webhooks",
        accepts=SubscribeBody,
        body_most=16 * KIB,
    ),
    _post(
        "/webhooks/{webhook}/test",
        "testWebhook",
        "Send a test notice",
        try_webhook,
        {200: SentBody},
        "notices",
        scope="webhooks",
        body_may_be_empty=True,
    ),
    _post(
        "/webhooks/{webhook}/replay",
        "replayWebhook",
        "Send notices again",
        replay_webhook,
        {200: SentBody},
        "notices",
        scope="webhooks",
        accepts=ReplayBody,
        body_may_be_empty=True,
    ),
    Operation(
        method="DELETE",
        path=f"{_V1}/webhooks/{{webhook}}",
        name="removeWebhook",
        summary="Remove a webhook",
        handler=remove_webhook,
        scope="webhooks",
        tag="notices",
        changes=True,
        answers={204: None},
    ),
)

TASKS: Final = (
    _get(
        "/tasks",
        "listTasks",
        "The work list",
        list_tasks,
        TasksBody,
        "tasks",
        scope="act",
        for_agency=True,
        query=(_AFTER, _LIMIT, _STATE, _SERVICE),
    ),
    _post(
        "/tasks/{task}/{action}",
        "actOnTask",
        "Act on a task",
        act_on_task,
        _ACTED,
        "tasks",
        scope="act",
        body_may_be_empty=True,
        accepts=dict[str, Any],
    ),
)

OPERATING: Final = (
    _get(
        "/openapi.json",
        "showOpenapi",
        "This document",
        show_openapi,
        dict[str, Any],
        "operating",
        scope=None,
        aliases=("/openapi.json",),
    ),
    Operation(
        method="GET",
        path="/health/live",
        aliases=(f"{_V1}/health/live",),
        name="showLive",
        summary="Whether the process lives",
        handler=show_live,
        scope=None,
        tag="operating",
        answers={200: HealthBody},
    ),
    Operation(
        method="GET",
        path="/health/ready",
        aliases=(f"{_V1}/health/ready",),
        name="showReady",
        summary="Whether the process takes calls",
        handler=show_ready,
        scope=None,
        tag="operating",
        answers={200: HealthBody, 503: HealthBody},
    ),
    Operation(
        method="GET",
        path="/metrics",
        aliases=(f"{_V1}/metrics",),
        name="showMetrics",
        summary="Figures for a monitor",
        handler=show_metrics,
        scope="",
        for_operator=True,
        tag="operating",
        answers={200: None},
        media="text/plain",
    ),
)

OPERATIONS: Final = (*SERVICES, *LODGING, *SUBMISSIONS, *NOTICES, *TASKS, *OPERATING)
