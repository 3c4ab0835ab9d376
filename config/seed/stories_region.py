"""Requests of the other municipalities: each kind and both languages, some late, some waiting, some just in."""

from config.seed.details import Data, Sector
from config.seed.stories import Step, Story
from partnerships.models import Kind
from partnerships.permissions import Action

JETTE = Story(
    key="jet-miroir-new", code="JET", kind=Kind.WORKS, language="nl", part="alderman", ago=5, hour="10:15",
    title="Koningin Astridplein: vernieuwing van de nutsleidingen",
    description=(
        "De nutsleidingen onder het plein worden vernieuwd. Het plein is zes weken lang niet toegankelijk voor auto's en leveringen. "
        "Wij willen de handelaars van de Spiegel vooraf inlichten en zoeken hulp bij een communicatieplan."
    ),
    area="Koningin Astridplein en Leon Theodorstraat",
    steps=(Step(Action.SUBMIT, "alderman", 4, "11:30"),),
)  # fmt: skip

JETTE_AUDIT = Story(
    key="jet-belgica-audit", code="JET", kind=Kind.AUDIT, language="nl", part="officer", ago=31, hour="09:30",
    title="Handelsleegstand rond Spiegel en Belgica",
    description="De leegstand neemt toe sinds de bank en het postkantoor verhuisden. Het college wil weten welke panden kans maken.",
    area="De Smet de Naeyerlaan en Koningin Astridplein",
    audit={"data_wanted": [Data.VACANCY, Data.CATCHMENT], "compare_with": "Simonis, Koekelberg"},
    steps=(
        Step(Action.SUBMIT, "alderman", 30, "10:00"),
        Step(Action.ACKNOWLEDGE, "spoc", 29, "13:40"),
        Step(Action.START, "spoc", 25, "09:15"),
        Step(Action.ASK, "spoc", 9, "10:20", "Kunt u ons de lijst bezorgen van de panden waarvoor de leegstandsbelasting wordt geheven?"),
        Step(Action.ANSWER, "officer", 6, "15:05", "De lijst is klaar, zonder namen van eigenaars. U krijgt ze vandaag nog."),
    ),
)  # fmt: skip

ANDERLECHT = Story(
    key="and-wayez-association", code="AND", kind=Kind.DEVELOPMENT, language="nl", part="alderman", ago=13, hour="14:45",
    title="Handelaarsvereniging voor de Wayezstraat",
    description=(
        "Na de heraanleg willen twaalf handelaars samen de straat promoten. Zij vragen begeleiding bij de statuten en bij een eerste "
        "actieplan. De gemeente geeft een startsubsidie van 5.000 euro."
    ),
    area="Wayezstraat en Dapperheidsplein",
    development={"project_kinds": ["found"], "association_plan": "new", "wished_name": "Wayez Leeft", "initiators": 12},
    steps=(
        Step(Action.SUBMIT, "alderman", 12, "09:55"),
        Step(Action.ACKNOWLEDGE, "spoc", 11, "11:10"),
        Step(Action.START, "spoc", 8, "09:30"),
        Step(Action.MESSAGE, "spoc", 7, "16:00", "Ik bezorg u morgen een model van statuten en een agenda voor de eerste bijeenkomst."),
    ),
)  # fmt: skip

BRUSSELS = Story(
    key="bxl-marie-christine", code="BXL", kind=Kind.AUDIT, language="fr", part="alderman", ago=52, hour="10:10",
    title="Diagnostic de la rue Marie-Christine à Laeken",
    description="La Ville prépare un contrat de rénovation urbaine et veut un diagnostic du noyau commercial, avec l'avis des clients.",
    area="Rue Marie-Christine",
    audit={"data_wanted": [Data.CUSTOMERS, Data.MIX, Data.CATCHMENT], "sectors": [Sector.RETAIL_FOOD, Sector.HOSPITALITY]},
    steps=(
        Step(Action.SUBMIT, "alderman", 51, "10:45"),
        Step(Action.ACKNOWLEDGE, "spoc", 50, "09:35"),
        Step(Action.START, "spoc", 46, "09:00"),
        Step(Action.MESSAGE, "spoc", 12, "11:00", "L'enquête auprès des chalands est terminée : 312 réponses. L'analyse suit."),
        Step(
            Action.MOVE_DEADLINE, "spoc", 11, "09:40",
            "Les 312 réponses demandent plus de temps que prévu : nous préférons vous remettre les trois volets ensemble.", until=25,
        ),
    ),
)  # fmt: skip

