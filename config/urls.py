"""Every address of the portal. Pages are private unless their view says `login_not_required`."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from config import home, municipality_page, views
from config.privacy.views import privacy

urlpatterns = [
    path("", home.home, name="home"),
    path("privacy/", privacy, name="privacy"),
    path("municipalities/<slug:slug>/", municipality_page.municipality_page, name="municipality"),
    path("", include("partnerships.urls")),
    path("", include("municipalities.urls")),
    path("", include("mailings.urls")),
    path("health/live", views.live, name="health_live"),
    path("health/ready", views.ready, name="health_ready"),
    path("metrics", views.metrics, name="metrics"),
    path("language/", views.set_language, name="set_language"),
    path("accounts/", include("config.account_urls")),
    path("admin/", admin.site.urls),
]

handler400 = "config.views.bad_request"
handler403 = "config.views.permission_denied"
handler404 = "config.views.not_found"
handler500 = "config.views.server_error"

if settings.DEMO_DOORS:
    urlpatterns.append(path("demo/", include("config.demo_urls")))
