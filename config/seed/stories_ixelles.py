"""Ixelles/Elsene, the richest of the try-out: a request in every state, of every kind, in French and in Dutch."""

from config.seed.details import Data, Result, Sector
from config.seed.stories import Step, Story
from partnerships.models import Kind
from partnerships.permissions import Action

FLAGEY_DRAFT = Story(
    key="ixl-flagey-draft", code="IXL", kind=Kind.AUDIT, language="fr", part="alderman", ago=2, hour="17:42",
    title="Diagnostic commercial du quartier Flagey",
    description="Les terrasses tournent bien, mais les commerces de la rue voisine changent souvent d'occupant. À compléter.",
    area="Place Eugène Flagey et rues adjacentes",
    fields={"technical_person": None, "technical_phone": ""},
    audit={"decision": "Priorités du plan de commerce, à préciser avec le service."},
)  # fmt: skip

CHAUSSEE_WORKS = Story(
    key="ixl-chaussee-works", code="IXL", kind=Kind.WORKS, language="fr", part="officer", ago=2, hour="10:05",
    title="Chaussée d'Ixelles : remplacement de conduites, deux mois sans circulation",
    description=(
        "Le gestionnaire du réseau remplace ses conduites entre la Porte de Namur et la place Fernand Cocq. La circulation est "
        "interrompue dans le sens montant pendant huit semaines. Une quarantaine de commerces sont concernés, la plupart petits. "
        "Nous souhaitons une séance d'information, un plan de livraisons et de l'aide pour les demandes d'indemnisation."
    ),
    area="Chaussée d'Ixelles, de la Porte de Namur à la place Fernand Cocq",
    fields={"is_urgent": True, "urgent_reason": "Le chantier commence dans trois semaines et les commerçants ne sont pas informés."},
    steps=(Step(Action.SUBMIT, "alderman", 1, "09:20"),),
)  # fmt: skip

CHATELAIN_ASSOCIATION = Story(
    key="ixl-chatelain-association", code="IXL", kind=Kind.DEVELOPMENT, language="fr", part="alderman", ago=9, hour="11:30",
    title="Relancer l'association des commerçants du Châtelain",
    description=(
        "L'association dort depuis deux ans. Une dizaine de commerçants veulent la remettre sur pied autour du marché du mercredi : "
        "nouveaux statuts, premier plan d'action, calendrier commun. La commune peut prêter une salle et un agent à mi-temps."
    ),
    area="Place du Châtelain et rue du Bailli",
    fields={
        "partners_contacted": "Trois des anciens administrateurs, tous d'accord de transmettre les archives.",
        "outside_contacts": [{"name": "Clara Exemplaire", "organisation": "Marché du Châtelain", "contact": "marche@example.org"}],
        "best_practice": "ask",
    },
    development={
        "problems": ["one_sided", "image"],
        "problem_words": "Le marché attire du monde le mercredi ; les autres jours, les commerces du quartier n'ont rien en commun.",
        "signs": "Depuis la fin de l'association, il y a deux ans : plus d'éclairage commun, plus de nocturnes.",
        "figures": [{"figure": "11 cellules vides sur 84", "source": "Relevé communal, printemps 2026"}],
        "project_kinds": ["strengthen", "events", "market"],
        "shops": 84,
        "shops_is_estimate": False,
        "staff": "Un agent à mi-temps pendant un an",
        "budget": 8000,
        "support": ["statutes", "assembly", "action_plan"],
        "subsidies": [{"source": "Appel à projets régional « quartiers commerçants »", "amount": 15000, "year": 2027}],
        "milestones": "Assemblée générale au printemps\nPremier calendrier commun à la rentrée",
    },
    steps=(
        Step(Action.SUBMIT, "alderman", 8, "09:15"),
        Step(Action.ACKNOWLEDGE, "spoc", 7, "14:05"),
        Step(
            Action.MESSAGE, "spoc", 6, "10:40",
            "Bonjour,\n\nmerci pour cette demande. Je propose une première rencontre avec les initiateurs un mercredi matin, "
            "pendant le marché. Deux dates vous conviendraient-elles dans les trois prochaines semaines ?",
        ),
        Step(
            Action.MESSAGE, "delegate", 5, "11:25",
            "Bonjour,\n\nl'échevin propose les deux premiers mercredis de décembre, à 9 h, dans la salle du premier étage. "
            "Je préviens les initiateurs dès que vous confirmez.",
        ),
    ),
)  # fmt: skip

