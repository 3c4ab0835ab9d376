"""The register of people in the administration; municipalities themselves are shown with their coverage by `partnerships.admin`."""

from municipalities.admin.associations import AssociationAdmin
from municipalities.admin.people import OfficialAdmin, StaffMemberAdmin
from municipalities.admin.streets import StreetAdmin

__all__ = ["AssociationAdmin", "OfficialAdmin", "StaffMemberAdmin", "StreetAdmin"]
