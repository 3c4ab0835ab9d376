"""A file of a request: its page with all versions, the file itself, its picture; for whoever may see the request, and nobody else."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from municipalities.http import PersonRequest
from partnerships.forms.attachments import VersionForm
from partnerships.models import Attachment
from partnerships.services.attachments import may_remove, may_replace, remove_attachment, replace_attachment
from partnerships.services.requests import ActionNotAllowed
from partnerships.uploads import serve_private


def _load(request: PersonRequest, key: uuid.UUID) -> Attachment:
    """The file, for a person who may see it; 404 for everybody else."""
    visible = Attachment.objects.visible_to(request.user).with_people()
    return get_object_or_404(visible.select_related("request__municipality", "message"), key=key)


@require_safe
def attachment_page(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """Every version of a file, who put it and when; for its own side the way to a new version, for its sender the way to remove it."""
    return _show(request, _load(request, key))


def _show(request: PersonRequest, shown: Attachment, form: VersionForm | None = None, status: int = 200) -> HttpResponse:
    versions = Attachment.objects.visible_to(request.user).filter(series=shown.series).with_people().order_by("-version")
    context = {
        "attachment": shown,
        "service_request": shown.request,
        "request_url": _request_url(request, shown),
        "versions": versions,
        "form": (form or VersionForm()) if may_replace(request.user, shown) else None,
        "may_remove": may_remove(request.user, shown),
    }
    return render(request, "partnerships/attachments/attachment_page.html", context, status=status)


def _request_url(request: PersonRequest, shown: Attachment) -> str:
    """The page of the request where this person works."""
    if request.user.is_staff:
        return reverse("admin:partnerships_servicerequest_change", args=[shown.request_id])
    return reverse("request", args=[shown.request.key])


@require_safe
def attachment_file(request: PersonRequest, key: uuid.UUID) -> HttpResponseBase:
    """The file itself, as a file to keep. What waits for the virus scanner, or was caught by it, is given to nobody."""
    found = _load(request, key)
    if not found.is_servable:
        raise Http404
    return serve_private(found.file, filename=found.name, content_type=found.content_type)


@require_safe
def attachment_preview(request: PersonRequest, key: uuid.UUID) -> HttpResponseBase:
    """The picture of the file."""
    found = _load(request, key)
    if not found.has_preview:
        raise Http404
    return serve_private(found.preview, filename="preview.webp", content_type="image/webp", as_attachment=False)


@require_http_methods(["GET", "HEAD", "POST"])
def attachment_replace(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """Put a new version in the place of this one."""
    found = _load(request, key)
    if request.method != "POST":
        return redirect("attachment", key=key)
    form = VersionForm(request.POST, request.FILES, person=request.user)
    if not form.is_valid():
        return _show(request, found, form)
    try:
        newest = replace_attachment(found, by=request.user, upload=form.cleaned_data["attachments"][0])
    except ActionNotAllowed:
        messages.warning(request, _("That is no longer possible: the request has moved on. Here is how it stands now."))
        return redirect("attachment", key=key)
    except ValidationError as error:
        form.refuse_files(error)
        return _show(request, found, form)
    messages.success(request, _("The new version is in its place; the versions before it can still be opened here."))
    return redirect("attachment", key=newest.key)


@require_http_methods(["GET", "HEAD", "POST"])
def attachment_remove(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """Ask once more, then take the file out of the request."""
    found = _load(request, key)
    if not may_remove(request.user, found):
        messages.warning(request, _("This file cannot be removed any more."))
        return redirect("attachment", key=key)
    if request.method != "POST":
        return render(request, "partnerships/attachments/attachment_remove.html", {"attachment": found, "service_request": found.request})
    try:
        remove_attachment(found, by=request.user)
    except ActionNotAllowed:
        messages.warning(request, _("This file cannot be removed any more."))
        return redirect("attachment", key=key)
    messages.success(request, _("The file is removed from the request."))
    return redirect(_request_url(request, found))
