from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    """In the composition root, because it looks over all that is held on a person, whichever room keeps it."""

    name = "config.privacy"
    label = "privacy"
    verbose_name = _("Privacy")
