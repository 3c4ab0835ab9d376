"""Partner organisations of the try-out: invented ones, on a reserved domain, doing what such organisations do."""

from partnerships.models import PartnerOrganisation, Theme

PARTNERS = (
    (
        ("Guichet des locaux vides", "Loket leegstaande panden"),
        (
            "Cherche des candidats pour les cellules commerciales vides et aide à conclure des baux temporaires.",
            "Zoekt kandidaten voor leegstaande handelspanden en helpt tijdelijke huurovereenkomsten sluiten.",
        ),
        "locaux@example.org",
        ("fr", "nl"),
    ),
    (
        ("Médiation de chantier", "Werfbemiddeling"),
        (
            "Réunit le maître d'ouvrage, l'entrepreneur et les commerçants lorsqu'un chantier pèse sur une rue.",
            "Brengt bouwheer, aannemer en handelaars samen wanneer een werf op een straat weegt.",
        ),
        "mediation@example.org",
        ("fr", "nl"),
    ),
    (
        ("Atelier du commerce numérique", "Werkplaats digitale handel"),
        (
            "Accompagne les indépendants qui veulent vendre en ligne ou partager un site de quartier.",
            "Begeleidt zelfstandigen die online willen verkopen of een wijkwebsite willen delen.",
        ),
        "numerique@example.org",
        ("fr",),
    ),
)


def make_partners() -> None:
    """Enter the partners that are missing; what people changed stays."""
    themes = list(Theme.objects.order_by("pk")[:1])
    for (name_fr, name_nl), (does_fr, does_nl), email, languages in PARTNERS:
        partner, is_new = PartnerOrganisation.objects.get_or_create(
            name_fr=name_fr,
            defaults={"name_nl": name_nl, "does_fr": does_fr, "does_nl": does_nl, "email": email, "languages": list(languages)},
        )
        if is_new:
            partner.themes.set(themes)
