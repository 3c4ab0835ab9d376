"""The pages of works sites and their action plans, the same for officials in the portal and for staff in the administration."""
