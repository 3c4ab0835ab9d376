"""Traders' associations with the stage they are in, and one contact a row."""

from django.utils.translation import gettext as _

from municipalities.lists.headings import AssociationColumn as Column
from municipalities.lists.rows import Line, ListRow
from municipalities.models import Association, AssociationContact, AssociationStage, Municipality, Neighbourhood
from municipalities.turnover.columns import plain


def enter_association(row: ListRow) -> Line | None:
    """Found by municipality and name, accents and capitals aside; an association with two contacts stands in two rows."""
    municipality, name = row.municipality(Column.MUNICIPALITY), row.text(Column.NAME)
    contact = row.text(Column.CONTACT)
    if municipality is None or not name:
        return None
    row.once((municipality.pk, plain(name), plain(contact)), Column.NAME)
    association = _known(municipality, name) or Association(municipality=municipality, name=name)
    given = {
        "neighbourhood": _neighbourhood(row, municipality),
        "enterprise_number": row.text(Column.ENTERPRISE_NUMBER),
        "website": _address(row.text(Column.WEBSITE)),
    }
    columns = {"name": Column.NAME, "neighbourhood": Column.NEIGHBOURHOOD, "enterprise_number": Column.ENTERPRISE_NUMBER}
    is_standing = row.put(association, given, columns | {"website": Column.WEBSITE})
    if is_standing:
        _stage(row, association)
        _contact(row, association, contact)
    return row.line(name, municipality) if is_standing and not row.is_at_fault else None


def _known(municipality: Municipality, name: str) -> Association | None:
    here = Association.objects.filter(municipality=municipality).order_by("pk")
    return next((one for one in here if plain(one.name) == plain(name)), None)


def _address(words: str) -> str:
    return f"https://{words}" if words and "://" not in words else words


def _neighbourhood(row: ListRow, municipality: Municipality) -> Neighbourhood | None:
    words = row.text(Column.NEIGHBOURHOOD)
    here = Neighbourhood.objects.filter(municipality=municipality).order_by("pk")
    found = next((one for one in here if plain(words) in (plain(one.name_fr), plain(one.name_nl))), None) if words else None
    if words and found is None:
        row.refuse(Column.NEIGHBOURHOOD, _("“%(words)s” is no neighbourhood of %(place)s.") % {"words": words, "place": municipality})
    return found


def _stage(row: ListRow, association: Association) -> None:
    """A state needs the day since when; one that holds already adds nothing."""
    state, since = row.choice(Column.STATE, Association.State), row.day(Column.SINCE)
    if row.is_at_fault or not (state or since or not association.stages.exists()):
        return
    if not (state and since):
        row.refuse(Column.SINCE if state else Column.STATE, _("Give the state of the association, and since when."))
        return
    holding = association.stages.filter(since__lte=since).order_by("-since").first()
    if holding is None or holding.state != state:
        stage = AssociationStage(association=association)
        row.put(stage, {"state": state, "since": since}, {"since": Column.SINCE, "state": Column.STATE}, is_part=True)


def _contact(row: ListRow, association: Association, name: str) -> None:
    function, email = row.text(Column.FUNCTION), row.text(Column.EMAIL)
    given = {"function": function, "email": email, "phone": row.telephone(Column.PHONE), "has_consented": row.yes(Column.CONSENT)}
    if not name:
        if function or email or given["phone"]:
            row.refuse(Column.CONTACT, _("Give the name of the contact."))
        return
    known = next((one for one in association.contacts.order_by("pk") if plain(one.name) == plain(name)), None)
    contact = known or AssociationContact(association=association)
    columns = {"name": Column.CONTACT, "function": Column.FUNCTION, "email": Column.EMAIL, "phone": Column.PHONE}
    row.put(contact, {"name": name} | given, columns | {"has_consented": Column.CONSENT}, is_part=True)