COCQ_AUDIT = Story(
    key="ixl-cocq-audit", code="IXL", kind=Kind.AUDIT, language="fr", part="alderman", ago=24, hour="15:10",
    title="Vacance commerciale entre la Porte de Namur et la place Fernand Cocq",
    description=(
        "Neuf cellules sont vides sur ce tronçon, dont trois depuis plus d'un an. Le collège veut savoir ce qui tient aux loyers, "
        "à la taille des cellules et au mix commercial avant de décider d'une prime à l'installation."
    ),
    area="Chaussée d'Ixelles, Porte de Namur et place Fernand Cocq",
    audit={
        "decision": "Le collège décidera d'une prime à l'installation et de ses critères.",
        "questions": (
            "Combien de cellules sont vides, et depuis quand ?\nQuels loyers sont demandés par rapport aux rues comparables ?\n"
            "Quels commerces manquent aux habitants ?\nQuel est l'effet des nouvelles terrasses ?"
        ),
        "compare_with": "Rue du Bailli, parvis Saint-Gilles",
        "sectors": [Sector.RETAIL_FOOD, Sector.RETAIL_OTHER, Sector.HOSPITALITY, Sector.SERVICES],
        "data_wanted": [Data.VACANCY, Data.RENTS, Data.MIX, Data.FOOTFALL, Data.BENCHMARK],
        "data_offered": (
            "Relevé des rez-de-chaussée, quatre dernières années, tableur, service Commerce.\n"
            "Autorisations de terrasses, deux dernières années, tableur, service Commerce."
        ),
        "earlier_studies": "Schéma de développement commercial communal.",
        "needed_for": "Réunion du collège sur le budget",
    },
    steps=(
        Step(Action.SUBMIT, "alderman", 23, "09:48"),
        Step(Action.ACKNOWLEDGE, "spoc", 22, "11:20"),
        Step(Action.START, "spoc", 20, "09:05"),
        Step(
            Action.MESSAGE, "officer", 17, "16:25",
            "Le relevé des rez-de-chaussée est prêt. Souhaitez-vous aussi les adresses des trois cellules en travaux ?",
        ),
        Step(
            Action.MESSAGE, "spoc", 16, "09:30",
            "Oui, volontiers : elles expliquent une partie de la vacance. Les comptages de piétons commencent la semaine prochaine.",
        ),
    ),
)  # fmt: skip

COCQ_TWIN = Story(
    key="ixl-cocq-twin", code="IXL", kind=Kind.AUDIT, language="fr", part="officer", ago=20, hour="10:40",
    title="Cellules vides de la chaussée d'Ixelles : où en est-on ?",
    description=(
        "Le service Travaux a reçu plusieurs questions sur les vitrines vides près de la place Fernand Cocq. Avant de leur répondre, "
        "nous aimerions connaître le nombre de cellules et leurs propriétaires."
    ),
    area="Chaussée d'Ixelles",
    steps=(
        Step(Action.SUBMIT, "officer", 20, "10:55"),
        Step(Action.ACKNOWLEDGE, "spoc", 19, "09:25"),
    ),
)  # fmt: skip

CEMETERY_AUDIT = Story(
    key="ixl-boondael-waiting", code="IXL", kind=Kind.AUDIT, language="fr", part="officer", ago=19, hour="10:12",
    title="Évolution des commerces autour du cimetière d'Ixelles",
    description=(
        "Le quartier étudiant perd ses commerces de proximité au profit de la restauration rapide. Nous avons besoin d'un état des "
        "lieux et d'une comparaison avec un autre quartier étudiant pour préparer le règlement d'urbanisme."
    ),
    area="Chaussée de Boondael, quartier du cimetière d'Ixelles",
    fields={"is_confidential": True},
    audit={
        "decision": "Le conseil communal se prononcera sur un règlement d'urbanisme zoné.",
        "result_forms": [Result.SHEET, Result.DATA_FILE],
    },
    steps=(
        Step(Action.SUBMIT, "officer", 18, "14:00"),
        Step(Action.ACKNOWLEDGE, "spoc", 17, "10:10"),
        Step(Action.START, "spoc", 14, "09:00"),
        Step(
            Action.ASK, "spoc", 4, "11:45",
            "Pour la comparaison, il nous manque la liste des permis d'exploitation de la restauration délivrés ces trois dernières "
            "années (adresse et date suffisent, sans nom). Pouvez-vous nous la transmettre d'ici à la fin de la semaine prochaine ?",
        ),
    ),
)  # fmt: skip

