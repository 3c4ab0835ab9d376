"""The administration: Django's own, in the portal's look. The site itself needs models, so it is named here and not imported."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    default_site = "config.staff_admin.PortalAdminSite"
