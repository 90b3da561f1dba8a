"""Readers: from a file to one relation of source columns as text, each row with its line.

Belongs here: one module per kind of file. Does not belong here: the meaning of the columns.
"""
