"""Which rows of which table have to do with a person."""

from typing import Any, cast

from django.contrib.contenttypes.models import ContentType
from django.db import models

from config.privacy.purposes import Entry, Link
from config.privacy.register import history_base
from municipalities.models import Official, StaffMember, User

PERSON_MODELS = (User, Official, StaffMember)


def rows_linked(model: type[models.Model], entry: Entry, person: User, *links: Link) -> models.QuerySet[Any]:
    """The rows that one of these links ties to the person, in the order of their keys."""
    wanted = models.Q(pk__in=[])
    for lookup, link in entry.links.items():
        if link in links:
            wanted |= models.Q(**{lookup: person.pk})
    if Link.ABOUT in links and entry.names_objects:
        wanted |= about_object(model, person)
    return rows_of(model).filter(wanted).order_by("pk")


def rows_of(model: type[models.Model]) -> models.QuerySet[Any]:
    """All rows, past any manager or queryset of the model that hides some or refuses to write."""
    return models.QuerySet(model)


def about_object(model: type[models.Model], person: User) -> models.Q:
    """Rows that point at the person by content type and number."""
    kinds = ContentType.objects.get_for_models(*PERSON_MODELS, for_concrete_models=False).values()
    number = model._meta.get_field("object_id")
    return models.Q(content_type__in=list(kinds), object_id=cast("models.Field", number).get_prep_value(person.pk))


def is_history_of_people(model: type[models.Model]) -> bool:
    return history_base(model) is User
