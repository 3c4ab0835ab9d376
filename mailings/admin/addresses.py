"""Officials whom mails do not reach; here, because deliveries are known to this app and not to the one below."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailings.coverage import failing_since
from municipalities.admin.base import YesFilter
from municipalities.admin.people import OfficialAdmin


class NoAddressFilter(YesFilter):
    title = _("address")
    parameter_name = "no_address"
    label = _("no working address")

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """People to whom the last mails failed, after the last one that arrived."""
        return queryset.filter(pk__in=unreachable(queryset)) if self.value() else queryset


def unreachable(people: Any) -> Any:
    return people.order_by().alias(failing=failing_since("pk", timezone.now())).filter(failing__isnull=False).values("pk")


OfficialAdmin.list_filter = (*OfficialAdmin.list_filter, NoAddressFilter)