BAILLI_EVENTS = Story(
    key="ixl-bailli-completed", code="IXL", kind=Kind.DEVELOPMENT, language="fr", part="alderman", ago=46, hour="09:35",
    title="Animations de fin d'année dans le quartier Bailli",
    description=(
        "Les commerçants souhaitent un programme commun en décembre : éclairage, nocturnes et livraison groupée à vélo. "
        "La commune cherche de l'aide pour la méthode et le dossier de subside."
    ),
    area="Rue du Bailli",
    steps=(
        Step(Action.SUBMIT, "alderman", 45, "10:50"),
        Step(Action.ACKNOWLEDGE, "spoc", 44, "15:30"),
        Step(Action.START, "spoc", 40, "09:15"),
        Step(
            Action.COMPLETE, "spoc", 3, "16:10",
            "Le programme, le calendrier des nocturnes et le dossier de subside sont dans vos mains. Le comité de rue s'est réuni "
            "deux fois ; vingt-deux commerces participent. Si tout vous convient, vous pouvez clôturer la demande.",
        ),
    ),
)  # fmt: skip

SHOP_MIX_CLOSED = Story(
    key="ixl-toison-closed", code="IXL", kind=Kind.AUDIT, language="fr", part="alderman", ago=128, hour="14:20",
    title="Fréquentation de l'avenue de la Toison d'Or",
    description="Le nombre de passants semble baisser en semaine. Le collège veut des chiffres comparables d'une année à l'autre.",
    area="Avenue de la Toison d'Or",
    audit={"data_wanted": [Data.FOOTFALL, Data.BENCHMARK], "compare_with": "Rue Neuve"},
    steps=(
        Step(Action.SUBMIT, "alderman", 127, "09:00"),
        Step(Action.ACKNOWLEDGE, "spoc", 126, "10:30"),
        Step(Action.START, "spoc", 122, "09:10"),
        Step(Action.ASK, "spoc", 110, "13:50", "Disposez-vous encore des comptages faits lors de la piétonnisation du trottoir ?"),
        Step(Action.ANSWER, "officer", 107, "11:05", "Oui, je vous les envoie avec la légende des points de comptage."),
        Step(
            Action.COMPLETE, "spoc", 78, "15:00",
            "Le rapport montre une baisse de 6 % en semaine et une hausse le samedi. Il a été présenté au service Commerce.",
        ),
        Step(Action.CLOSE, "alderman", 75, "08:55"),
    ),
)  # fmt: skip

FURNITURE_DECLINED = Story(
    key="ixl-furniture-declined", code="IXL", kind=Kind.DEVELOPMENT, language="fr", part="officer", ago=63, hour="11:00",
    title="Achat de mobilier urbain pour la place Fernand Cocq",
    description="Nous cherchons un financement pour douze bancs et des bacs à plantes devant les commerces de la place.",
    area="Place Fernand Cocq",
    steps=(
        Step(Action.SUBMIT, "officer", 62, "11:25"),
        Step(Action.ACKNOWLEDGE, "spoc", 61, "09:45"),
        Step(
            Action.DECLINE, "spoc", 58, "14:15",
            "La convention-cadre prévoit une aide en méthode et en conseil, pas l'achat de mobilier. Je vous mets volontiers en contact "
            "avec l'administration régionale qui gère les subsides à l'espace public.",
        ),
    ),
)  # fmt: skip

MARKET_WITHDRAWN = Story(
    key="ixl-market-withdrawn", code="IXL", kind=Kind.WORKS, language="fr", part="officer", ago=36, hour="10:30",
    title="Déplacement du marché du Châtelain pendant un chantier",
    description="Le chantier prévu sur la place obligerait le marché du mercredi à déménager pendant six semaines.",
    area="Place du Châtelain",
    steps=(
        Step(Action.SUBMIT, "officer", 35, "11:10"),
        Step(Action.ACKNOWLEDGE, "spoc", 34, "09:50"),
        Step(Action.WITHDRAW, "alderman", 29, "17:05", "Le maître d'ouvrage reporte le chantier à l'année suivante."),
    ),
)  # fmt: skip

