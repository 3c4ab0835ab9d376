"""Streets that matter to local trade, with the neighbourhood each lies in."""

from municipalities.lists.headings import StreetColumn as Column
from municipalities.lists.rows import Line, ListRow
from municipalities.models import Municipality, Neighbourhood, Street


def enter_street(row: ListRow) -> Line | None:
    """Found by municipality and French name; a neighbourhood not known yet is entered with both its names."""
    municipality = row.municipality(Column.MUNICIPALITY)
    name_fr, name_nl = row.text(Column.NAME_FR), row.text(Column.NAME_NL)
    kind = row.choice(Column.KIND, Street.Kind)
    if municipality is None or not (name_fr and name_nl):
        return None
    row.once((municipality.pk, name_fr.casefold()), Column.NAME_FR)
    neighbourhood = _neighbourhood(row, municipality)
    known = Street.objects.filter(municipality=municipality, name_fr__iexact=name_fr).first()
    street = known or Street(municipality=municipality, name_fr=name_fr)
    given = {"name_nl": name_nl, "kind": kind, "neighbourhood": neighbourhood}
    columns = {"name_fr": Column.NAME_FR, "name_nl": Column.NAME_NL, "kind": Column.KIND, "neighbourhood": Column.NEIGHBOURHOOD_FR}
    if row.is_at_fault or not row.put(street, given, columns):
        return None
    return row.line(str(street), municipality)


def _neighbourhood(row: ListRow, municipality: Municipality) -> Neighbourhood | None:
    name_fr, name_nl = row.text(Column.NEIGHBOURHOOD_FR), row.text(Column.NEIGHBOURHOOD_NL)
    if not (name_fr or name_nl):
        return None
    wanted = {"name_fr__iexact": name_fr} if name_fr else {"name_nl__iexact": name_nl}
    known = Neighbourhood.objects.filter(municipality=municipality, **wanted).first()
    if known:
        return known
    neighbourhood = Neighbourhood(municipality=municipality, name_fr=name_fr, name_nl=name_nl)
    columns = {"name_fr": Column.NEIGHBOURHOOD_FR, "name_nl": Column.NEIGHBOURHOOD_NL}
    return neighbourhood if row.put(neighbourhood, {}, columns, is_part=True) else None
