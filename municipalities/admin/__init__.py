"""The register of people in the administration; municipalities themselves are shown with their coverage by `partnerships.admin`."""

from municipalities.admin.people import OfficialAdmin, StaffMemberAdmin

__all__ = ["OfficialAdmin", "StaffMemberAdmin"]
