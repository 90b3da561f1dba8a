"""The restricted zone: folders and files that only their owner may open.

Belongs here: making them so, and the places inside. Does not belong here: what is written into them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FOLDER_MODE = 0o700
FILE_MODE = 0o600


def private_folder(path: Path) -> Path:
    """Make a folder and those above it inside the restricted zone, for the owner alone."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    for folder in missing:
        if "restricted" in folder.parts:
            folder.chmod(FOLDER_MODE)
    if path.name == "restricted":
        path.chmod(FOLDER_MODE)
    return path


def private_text(path: Path, text: str) -> None:
    """Write a new text file that only its owner may read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
