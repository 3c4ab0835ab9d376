"""Addresses of requests, delegations and agreements."""

from django.urls import path

from partnerships.views import agreements, attachments, delegations, ratings, request_acts, request_forms, request_list, requests
from partnerships.views.works import works_patterns

urlpatterns = [
    path("requests/", request_list.request_list, name="requests"),
    path("requests/list.csv", request_list.request_list_csv, name="requests_csv"),
    path("requests/new/", request_forms.request_new, name="request_new"),
    path("requests/new/<str:kind>/", request_forms.request_draft, name="request_draft"),
    path("requests/new/<str:kind>/to/<slug:target>/", request_forms.request_draft, name="request_draft_to"),
    path("requests/<uuid:key>/", requests.request_page, name="request"),
    path("requests/<uuid:key>/edit/", request_forms.request_edit, name="request_edit"),
    path("requests/<uuid:key>/edit/<slug:step>/", request_forms.request_step, name="request_step"),
    path("requests/<uuid:key>/edit/<slug:step>/to/<slug:target>/", request_forms.request_step, name="request_step_to"),
    path("requests/<uuid:key>/check/", request_forms.request_check, name="request_check"),
    path("requests/<uuid:key>/submit/", requests.request_submit, name="request_submit"),
    path("requests/<uuid:key>/withdraw/", requests.request_withdraw, name="request_withdraw"),
    path("requests/<uuid:key>/close/", requests.request_close, name="request_close"),
    path("requests/<uuid:key>/satisfaction/", ratings.request_rate, name="request_rate"),
    path("requests/<uuid:key>/acknowledge/", request_acts.request_acknowledge, name="request_acknowledge"),
    path("requests/<uuid:key>/start/", request_acts.request_start, name="request_start"),
    path("requests/<uuid:key>/ask/", request_acts.request_ask, name="request_ask"),
    path("requests/<uuid:key>/complete/", request_acts.request_complete, name="request_complete"),
    path("requests/<uuid:key>/decline/", request_acts.request_decline, name="request_decline"),
    path("requests/<uuid:key>/reopen/", request_acts.request_reopen, name="request_reopen"),
    path("requests/<uuid:key>/again/", request_acts.request_again, name="request_again"),
    path("requests/<uuid:key>/message/", requests.request_message, name="request_message"),
    path("files/<uuid:key>/", attachments.attachment_page, name="attachment"),
    path("files/<uuid:key>/file/", attachments.attachment_file, name="attachment_file"),
    path("files/<uuid:key>/preview/", attachments.attachment_preview, name="attachment_preview"),
    path("files/<uuid:key>/replace/", attachments.attachment_replace, name="attachment_replace"),
    path("files/<uuid:key>/remove/", attachments.attachment_remove, name="attachment_remove"),
    path("delegates/", delegations.delegates, name="delegates"),
    path("delegates/<uuid:key>/end/", delegations.delegate_revoke, name="delegate_revoke"),
    path("invitations/", delegations.invitations, name="invitations"),
    path("invitations/<uuid:key>/accept/", delegations.invitation_accept, name="invitation_accept"),
    path("invitations/<uuid:key>/decline/", delegations.invitation_decline, name="invitation_decline"),
    path("agreements/<uuid:key>/", agreements.agreement_page, name="agreement"),
    path("agreements/<uuid:key>/document/", agreements.agreement_document, name="agreement_document"),
    path("agreements/<uuid:key>/summary/", agreements.agreement_summary, name="agreement_summary"),
    path("agreements/<uuid:key>/summary.pdf", agreements.agreement_summary_pdf, name="agreement_summary_pdf"),
    path("municipalities/<slug:slug>/agreements.svg", agreements.agreement_timeline, name="agreement_timeline"),
    *works_patterns,
]