FLAGEY_WORKS_OVERDUE = Story(
    key="ixl-flagey-overdue", code="IXL", kind=Kind.WORKS, language="fr", part="officer", ago=23, hour="09:40",
    title="Place Eugène Flagey : réfection du revêtement, côté étangs",
    description=(
        "La réfection du revêtement supprime les terrasses de sept établissements pendant cinq semaines et déplace l'arrêt de bus. "
        "Nous demandons un plan d'action et une signalétique vers les commerces."
    ),
    area="Place Eugène Flagey, côté étangs",
    steps=(
        Step(Action.SUBMIT, "officer", 22, "10:00"),
        Step(Action.ACKNOWLEDGE, "spoc", 21, "11:15"),
        Step(Action.START, "spoc", 19, "09:20"),
        Step(
            Action.MESSAGE, "alderman", 5, "18:10",
            "Les exploitants me demandent où en est la signalétique. Pouvons-nous leur donner une date ?",
        ),
    ),
)  # fmt: skip

BALJUW_WORKS_DUE_SOON = Story(
    key="ixl-baljuw-due-soon", code="IXL", kind=Kind.WORKS, language="nl", part="mayor", ago=16, hour="11:20",
    title="Baljuwstraat: heraanleg van de voetpaden in drie fasen",
    description=(
        "De voetpaden worden heraangelegd in drie fasen van telkens twee weken. De winkels blijven te voet bereikbaar, maar er is geen "
        "plaats om te laden en te lossen. Wij vragen een leveringsplan en een infovergadering voor de handelaars."
    ),
    area="Baljuwstraat, tussen het Kasteleinsplein en de Louizalaan",
    steps=(
        Step(Action.SUBMIT, "mayor", 15, "09:10"),
        Step(Action.ACKNOWLEDGE, "spoc", 13, "14:30"),
        Step(Action.START, "spoc", 11, "10:05"),
        Step(
            Action.MESSAGE, "spoc", 8, "15:45",
            "De infovergadering is voorlopig gepland op een dinsdagavond, in het gemeentehuis. Is die avond vrij in uw agenda?",
        ),
        Step(Action.MESSAGE, "mayor", 7, "09:25", "Dinsdag past. De schepen van Handel is er ook bij."),
    ),
)  # fmt: skip

TOISON_LIGHTS = Story(
    key="ixl-toison-lights", code="IXL", kind=Kind.DEVELOPMENT, language="fr", part="delegate", ago=1, hour="13:45",
    title="Avenue de la Toison d'Or : des éclairages de fin d'année communs",
    description=(
        "Six enseignes et une vingtaine d'indépendants sont prêts à financer ensemble les éclairages, à condition qu'une seule "
        "commande couvre les deux trottoirs. Nous cherchons un modèle de convention et l'avis d'un quartier qui l'a déjà fait."
    ),
    area="Avenue de la Toison d'Or, côté Ixelles",
    steps=(Step(Action.SUBMIT, "delegate", 1, "15:10"),),
)  # fmt: skip

BOONDAEL_WORKS = Story(
    key="ixl-boondael-works", code="IXL", kind=Kind.WORKS, language="fr", part="officer", ago=14, hour="09:35",
    title="Chaussée de Boondael : égouts et voirie, une direction coupée",
    description=(
        "Le collecteur est remplacé entre le cimetière d'Ixelles et le carrefour de l'université, puis la voirie est refaite. La "
        "circulation est coupée vers la ville pendant plus de trois mois. Les commerçants ont perdu leurs livraisons du matin et "
        "demandent qui les aide. Nous voulons un plan d'action commun et une feuille d'information dans les deux langues."
    ),
    area="Chaussée de Boondael, du cimetière d'Ixelles au carrefour de l'université",
    steps=(
        Step(Action.SUBMIT, "alderman", 13, "10:20"),
        Step(Action.ACKNOWLEDGE, "spoc", 12, "09:40"),
        Step(Action.START, "spoc", 11, "11:00"),
        Step(
            Action.MESSAGE, "spoc", 9, "16:10",
            "Bonjour,\n\nmerci pour les phases du chantier. J'ai ajouté deux mesures au plan d'action ; si elles vous conviennent, "
            "vous pouvez le proposer et je l'approuve aussitôt.",
        ),
    ),
)  # fmt: skip

IXELLES = (
    FLAGEY_DRAFT, CHAUSSEE_WORKS, CHATELAIN_ASSOCIATION, COCQ_AUDIT, COCQ_TWIN, CEMETERY_AUDIT, BAILLI_EVENTS, SHOP_MIX_CLOSED,
    FURNITURE_DECLINED, MARKET_WITHDRAWN, FLAGEY_WORKS_OVERDUE, BALJUW_WORKS_DUE_SOON, TOISON_LIGHTS, BOONDAEL_WORKS,
)  # fmt: skip
