"""Every page by its address."""

from __future__ import annotations

from allauth.account import views as logins
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from onewindow.web.static_files import serve_asset
from onewindow.web.views import (
    codes,
    company,
    document,
    files,
    home,
    lodging,
    signing_in,
    submissions,
    tasks,
    today,
    tracking,
    verifying,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("static/<path:name>", serve_asset, name="asset"),
    path("services/", home.catalogue, name="catalogue"),
    path("services/<str:service_id>/", home.service, name="service"),
    path("services/<str:service_id>/start/", document.start, name="start"),
    path("codes/<str:name>/", codes.codes, name="codes"),
    path("drafts/", document.drafts, name="drafts"),
    path("drafts/<uuid:draft_id>/discard/", document.discard, name="discard"),
    path("drafts/<uuid:draft_id>/check/", lodging.check, name="check"),
    path("drafts/<uuid:draft_id>/lodge/", lodging.lodge, name="lodge"),
    path("drafts/<uuid:draft_id>/part/<path:path>/", document.section, name="section"),
    path("track/", tracking.track, name="track"),
    path("verify/", verifying.verify, name="verify"),
    path("today/", today.today, name="today"),
    path("notifications/", today.notifications, name="notifications"),
    path("company/", company.company, name="company"),
    path("company/keys/", company.make_key, name="make-key"),
    path("company/keys/<str:mark>/revoke/", company.revoke_key, name="revoke-key"),
    path("company/mandates/", company.give_mandate, name="give-mandate"),
    path("company/mandates/<uuid:mandate_id>/end/", company.end_mandate, name="end-mandate"),
    path("company/webhooks/", company.make_webhook, name="make-webhook"),
    path("company/webhooks/<uuid:webhook_id>/test/", company.test_webhook, name="test-webhook"),
    path("company/webhooks/<uuid:webhook_id>/remove/", company.remove_webhook, name="remove-webhook"),
    path("submissions/", submissions.submissions, name="submissions"),
    path("submissions/<str:reference>/", submissions.submission, name="submission"),
    path("submissions/<str:reference>/receipt/", lodging.receipt, name="receipt"),
    path("submissions/<str:reference>/amend/", submissions.amend, name="amend"),
    path("submissions/<str:reference>/copy/", submissions.copy, name="copy"),
    path("submissions/<str:reference>/versions/<int:version>/", submissions.document, name="document"),
    path("submissions/<str:reference>/act/<str:action>/", submissions.act, name="submission-act"),
    path("submissions/<str:reference>/steps/<str:leg>/act/<str:action>/", submissions.act, name="step-act"),
    path("submissions/<str:reference>/files/<uuid:file_id>/", files.attachment, name="attachment"),
    path("submissions/<str:reference>/issued/<str:number>/", verifying.issued_pdf, name="issued-pdf"),
    path("work/", tasks.worklist, name="worklist"),
    path("work/claim/", tasks.claim_many, name="claim-many"),
    path("work/<str:task_id>/", tasks.task, name="task"),
    path("work/<str:task_id>/act/<str:action>/", tasks.act, name="task-act"),
    path("sign-in/", signing_in.sign_in, name="sign-in"),
    path("sign-out/", signing_in.sign_out, name="sign-out"),
    path("here/", signing_in.today_or_work, name="landing"),
    path("act-for/", signing_in.act_for, name="act-for"),
    path("account/login/", logins.login, name="account_login"),
    path("account/logout/", logins.logout, name="account_logout"),
    path("account/inactive/", logins.account_inactive, name="account_inactive"),
    path("account/reauthenticate/", logins.reauthenticate, name="account_reauthenticate"),
    path("account/password/set/", logins.password_set, name="account_set_password"),
    path("account/password/", logins.password_change, name="account_change_password"),
    path("account/two-factor/", include("allauth.mfa.urls")),
]
if settings.DEMONSTRATION:
    urlpatterns.append(
        path("demonstration/sign-in/<str:login_name>/", signing_in.demonstration_sign_in, name="demonstration-sign-in")
    )

handler404 = "onewindow.web.views.faults.not_found"
handler403 = "onewindow.web.views.faults.forbidden"
handler500 = "onewindow.web.views.faults.broken"