SCHAERBEEK = Story(
    key="sch-brabant-waiting", code="SCH", kind=Kind.WORKS, language="nl", part="alderman", ago=17, hour="13:15",
    title="Brabantstraat: werfzone aan het Liedtsplein",
    description="Een werfzone neemt de laad- en losplaatsen van veertig winkels in. Wij vragen een actieplan samen met de bouwheer.",
    area="Brabantstraat en Liedtsplein",
    steps=(
        Step(Action.SUBMIT, "alderman", 16, "09:20"),
        Step(Action.ACKNOWLEDGE, "spoc", 15, "10:00"),
        Step(Action.START, "spoc", 13, "14:10"),
        Step(
            Action.ASK, "spoc", 6, "09:40",
            "De bouwheer stelt twee vervangende laad- en losplaatsen voor. Welke van de twee verkiest de gemeente?",
        ),
    ),
)  # fmt: skip

SAINT_GILLES = Story(
    key="sgi-parvis-completed", code="SGI", kind=Kind.AUDIT, language="fr", part="alderman", ago=70, hour="09:25",
    title="Équilibre entre horeca et commerces au parvis Saint-Gilles",
    description="Les terrasses animent le parvis, mais les riverains et les autres commerces se disent à l'étroit. Quel équilibre viser ?",
    area="Parvis Saint-Gilles",
    steps=(
        Step(Action.SUBMIT, "alderman", 69, "10:30"),
        Step(Action.ACKNOWLEDGE, "spoc", 68, "15:15"),
        Step(Action.START, "spoc", 63, "09:05"),
        Step(
            Action.COMPLETE, "spoc", 5, "14:50",
            "La fiche de quartier et la présentation au collège sont prêtes. "
            "Trois scénarios sont comparés, chacun avec son effet sur la vacance.",
        ),
    ),
)  # fmt: skip

UCCLE = Story(
    key="ucc-debue-progress", code="UCC", kind=Kind.DEVELOPMENT, language="fr", part="alderman", ago=29, hour="11:40",
    title="Occupation temporaire de cellules vides rue Xavier De Bue",
    description="Trois propriétaires prêtent leur cellule pour six mois. Nous cherchons des porteurs de projets et une convention type.",
    area="Rue Xavier De Bue",
    steps=(
        Step(Action.SUBMIT, "alderman", 28, "09:45"),
        Step(Action.ACKNOWLEDGE, "spoc", 27, "10:20"),
        Step(Action.START, "spoc", 24, "09:30"),
        Step(Action.MESSAGE, "alderman", 10, "12:05", "Un quatrième propriétaire se joint au projet. Faut-il une convention séparée ?"),
    ),
)  # fmt: skip

MOLENBEEK = Story(
    key="mol-gand-new", code="MOL", kind=Kind.DEVELOPMENT, language="fr", part="alderman", ago=2, hour="15:30",
    title="Formation au commerce en ligne pour les commerçants de la chaussée de Gand",
    description="Une vingtaine de commerçants demandent une formation de base : photos, fiches de produits, retrait en magasin.",
    area="Chaussée de Gand",
    steps=(Step(Action.SUBMIT, "alderman", 1, "16:15"),),
)  # fmt: skip

FOREST = Story(
    key="for-neerstalle-overdue", code="FOR", kind=Kind.WORKS, language="nl", part="alderman", ago=26, hour="10:50",
    title="Neerstalsesteenweg: afgesloten voor doorgaand verkeer",
    description="De steenweg is vijf weken afgesloten in één richting. De handelaars vrezen voor hun klanten van buiten de gemeente.",
    area="Neerstalsesteenweg en Sint-Denijsplein",
    fields={"is_urgent": True, "urgent_reason": "De omleiding is al ingesteld."},
    steps=(
        Step(Action.SUBMIT, "alderman", 25, "11:00"),
        Step(Action.ACKNOWLEDGE, "spoc", 24, "14:00"),
        Step(Action.START, "spoc", 22, "09:10"),
    ),
)  # fmt: skip

