"""One suite per public mart. SQL names relations as `expectations/evidence.py` lays them.

Belongs here: what is expected of each mart, to be read aloud. Does not belong here: classes, owners and messages
of the rules (`rules.yml`), how a check is run (`validate.py`).
"""
