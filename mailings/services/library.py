"""What the mail about a delivered document says: which one, and where the reader finds it."""

from typing import Any

from mailings.rendering import portal_link
from municipalities.models import User
from partnerships.models import Event, LibraryItem


def delivered_document(event: Event, person: User) -> dict[str, Any]:
    """The document of the event and where it is, for whoever may see it; nothing of it for others."""
    if event.verb != Event.Verb.DOCUMENT_DELIVERED:
        return {}
    item = LibraryItem.objects.visible_to(person).filter(pk=event.data["item"]).first()
    return {"item": item, "item_url": portal_link("library_item", item.key) if item else ""}
