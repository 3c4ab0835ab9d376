"""How forms look."""

from django.forms.renderers import TemplatesSetting


class PortalFormRenderer(TemplatesSetting):
    """Templates of the project go before Django's own."""
