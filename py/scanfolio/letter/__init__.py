"""The letter that asks the hospital for what the disc does not give: found facts, what is missing, and its words."""

from scanfolio.letter.found import FIELDS
from scanfolio.letter.write import Letter, letters, reason_of

__all__ = ["FIELDS", "Letter", "letters", "reason_of"]
