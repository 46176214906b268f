"""What is looked after and by whom: the one class that faces ask. Its parts are in these files.

teams.py         teams and who is in them
services.py      services and their tiers
deployments.py   environments, what runs
owners.py        whose a file is
importing.py     what a repository says of itself
"""

from wardline.catalog.importing import Importing


class Catalog(Importing):
    """`Catalog(database, clock, ledger)`. Stateless."""
