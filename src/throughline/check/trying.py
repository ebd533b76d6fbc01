"""A rule tried on a folder of extracts: how many it would raise, for whom, since when. Nothing is written."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from throughline import timeline
from throughline.check.answering import derive
from throughline.check.pipeline import Progress, asked
from throughline.check.summary import Summary
from throughline.duties import Rule
from throughline.duties.trial import Trial, Trying


def try_on(folder: Path, rule: Rule, others: dict[str, Rule], as_of: date, progress: Progress) -> Trial:
    """What `rule` would open on the children of `folder` by the end of `as_of`.

    `others` are the rules it may hang on. Raises `RuleFault` where it hangs on none of them, and
    `NothingRecognised`.
    """
    summary = Summary(as_of)
    trying = Trying(rule, others, as_of)
    with (
        tempfile.TemporaryDirectory(prefix="throughline-") as scratch,
        asked(folder, Path(scratch), summary, progress) as (question, _),
    ):
        trying.sleeps(frozenset().union(*(each.kinds for each in summary.coverage)))
        known_of = question.store.children(range(len(question.children)))
        for done, (child, statements) in enumerate(known_of, start=1):
            events, _ = derive(statements, question.covered_to, summary)
            dob, las, _ = question.children[child]
            trying.on(timeline.build(events, dob=dob, las=las, coverage=question.coverage, as_of=as_of))
            progress("Trying the rule", done, summary.children)
    return trying.found
