"""One talk of two steps, the same for everybody: a model says something and calls a writing tool, hears the result, and ends.

Every program here plays it in a process of its own: `program.py FOLDER MOMENT`. At the moment that it is given it ends itself by
SIGKILL; started again without one it goes on as its framework says that one does. What a person would have seen is in the file
`shown`, what the tool has done in a table of effects.
"""

import os
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path
from signal import SIGKILL

WORDS = "Keep the essay in mind for me"
FIRST, SECOND = ("Let me note ", "that. "), ("Noted: ", "the essay.")
TITLE = "Essay"
MOMENTS = {
    "saying": "while the first answer is being said",
    "before": "in the tool, before its effect is committed",
    "inside": "in the tool, its effect committed, nothing noted",
    "after": "the result noted, the second answer not begun",
    "telling": "while the second answer is being said",
}
FOLDER = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
MOMENT = sys.argv[2] if len(sys.argv) > 2 else ""


def reach(moment: str) -> None:
    """End here and now, if this is the moment; what was said before is let out first."""
    if moment == MOMENT:
        time.sleep(0.3)
        die()


def die() -> None:
    """End as `kill -9` ends a process."""
    os.kill(os.getpid(), SIGKILL)


def show(text: str) -> None:
    """Let the person see a piece of text."""
    with (FOLDER / "shown").open("a") as shown:
        shown.write(text)


def effect(title: str) -> str:
    """Do what the tool does: one row, committed."""
    reach("before")
    with closing(sqlite3.connect(FOLDER / "effects.db")) as database:
        database.execute("CREATE TABLE IF NOT EXISTS effects (title TEXT)")
        database.execute("INSERT INTO effects VALUES (?)", (title,))
        database.commit()
    reach("inside")
    return "noted"
