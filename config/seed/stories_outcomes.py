"""A request with a life after it: an association was born of it, and half a year later somebody asks how it goes."""

from config.seed.stories import Step, Story
from partnerships.models import Kind
from partnerships.permissions import Action

ALTITUDE = Story(
    key="for-altitude-association", code="FOR", kind=Kind.DEVELOPMENT, language="fr", part="mayor", ago=210, hour="10:20",
    title="Une association pour les commerçants de l'Altitude Cent",
    description=(
        "Quinze commerçants de la place et des rues voisines organisent ensemble une fête de quartier et veulent continuer. Ils "
        "demandent une méthode, de l'aide pour les statuts et un premier plan d'action. La commune offre une salle et 3.000 euros."
    ),
    area="Place de l'Altitude Cent et avenue Everard",
    development={"project_kinds": ["found", "events"], "association_plan": "new", "initiators": 15, "support": ["statutes", "assembly"]},
    steps=(
        Step(Action.SUBMIT, "alderman", 209, "09:40"),
        Step(Action.ACKNOWLEDGE, "spoc", 208, "11:00"),
        Step(Action.START, "spoc", 204, "09:30"),
        Step(
            Action.COMPLETE, "spoc", 134, "15:45",
            "L'association est créée, ses statuts sont publiés et son premier plan d'action est adopté. Nous prendrons de ses "
            "nouvelles après six et douze mois.",
        ),
        Step(Action.CLOSE, "alderman", 131, "10:15"),
    ),
)  # fmt: skip

OUTCOMES = (ALTITUDE,)
