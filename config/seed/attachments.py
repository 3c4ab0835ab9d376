"""A row for a file of a request, with its content kept in the storage; the caller saves it."""

import datetime as dt
import uuid
from typing import Any

from django.core.files.base import ContentFile

from partnerships.models import Attachment, Message, ServiceRequest
from partnerships.models.attachments import first_scan
from partnerships.uploads import Checked
from partnerships.uploads.previews import can_be_shown


def new_attachment(key: uuid.UUID, request: ServiceRequest, message: Message | None, checked: Checked, **own: Any) -> Attachment:
    """Sent with a message, or with the form of its request, by whoever wrote those, at that time."""
    row = Attachment(
        key=key,
        request=request,
        message=message,
        side=message.side if message else Message.Side.MUNICIPALITY,
        added_by=message.author if message else request.asked_by,
        added_at=_sent_at(request, message),
        name=checked.name,
        kind=checked.kind,
        size=checked.size,
        sha256=checked.sha256,
        scan=first_scan(),
        preview_state=Attachment.Preview.PENDING if can_be_shown(checked.kind) else Attachment.Preview.NONE,
    )
    for name, value in own.items():
        setattr(row, name, value)
    row.file.save(checked.name, ContentFile(checked.content), save=False)
    return row


def _sent_at(request: ServiceRequest, message: Message | None) -> dt.datetime:
    return message.sent_at if message else request.created_at
