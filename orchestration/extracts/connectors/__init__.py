"""Connectors: what pulls from a source system into a delivery file, which is then taken like a landed one.

Belongs here: the interface (`interface.py`), the YAML of a source (`configuration.py`), the running of pulls
(`pulling.py`), and one module or package per kind of connector. Does not belong here: judging records.
"""