ETTERBEEK = Story(
    key="etb-jourdan-draft", code="ETB", kind=Kind.DEVELOPMENT, language="fr", part="officer", ago=1, hour="11:55",
    title="Un calendrier commun pour la place Jourdan",
    description="Brouillon : à relire avec l'échevine avant l'envoi.",
    area="Place Jourdan",
)  # fmt: skip

EVERE = Story(
    key="evr-paix-acknowledged", code="EVR", kind=Kind.AUDIT, language="fr", part="alderman", ago=7, hour="09:50",
    title="Quels commerces pour la place de la Paix ?",
    description="Deux immeubles neufs amènent quatre cents habitants. Nous voulons savoir quels commerces y trouveraient leur clientèle.",
    area="Place de la Paix",
    audit={"data_wanted": [Data.CATCHMENT, Data.MIX]},
    steps=(
        Step(Action.SUBMIT, "alderman", 6, "10:05"),
        Step(Action.ACKNOWLEDGE, "spoc", 5, "16:20"),
    ),
)  # fmt: skip

KOEKELBERG = Story(
    key="koe-simonis-due-soon", code="KOE", kind=Kind.WORKS, language="nl", part="alderman", ago=15, hour="14:25",
    title="Eugène Simonisplein: werken aan het metrostation",
    description="De ingang van het metrostation verhuist voor drie maanden. De winkels aan de oude ingang verliezen hun voorbijgangers.",
    area="Eugène Simonisplein",
    steps=(
        Step(Action.SUBMIT, "alderman", 14, "09:40"),
        Step(Action.ACKNOWLEDGE, "spoc", 14, "15:20"),
        Step(Action.START, "spoc", 12, "10:10"),
        Step(Action.MESSAGE, "spoc", 3, "11:35", "Het ontwerp van actieplan is klaar. U krijgt het deze week, met de bewegwijzering."),
    ),
)  # fmt: skip

WOLUWE = Story(
    key="wsl-georges-henri-declined", code="WSL", kind=Kind.AUDIT, language="fr", part="officer", ago=41, hour="10:25",
    title="Étude de circulation avenue Georges Henri",
    description="Nous souhaitons connaître le nombre de voitures par heure et les temps d'attente aux carrefours.",
    area="Avenue Georges Henri",
    steps=(
        Step(Action.SUBMIT, "officer", 40, "10:55"),
        Step(
            Action.DECLINE, "spoc", 38, "13:30",
            "Une étude de circulation relève de l'administration de la mobilité ; elle sort du champ de la convention-cadre. "
            "Pour la clientèle et la vacance de l'avenue, nous sommes à votre disposition.",
        ),
    ),
)  # fmt: skip

WATERMAEL = Story(
    key="wbo-keym-withdrawn", code="WBO", kind=Kind.DEVELOPMENT, language="nl", part="alderman", ago=33, hour="15:45",
    title="Winkelzoektocht voor het Eugène Keymplein",
    description="Wij zoeken een bakker en een krantenwinkel voor twee leegstaande panden in het winkelcentrum.",
    area="Eugène Keymplein",
    steps=(
        Step(Action.SUBMIT, "alderman", 32, "09:05"),
        Step(Action.WITHDRAW, "alderman", 31, "16:40", "De eigenaar heeft zelf huurders gevonden."),
    ),
)  # fmt: skip

GANSHOREN = Story(
    key="gan-overbeke-assigned", code="GAN", kind=Kind.DEVELOPMENT, language="nl", part="alderman", ago=20, hour="09:15",
    title="Markt op de Van Overbekelaan",
    description="De gemeente wil een wekelijkse markt van een vijftiental kramen. Wij vragen advies over het aanbod en het reglement.",
    area="Van Overbekelaan",
    steps=(
        Step(Action.SUBMIT, "alderman", 19, "10:35"),
        Step(Action.ACKNOWLEDGE, "spoc", 18, "11:05"),
        Step(Action.ASSIGN, "lead", 17, "09:00", "1"),
    ),
)  # fmt: skip

REGION = (
    JETTE, JETTE_AUDIT, ANDERLECHT, BRUSSELS, SCHAERBEEK, SAINT_GILLES, UCCLE, MOLENBEEK, FOREST, ETTERBEEK, EVERE, KOEKELBERG,
    WOLUWE, WATERMAEL, GANSHOREN,
)  # fmt: skip
