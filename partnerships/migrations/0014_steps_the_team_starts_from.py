"""The lists of steps the team starts from; it changes them in the administration. Reversing takes away those nobody changed."""

from typing import Any

from django.db import migrations

# kind, place, name in French, name in Dutch, rule, months
STEPS = (
    ("audit", 1, "Entretien de cadrage", "Afbakeningsgesprek", "plain", None),
    ("audit", 2, "Données demandées", "Gegevens gevraagd", "plain", None),
    ("audit", 3, "Données reçues", "Gegevens ontvangen", "plain", None),
    ("audit", 4, "Analyse", "Analyse", "plain", None),
    ("audit", 5, "Projet de résultat partagé", "Ontwerp van resultaat gedeeld", "plain", None),
    ("audit", 6, "Résultat présenté", "Resultaat voorgesteld", "plain", None),
    ("audit", 7, "Résultat versé dans la bibliothèque", "Resultaat in de bibliotheek geplaatst", "library", None),
    ("development", 1, "Commerçants rencontrés", "Handelaars ontmoet", "plain", None),
    ("development", 2, "Initiateurs trouvés", "Initiatiefnemers gevonden", "plain", None),
    ("development", 3, "Statuts rédigés", "Statuten opgesteld", "plain", None),
    ("development", 4, "Assemblée générale tenue", "Algemene vergadering gehouden", "plain", None),
    ("development", 5, "Association enregistrée", "Vereniging geregistreerd", "registration", None),
    ("development", 6, "Compte bancaire ouvert", "Bankrekening geopend", "plain", None),
    ("development", 7, "Premier plan d'action", "Eerste actieplan", "plain", None),
    ("development", 8, "Suivi après 6 mois", "Opvolging na 6 maanden", "follow_up", 6),
    ("development", 9, "Suivi après 12 mois", "Opvolging na 12 maanden", "follow_up", 12),
)


def lay(apps: Any, schema_editor: Any) -> None:
    template = apps.get_model("partnerships", "StepTemplate")
    if not template.objects.exists():
        template.objects.bulk_create(
            template(kind=kind, position=place, name_fr=french, name_nl=dutch, rule=rule, months=months)
            for kind, place, french, dutch, rule, months in STEPS
        )


def take_away(apps: Any, schema_editor: Any) -> None:
    template = apps.get_model("partnerships", "StepTemplate")
    for kind, _place, french, dutch, rule, months in STEPS:
        template.objects.filter(kind=kind, name_fr=french, name_nl=dutch, rule=rule, months=months).delete()


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0013_steps_and_foundings")]

    operations = [migrations.RunPython(lay, take_away)]
