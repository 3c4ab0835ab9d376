"""The turnover of the colleges after an election: from a file to a plan, from a plan to mandates, and back.

Nothing in here records events or asks for permission: that is the service's, `partnerships.services.turnovers`.
"""
