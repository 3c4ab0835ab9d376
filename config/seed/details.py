"""What the forms of the three kinds ask, answered as somebody at a municipality would; a story gives its own words where it has them."""

import datetime as dt
from enum import StrEnum
from typing import Any

from partnerships.models import AuditDetails, YesNo

Sector = AuditDetails.Sector
OFFERED = ("what", "period", "format", "contact")


class Data(StrEnum):
    VACANCY = "vacancy"
    FOOTFALL = "footfall"
    RENTS = "rents"
    CUSTOMERS = "customers_survey"
    CATCHMENT = "catchment"
    MIX = "mix"
    BENCHMARK = "benchmark"


class Result(StrEnum):
    REPORT = "report"
    SHEET = "sheet"
    PRESENTATION = "presentation"
    DATA_FILE = "data_file"


AUDIT_TEXTS = {
    "fr": {
        "decision": "Le collège fixera les priorités de son plan de commerce sur cette base.",
        "questions": "Combien de cellules sont vides, et depuis quand ?\nQuels commerces manquent aux habitants ?",
        "data_offered": "Relevé des rez-de-chaussée, dernière année connue, tableur, service Commerce",
        "needed_for": "Réunion du collège",
    },
    "nl": {
        "decision": "Het college legt op basis hiervan de prioriteiten van zijn handelsplan vast.",
        "questions": "Hoeveel panden staan leeg, en sinds wanneer?\nWelke winkels missen de inwoners?",
        "data_offered": "Inventaris van de gelijkvloerse verdiepingen, laatst gekende jaar, rekenblad, dienst Handel",
        "needed_for": "Vergadering van het college",
    },
}


def audit_fields(language: str, made_on: dt.date, **own: Any) -> dict[str, Any]:
    """What an audit needs, in the language of the request."""
    common = {
        "area_kind": AuditDetails.AreaKind.NAMED,
        "sectors": [Sector.RETAIL_FOOD, Sector.RETAIL_OTHER, Sector.HOSPITALITY],
        "data_wanted": [Data.VACANCY, Data.MIX, Data.FOOTFALL],
        "result_forms": [Result.REPORT, Result.PRESENTATION],
        "result_language": language,
        "personal_data": YesNo.NO,
        "needed_by": made_on + dt.timedelta(days=120),
    }
    return in_rows(common | AUDIT_TEXTS[language] | own)


def in_rows(fields: dict[str, Any]) -> dict[str, Any]:
    """Questions one a line, and data as 'what, period, format, who has it' one a line, as the rows they are kept in."""
    kept = dict(fields)
    if "questions" in fields:
        kept["questions"] = [{"question": line} for line in fields["questions"].splitlines()]
    if "data_offered" in fields:
        lines = [line.rstrip(".").split(", ", len(OFFERED) - 1) for line in fields["data_offered"].splitlines()]
        kept["data_offered"] = [dict(zip(OFFERED, line, strict=False)) | {"personal": YesNo.NO.value} for line in lines]
    return kept


DEVELOPMENT_TEXTS = {
    "fr": {
        "problem_words": "Des cellules restent vides et chacun travaille pour soi ; les clients vont ailleurs.",
        "signs": "Depuis deux ans environ : les départs ne sont plus remplacés.",
        "tried": "Une réunion par an avec les commerçants, sans suite.",
        "staff": "Un agent du service Commerce, un jour par semaine",
        "premises": "Une salle à la maison communale, en soirée",
        "aims": [("Commerçants qui participent", "10", "25"), ("Cellules vides", "12", "8")],
        "stakeholders": "Les commerçants y sont favorables ; deux propriétaires hésitent.",
        "partners": [("Maison de quartier", "Accueil des réunions", "Accueil, pendant les heures d'ouverture")],
    },
    "nl": {
        "problem_words": "Panden blijven leeg en iedereen werkt voor zich; de klanten gaan elders.",
        "signs": "Sinds ongeveer twee jaar: wie vertrekt, wordt niet meer vervangen.",
        "tried": "Eén vergadering per jaar met de handelaars, zonder gevolg.",
        "staff": "Een medewerker van de dienst Handel, één dag per week",
        "premises": "Een zaal in het gemeentehuis, 's avonds",
        "aims": [("Handelaars die meedoen", "10", "25"), ("Leegstaande panden", "12", "8")],
        "stakeholders": "De handelaars zijn gewonnen; twee eigenaars aarzelen.",
        "partners": [("Buurthuis", "Onthaal van de vergaderingen", "Onthaal, tijdens de openingsuren")],
    },
}


def development_fields(language: str, made_on: dt.date, **own: Any) -> dict[str, Any]:
    """What a development project needs, in the language of the request."""
    texts = dict(DEVELOPMENT_TEXTS[language])
    by_when = (made_on + dt.timedelta(days=365)).isoformat()
    aims = [dict(zip(("indicator", "now", "target"), aim, strict=True)) | {"by_when": by_when} for aim in texts.pop("aims")]
    partners = [dict(zip(("name", "role", "contact"), partner, strict=True)) for partner in texts.pop("partners")]
    common = {
        "problems": ["vacancy", "one_sided"],
        "project_kinds": ["strengthen", "events"],
        "association_plan": "none",
        "shops": 40,
        "shops_is_estimate": True,
        "budget": 5000,
        "support": ["method", "action_plan"],
        "aims": aims,
        "partners": partners,
    }
    return common | texts | own
