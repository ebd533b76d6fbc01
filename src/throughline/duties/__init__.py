"""What is owed to a child, by which law, by when. See README.md."""

from throughline.duties.engine import evaluate
from throughline.duties.instance import STATES, Instance, Owed, Status, in_columns, status
from throughline.duties.loading import RuleFault, handled_elsewhere, load, read
from throughline.duties.model import STRENGTHS, HandledIn, Rule
from throughline.duties.rulebook import Rulebook, rulebook
from throughline.duties.saying import because

__all__ = [
    "STATES",
    "STRENGTHS",
    "HandledIn",
    "Instance",
    "Owed",
    "Rule",
    "RuleFault",
    "Rulebook",
    "Status",
    "because",
    "evaluate",
    "handled_elsewhere",
    "in_columns",
    "load",
    "read",
    "rulebook",
    "status",
]
