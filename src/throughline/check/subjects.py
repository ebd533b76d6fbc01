"""What is owed about places, plans and others that are no child (docs/adr/0034), after the children's answers."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from throughline import duties, timeline
from throughline.check.answering import Question, derive
from throughline.check.outputs import Tables, fault_line, quoted
from throughline.check.rows import OwedLines, event_lines
from throughline.check.summary import Summary
from throughline.feeds.base import Statement
from throughline.feeds.people import authority_of
from throughline.feeds.subjects import Subject, subject_of

_NONE = array("q")


def answer_subjects(question: Question, tables: Tables, summary: Summary) -> None:
    """Write what is known of and owed about each, once the children are answered for: those rows are about, in the
    order of their keys, then those that only children's events name."""
    mentioned = dict(tables.mentions.places())
    owed = OwedLines(summary, duties.rulebook())
    first, keys = len(question.children), question.subjects
    for number, statements in question.store.children(range(first, first + len(keys))):
        key = keys[number - first]
        _answer(subject_of(key), statements, mentioned.pop(key, _NONE), question, tables, summary, owed)
    for key in sorted(mentioned):
        _answer(subject_of(key), [], mentioned[key], question, tables, summary, owed)


def _answer(
    subject: Subject,
    statements: Sequence[Statement],
    mentioned: array[int],
    question: Question,
    tables: Tables,
    summary: Summary,
    owed: OwedLines,
) -> None:
    """One subject's lines of ``events.csv`` and ``owed.csv``; both call it by its key, so that no child's id is it."""
    events, faults = derive(statements, question.covered_to, summary)
    for fault in faults:
        summary.add_fault(fault)
        tables.faults.write(fault_line(fault))
    found = list(tables.mentions.at(mentioned))
    las = frozenset(filter(None, (authority_of(event.said_by) for event in events)))
    as_of = question.as_of
    line = timeline.build(
        events,
        las=las.union(*(question.children[child][1] for child, _ in found)),
        coverage=question.coverage,
        subject=subject,
        mentions=[mention for _, mention in found],
        as_of=as_of,
    )
    cell = quoted(subject.key)
    tables.events.write(event_lines(cell, line.happenings, summary.events))
    instances = duties.evaluate(line, duties.rulebook(), as_of, ahead=False)
    tables.owed.write("".join(owed.line(subject.key, cell, instance) for instance in instances))
    summary.subjects[subject.kind] += 1
