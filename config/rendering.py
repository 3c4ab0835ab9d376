"""How forms look: labels, help, errors and fields from templates/portal/form/."""

from django.forms.renderers import TemplatesSetting


class PortalFormRenderer(TemplatesSetting):
    """Templates of the project go before Django's own, so a field looks the same wherever it stands."""

    form_template_name = "portal/form/form.html"
    field_template_name = "portal/form/field.html"
