"""The answers every installation starts from; from here on the team keeps them in the administration."""

from django.db import migrations

START = {
    "sectors": (
        ("retail_food", "Commerce de détail : alimentation", "Detailhandel: voeding"),
        ("retail_other", "Commerce de détail : hors alimentation", "Detailhandel: andere dan voeding"),
        ("hospitality", "Horeca", "Horeca"),
        ("services", "Services", "Diensten"),
        ("crafts", "Artisanat", "Ambachten"),
        ("culture", "Culture", "Cultuur"),
        ("offices", "Bureaux", "Kantoren"),
        ("logistics", "Logistique", "Logistiek"),
        ("social_economy", "Économie sociale", "Sociale economie"),
    ),
    "data_wanted": (
        ("vacancy", "Vacance commerciale", "Handelsleegstand"),
        ("footfall", "Fréquentation piétonne", "Voetgangersstroom"),
        ("turnover", "Indice du chiffre d'affaires", "Omzetindex"),
        ("rents", "Loyers", "Huurprijzen"),
        ("mix", "Mix commercial", "Winkelmix"),
        ("traders_survey", "Enquête auprès des commerçants", "Enquête bij handelaars"),
        ("customers_survey", "Enquête chalands", "Klantenenquête"),
        ("catchment", "Zone de chalandise", "Verzorgingsgebied"),
        ("benchmark", "Étude comparative (benchmark)", "Vergelijkende studie (benchmark)"),
        ("starters", "Créations et fermetures", "Starters en stopzettingen"),
        ("employment", "Emploi", "Werkgelegenheid"),
    ),
    "result_forms": (
        ("report", "Rapport", "Verslag"),
        ("sheet", "Fiche de quartier", "Wijkfiche"),
        ("presentation", "Présentation au collège", "Voorstelling aan het college"),
        ("data_file", "Fichier de données", "Gegevensbestand"),
        ("workshop", "Atelier", "Workshop"),
    ),
    "problems": (
        ("vacancy", "Vacance commerciale", "Handelsleegstand"),
        ("one_sided", "Offre peu variée", "Eenzijdig aanbod"),
        ("image", "Image", "Imago"),
        ("safety", "Sécurité", "Veiligheid"),
        ("cleanliness", "Propreté", "Netheid"),
        ("accessibility", "Accessibilité", "Bereikbaarheid"),
        ("competition", "Concurrence", "Concurrentie"),
        ("e_commerce", "Commerce en ligne", "E-commerce"),
        ("works", "Travaux", "Werken"),
        ("crisis", "Crise", "Crisis"),
        ("other", "Autre", "Andere"),
    ),
    "project_kinds": (
        ("found", "Fonder une association", "Een vereniging oprichten"),
        ("strengthen", "Renforcer une association", "Een vereniging versterken"),
        ("events", "Animation et événements", "Animatie en evenementen"),
        ("temporary_use", "Occupation temporaire de cellules vides", "Tijdelijke invulling van leegstaande panden"),
        ("prospecting", "Prospection d'enseignes", "Prospectie van winkels"),
        ("branding", "Image de marque du quartier", "Branding van de wijk"),
        ("market", "Marché", "Markt"),
        ("digital", "Numérique", "Digitaal"),
        ("training", "Formation", "Opleiding"),
        ("social_economy", "Économie sociale", "Sociale economie"),
        ("other", "Autre", "Andere"),
    ),
    "legal_forms": (
        ("asbl", "ASBL", "Vzw"),
        ("de_facto", "Association de fait", "Feitelijke vereniging"),
        ("cooperative", "Société coopérative", "Coöperatieve vennootschap"),
        ("unknown", "Pas encore décidé", "Nog niet beslist"),
    ),
    "support": (
        ("method", "Méthode", "Methode"),
        ("statutes", "Statuts", "Statuten"),
        ("assembly", "Assemblée générale", "Algemene vergadering"),
        ("action_plan", "Plan d'action", "Actieplan"),
        ("candidates", "Recherche de candidats", "Zoeken van kandidaten"),
        ("communication", "Communication", "Communicatie"),
        ("funding", "Dossier de financement", "Financieringsdossier"),
    ),
}
STEP = 10  # leaves room to put an entry between two others


def offer(apps, schema_editor):
    choice = apps.get_model("partnerships", "Choice")
    for kept, entries in START.items():
        for number, (value, name_fr, name_nl) in enumerate(entries, start=1):
            values = {"name_fr": name_fr, "name_nl": name_nl, "position": number * STEP}
            choice.objects.get_or_create(list=kept, value=value, defaults=values)


def withdraw(apps, schema_editor):
    apps.get_model("partnerships", "Choice").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0030_answers_in_lines_gone")]

    operations = [migrations.RunPython(offer, withdraw)]
