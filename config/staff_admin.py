"""The site of the administration: behind the portal's own log-in, with the day's work on its first page."""

from typing import Any, cast

from django.apps import apps
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from config.coverage_page import coverage_page
from config.staff_menu import menu_of
from config.today import boards_for
from municipalities.models import User

ORDER = {
    "partnerships": (
        "ServiceRequest",
        "Question",
        "RequestStep",
        "StepTemplate",
        "Rating",
        "Consultation",
        "ConsultationAction",
        "WorksSite",
        "LibraryItem",
        "Agreement",
        "SpocAssignment",
        "SpocHandover",
        "Absence",
        "PartnerOrganisation",
        "Body",
        "Theme",
        "DeadlineTarget",
        "Choice",
        "Event",
    ),
    "municipalities": ("Municipality", "Official", "Association", "Street", "StaffMember", "Turnover", "ListImport"),
    "mailings": ("Mailing", "Measure", "Run", "Delivery"),
    "privacy": ("Erasure", "PersonalDataAccess"),
}


class PortalAdminSite(admin.AdminSite):
    site_title = _("Administration")
    site_header = _("Administration of the portal")
    index_title = _("Today")
    index_template = "admin/today.html"
    enable_nav_sidebar = False  # lists need the width; the objects stand in a row under the header
    site_url = "/"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only the portal's own objects have pages: groups follow from config/roles.py, keys of second factors are nobody's to read."""
        models = model_or_iterable if isinstance(model_or_iterable, list | tuple | set | frozenset) else [model_or_iterable]
        own = [model for model in models if model._meta.app_label in ORDER]
        if own:
            super().register(own, admin_class, **options)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send staff through the portal's log-in by code, whose rate limits and second factor also hold here."""
        if request.user.is_authenticated:
            return redirect("home")
        target = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """There is one way out, the portal's."""
        return redirect("account_logout")

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """For somebody known who is no staff the administration does not exist."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                raise Http404
            return inner(request, *args, **kwargs)

        return guarded

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """Daily work first, in an order of our own; what the reader may not open is not named."""
        apps_by_label = self._build_app_dict(request, None)
        models = {(label, model["object_name"]): model for label, app in apps_by_label.items() for model in app["models"]}
        found = []
        for label, names in ORDER.items():
            if app_label in (None, label) and label in apps_by_label:
                listed = [models[label, name] for name in names if (label, name) in models]
                found.append(apps_by_label[label] | {"models": listed, "name": apps.get_app_config(label).verbose_name})
        return found

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        return context | {"menu": menu_of(context["available_apps"], request.path)}

    def get_urls(self) -> list[Any]:
        return [path("coverage/", self.admin_view(self.coverage), name="coverage"), *super().get_urls()]

    def coverage(self, request: HttpRequest) -> HttpResponse:
        return coverage_page(request, self.each_context(request))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().index(request, {"boards": boards_for(cast("User", request.user)), **(extra_context or {})})
