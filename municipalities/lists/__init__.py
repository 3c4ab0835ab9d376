"""Lists the team keeps in spreadsheets (officials, traders' associations, streets), taken over from CSV or XLSX.

The trial is the import itself, taken back at its end: it knows every rule of the register, the database's too, and tells no other story.
Nothing in here records events or asks for permission: that is the service's, `partnerships.services.lists`.
"""
