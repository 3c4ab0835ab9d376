"""The columns of each list, by name in three languages: a file made in French is read by a colleague in Dutch."""

from municipalities.turnover.columns import Heading


class OfficialColumn(Heading):
    MUNICIPALITY = ("Commune", "Gemeente", "Municipality", True)
    ROLE = ("Mandat", "Mandaat", "Mandate", True)
    LAST_NAME = ("Nom", "Naam", "Last name", True)
    FIRST_NAME = ("Prénom", "Voornaam", "First name", True)
    EMAIL = ("Adresse e-mail", "E-mailadres", "E-mail address", True)
    PHONE = ("Téléphone", "Telefoon", "Telephone", False)
    PORTFOLIOS = ("Compétences", "Bevoegdheden", "Portfolios", False)
    JOB_TITLE_FR = ("Titre en français", "Titel in het Frans", "Title in French", False)
    JOB_TITLE_NL = ("Titre en néerlandais", "Titel in het Nederlands", "Title in Dutch", False)
    FIRST_DAY = ("Premier jour", "Eerste dag", "First day", False)
    LAST_DAY = ("Dernier jour", "Laatste dag", "Last day", False)


class AssociationColumn(Heading):
    MUNICIPALITY = ("Commune", "Gemeente", "Municipality", True)
    NAME = ("Association", "Vereniging", "Association", True)
    STATE = ("État", "Toestand", "State", False)
    SINCE = ("Depuis le", "Sinds", "Since", False)
    NEIGHBOURHOOD = ("Quartier", "Wijk", "Neighbourhood", False)
    ENTERPRISE_NUMBER = ("Numéro d'entreprise", "Ondernemingsnummer", "Enterprise number", False)
    WEBSITE = ("Site web", "Website", "Website", False)
    CONTACT = ("Contact", "Contactpersoon", "Contact person", False)
    FUNCTION = ("Fonction", "Functie", "Function", False)
    EMAIL = ("Adresse e-mail professionnelle", "E-mailadres van het werk", "Work e-mail address", False)
    PHONE = ("Téléphone professionnel", "Telefoon van het werk", "Work telephone", False)
    CONSENT = ("Accord pour figurer", "Akkoord met vermelding", "Agrees to be listed", False)


class StreetColumn(Heading):
    MUNICIPALITY = ("Commune", "Gemeente", "Municipality", True)
    NAME_FR = ("Rue en français", "Straat in het Frans", "Street in French", True)
    NAME_NL = ("Rue en néerlandais", "Straat in het Nederlands", "Street in Dutch", True)
    KIND = ("Genre", "Soort", "Kind", False)
    NEIGHBOURHOOD_FR = ("Quartier en français", "Wijk in het Frans", "Neighbourhood in French", False)
    NEIGHBOURHOOD_NL = ("Quartier en néerlandais", "Wijk in het Nederlands", "Neighbourhood in Dutch", False)
