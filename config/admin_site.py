"""The administration: Django's own, in the portal's look, behind the portal's own log-in."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _


class PortalAdminConfig(AdminConfig):
    default_site = "config.admin_site.PortalAdminSite"


class PortalAdminSite(admin.AdminSite):
    site_title = _("Administration")
    site_header = _("Administration of the portal")
    index_title = _("Today")
    enable_nav_sidebar = True
    site_url = "/"

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send staff through the portal's log-in by code, whose rate limits and second factor also hold here."""
        if request.user.is_authenticated:
            return redirect("home")
        target = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")
