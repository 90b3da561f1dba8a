"""stub"""
from dataclasses import dataclass
@dataclass(frozen=True)
class Planted:
    name: str
def require_defects(d): pass
def plant(*a): return ()
