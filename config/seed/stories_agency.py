"""What the agency asks of municipalities, one still to be taken up and one answered; and a request that was taken up again."""

from config.seed.stories import Step, Story
from partnerships.models import DataRequestDetails, Kind
from partnerships.permissions import Action

Sharing = DataRequestDetails.Sharing

PERMITS_ASKED = Story(
    key="agency-ixl-terraces", code="IXL", kind=Kind.AUDIT, language="fr", part="spoc", ago=3, hour="10:40",
    title="Autorisations de terrasses des trois dernières années",
    description=(
        "La liste des autorisations de terrasses délivrées et retirées, par rue, avec la surface et les mois autorisés. Une extraction "
        "de votre logiciel suffit ; nous faisons la mise en forme."
    ),
    area="Ixelles",
    steps=(Step(Action.SUBMIT, "spoc", 1, "10:55"),),
    data_request={
        "why": "Le baromètre régional du commerce compare pour la première fois les terrasses des dix-neuf communes.",
        "period_wanted": "Les trois dernières années civiles",
        "data_format": "Tableur, une ligne par autorisation",
        "sharing": Sharing.MUNICIPALITIES,
    },
)  # fmt: skip

VACANCY_ANSWERED = Story(
    key="agency-jet-vacancy", code="JET", kind=Kind.AUDIT, language="nl", part="spoc", ago=34, hour="09:50",
    title="Leegstaande handelspanden volgens de gemeentelijke belasting",
    description=(
        "Het aantal handelspanden waarop de leegstandsbelasting werd geheven, per straat en per jaar. Zonder namen van eigenaars: "
        "enkel aantallen."
    ),
    area="Jette",
    steps=(
        Step(Action.SUBMIT, "spoc", 33, "10:05"),
        Step(Action.ACKNOWLEDGE, "alderman", 32, "11:15"),
        Step(Action.START, "officer", 30, "09:30"),
        Step(
            Action.ASK, "officer", 29, "14:20",
            "Straten met minder dan drie panden tonen we liever niet apart. Mogen die samen in één regel?",
        ),
        Step(Action.ANSWER, "spoc", 28, "09:10", "Zeker. Zet ze samen onder 'andere straten'; zo herkent niemand een eigenaar."),
        Step(
            Action.COMPLETE, "officer", 12, "15:35",
            "De tabel is klaar: 41 panden op het Spiegelplein en 28 op de Belgicalaan, per jaar, met 'andere straten' in één regel. "
            "Ze mag met de andere gemeenten worden gedeeld.",
        ),
    ),
    data_request={
        "why": "Wij vergelijken de leegstand ter plaatse met wat de belasting laat zien.",
        "period_wanted": "2022 tot vandaag",
        "data_format": "Rekenblad",
        "sharing": Sharing.MUNICIPALITIES,
    },
)  # fmt: skip

REOPENED = Story(
    key="sgi-traders-reopened", code="SGI", kind=Kind.DEVELOPMENT, language="fr", part="alderman", ago=75, hour="10:15",
    title="Des vitrines allumées le soir, chaussée de Waterloo",
    description=(
        "Entre la Barrière et la place Van Meenen, la chaussée est sombre dès dix-huit heures. Nous voulons convenir avec les "
        "commerçants de vitrines allumées jusqu'à vingt-deux heures, et savoir ce que cela coûte."
    ),
    area="Chaussée de Waterloo",
    steps=(
        Step(Action.SUBMIT, "alderman", 74, "09:40"),
        Step(Action.ACKNOWLEDGE, "spoc", 73, "10:30"),
        Step(Action.START, "spoc", 70, "09:15"),
        Step(
            Action.COMPLETE, "spoc", 24, "16:00",
            "Vingt-six commerces ont signé la charte ; le coût est de neuf euros par mois et par vitrine.",
        ),
        Step(Action.CLOSE, "alderman", 22, "11:05"),
        Step(
            Action.REOPEN, "alderman", 3, "09:25",
            "Bonjour,\n\nle fournisseur d'électricité change ses tarifs au premier janvier. Pourriez-vous revoir le calcul avant la "
            "réunion des signataires ?",
        ),
        Step(
            Action.MESSAGE, "spoc", 2, "14:50",
            "Bonjour,\n\nj'ai demandé les nouveaux tarifs et vous envoie le calcul revu dès réception.",
        ),
    ),
)  # fmt: skip

AGENCY = (PERMITS_ASKED, VACANCY_ANSWERED, REOPENED)
