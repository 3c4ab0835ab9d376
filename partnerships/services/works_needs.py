"""What a works request still lacks before it can be submitted: the fields with a star, by the name they bear in the form."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from partnerships.models import ServiceRequest, WorksSite

NEEDED = _("This is needed to submit the request.")
FIELDS = ("name", "owner", "road", "coordinated", "information_given", "wishes", "site_contact", "municipal_contact")
ROWS = ("streets", "phases", "shops")


def missing_for_works(request: ServiceRequest) -> dict[str, Any]:
    site = WorksSite.objects.filter(request=request).prefetch_related(*ROWS).first()
    if site is None:
        return dict.fromkeys((*FIELDS, *ROWS), NEEDED)
    missing = {name: NEEDED for name in FIELDS if not getattr(site, name)}
    missing |= {name: NEEDED for name in ROWS if not getattr(site, name).all()}
    if site.owner in (WorksSite.Owner.PRIVATE, WorksSite.Owner.OTHER) and not site.owner_other.strip():
        missing["owner_other"] = _("Please say who.")
    return missing
