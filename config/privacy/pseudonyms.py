"""What stands where a person's name and address stood."""

from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.models import Q

from municipalities.languages import CorrespondenceLanguage
from municipalities.models import ERASED_DOMAIN, User


def pseudonym_address(person: User) -> str:
    """An address no mail ever reaches: `.invalid` is reserved (RFC 2606). It also says what the person was, for the pseudonym's words."""
    worked_here = User.history.filter(Q(is_staff=True) | Q(is_cabinet_reviewer=True), id=person.pk).exists()
    return f"{'staff' if worked_here else 'official'}-{person.pk}@{ERASED_DOMAIN}"


def pseudonym_values(person: User) -> dict[str, Any]:
    """What the fields about a person become; whatever is not named here becomes empty."""
    return {
        "email": person.email if person.is_erased else pseudonym_address(person),
        "first_name": "",
        "last_name": f"#{person.pk}",
        "password": make_password(None),
        "correspondence_language": CorrespondenceLanguage.BOTH,
        "is_active": False,
    }
