"""What both sides write to each other on the way of an ended request; a chance picks, the same each time."""

import random
from collections.abc import Mapping
from typing import NamedTuple


class Exchange(NamedTuple):
    """What the agency writes, and what the municipality writes back."""

    agency: str
    municipality: str


FIRST_WORDS = {
    "fr": (
        Exchange(
            "Bonjour, je prends votre demande en main. Une première visite sur place est-elle possible la semaine prochaine ?",
            "Oui, mardi ou jeudi matin. Le service Commerce vous accompagne.",
        ),
        Exchange(
            "Bonjour, merci pour votre demande. Je vous propose d'en parler par téléphone avant de commencer.",
            "Avec plaisir : demain entre 10 et 12 heures, au numéro indiqué dans la demande.",
        ),
        Exchange(
            "Bonjour, nous commençons par ce que la commune sait déjà. Quelles études avez-vous sous la main ?",
            "Le schéma de développement commercial et le dernier relevé des rez-de-chaussée ; je vous les fais parvenir.",
        ),
    ),
    "nl": (
        Exchange(
            "Goedendag, ik neem uw aanvraag op mij. Kunnen wij volgende week samen ter plaatse gaan?",
            "Ja, dinsdag- of donderdagvoormiddag. De dienst Handel gaat mee.",
        ),
        Exchange(
            "Goedendag, dank voor uw aanvraag. Ik stel voor dat wij elkaar eerst even telefonisch spreken.",
            "Graag: morgen tussen 10 en 12 uur, op het nummer in de aanvraag.",
        ),
        Exchange(
            "Goedendag, wij beginnen met wat de gemeente al weet. Welke studies hebt u bij de hand?",
            "Het handelsontwikkelingsschema en de laatste inventaris van de gelijkvloerse verdiepingen; u krijgt ze van mij.",
        ),
    ),
}
QUESTIONS = {
    "fr": (
        Exchange(
            "Pourriez-vous nous indiquer une personne de contact auprès des commerçants ?", "Oui : ses coordonnées suivent par téléphone."
        ),
        Exchange("Quelle période souhaitez-vous comparer ?", "Les deux dernières années, vacances scolaires comprises."),
        Exchange("La salle de la maison communale est-elle libre un soir de la semaine ?", "Oui, le mercredi, à partir de 19 heures."),
    ),
    "nl": (
        Exchange("Kunt u ons een contactpersoon bij de handelaars opgeven?", "Ja: u krijgt de gegevens telefonisch."),
        Exchange("Welke periode wilt u vergelijken?", "De laatste twee jaar, schoolvakanties inbegrepen."),
        Exchange("Is de zaal van het gemeentehuis een avond in de week vrij?", "Ja, op woensdag, vanaf 19 uur."),
    ),
}
ON_THE_WAY = {
    "fr": (
        Exchange("Où nous en sommes : le travail de terrain est fait, la rédaction commence.", "Merci, le collège en est informé."),
        Exchange("Une première version est prête. Y a-t-il un point que le collège attend ?", "Oui : l'effet sur les petits commerces."),
    ),
    "nl": (
        Exchange("Stand van zaken: het terreinwerk is klaar, het schrijven begint.", "Dank u, het college is op de hoogte."),
        Exchange("Een eerste versie is klaar. Verwacht het college iets in het bijzonder?", "Ja: het effect op de kleine handelszaken."),
    ),
}
THANKS = {
    "fr": ("Merci pour ce travail, il nous est très utile.", "Bien reçu, merci. Nous revenons vers vous après le conseil communal."),
    "nl": ("Dank voor dit werk, wij kunnen er verder mee.", "Goed ontvangen, dank u. Wij komen erop terug na de gemeenteraad."),
}
MOVED = {
    "fr": "Les relevés ont pris plus de temps que prévu ; nous préférons un résultat complet.",
    "nl": "De opmetingen vergden meer tijd dan voorzien; wij geven de voorkeur aan een volledig resultaat.",
}


def pick(words: Mapping[str, tuple[Exchange, ...]], language: str, chance: random.Random) -> Exchange:
    return chance.choice(words[language])
