"""The words of the mailings of the try-out, in French and in Dutch."""

from typing import NamedTuple


class Edition(NamedTuple):
    """Subject and introduction in both languages."""

    subject_fr: str
    subject_nl: str
    intro_fr: str
    intro_nl: str


CLOSING = {
    "closing_fr": "Cordialement,\nL'équipe Local Partnerships",
    "closing_nl": "Met vriendelijke groet,\nHet Local Partnerships-team",
}

# The last four weeks, this week and the next; `{week}` is the number of the ISO week.
WEEKLY = (
    Edition(
        "Semaine {week} : chômage temporaire, droit passerelle et reports d'impôt",
        "Week {week}: tijdelijke werkloosheid, overbruggingsrecht en uitstel van belasting",
        "Voici les nouvelles mesures de la semaine. **Édition de démonstration** : elle reprend des mesures réelles du printemps 2020, "
        "avec leur source, et n'a pas valeur de conseil.\n\nVotre personne de contact répond volontiers à vos questions.",
        "Dit zijn de nieuwe maatregelen van deze week. **Demonstratie-editie**: ze herneemt echte maatregelen uit het voorjaar van 2020, "
        "met hun bron, en geldt niet als advies.\n\nUw contactpersoon beantwoordt graag uw vragen.",
    ),
    Edition(
        "Semaine {week} : premières primes, garanties et accord avec les banques",
        "Week {week}: eerste premies, waarborgen en akkoord met de banken",
        "Cette semaine, les mesures portent sur la **trésorerie** des entreprises : primes, garanties et report des crédits.\n\n"
        "*Édition de démonstration, faite de mesures réelles du printemps 2020.*",
        "Deze week gaan de maatregelen over de **liquiditeit** van ondernemingen: premies, waarborgen en kredietuitstel.\n\n"
        "*Demonstratie-editie met echte maatregelen uit het voorjaar van 2020.*",
    ),
    Edition(
        "Semaine {week} : cotisations sociales et aides des communes",
        "Week {week}: sociale bijdragen en steun van de gemeenten",
        "Quatre mesures à signaler à vos commerçants et indépendants :\n\n- les cotisations sociales ;\n- les primes de deux communes ;\n"
        "- les loyers et redevances suspendus.\n\n*Édition de démonstration, faite de mesures réelles du printemps 2020.*",
        "Vier maatregelen om aan uw handelaars en zelfstandigen te melden:\n\n- de sociale bijdragen;\n- de premies van twee gemeenten;\n"
        "- de opgeschorte huur en retributies.\n\n*Demonstratie-editie met echte maatregelen uit het voorjaar van 2020.*",
    ),
    Edition(
        "Semaine {week} : protection contre les faillites et réouverture des commerces",
        "Week {week}: bescherming tegen faillissement en heropening van de winkels",
        "La réouverture se prépare : elle demande aux communes d'**organiser l'espace public**. L'horeca et ses fournisseurs peuvent "
        "emprunter à taux réduit.\n\n*Édition de démonstration, faite de mesures réelles du printemps 2020.*",
        "De heropening wordt voorbereid: de gemeenten worden gevraagd het **openbaar domein in te richten**. De horeca en haar "
        "leveranciers kunnen lenen tegen verlaagde rente.\n\n*Demonstratie-editie met echte maatregelen uit het voorjaar van 2020.*",
    ),
    Edition(
        "Semaine {week} : prime compensatoire, pôle d'urgence et aides communales",
        "Week {week}: compensatiepremie, noodbegeleiding en gemeentelijke steun",
        "Voici les nouvelles mesures de la semaine. La prime compensatoire s'adresse aux **indépendants et micro-entreprises** qui n'ont "
        "pas dû fermer.\n\n*Édition de démonstration, faite de mesures réelles du printemps 2020.*",
        "Dit zijn de nieuwe maatregelen van deze week. De compensatiepremie is bedoeld voor **zelfstandigen en micro-ondernemingen** die "
        "niet moesten sluiten.\n\n*Demonstratie-editie met echte maatregelen uit het voorjaar van 2020.*",
    ),
    Edition(
        "Semaine {week} : prêt RECOVER et appels à projets",
        "Week {week}: RECOVER-lening en projectoproepen",
        "Deux appels à projets s'ouvrent aux associations de commerçants et aux nouveaux commerces de votre commune.\n\n"
        "*Édition de démonstration, faite de mesures réelles du printemps 2020.*",
        "Twee projectoproepen staan open voor handelaarsverenigingen en nieuwe winkels in uw gemeente.\n\n"
        "*Demonstratie-editie met echte maatregelen uit het voorjaar van 2020.*",
    ),
)

URGENT = Edition(
    "Urgent : les commerces rouvrent le 11 mai, ce que votre commune peut préparer",
    "Dringend: de winkels heropenen op 11 mei, wat uw gemeente kan voorbereiden",
    "Le Conseil national de sécurité a confirmé la date de réouverture. Il attend des communes qu'elles organisent l'espace public.\n\n"
    "*Envoi de démonstration : la décision date du 6 mai 2020.*",
    "De Nationale Veiligheidsraad bevestigde de datum van heropening. De gemeenten worden gevraagd het openbaar domein in te richten.\n\n"
    "*Demonstratiemailing: de beslissing dateert van 6 mei 2020.*",
)
URGENT_MEASURE = "fed-reouverture-commerces"
