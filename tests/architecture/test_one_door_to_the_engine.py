"""The role that reads every fact is taken on in one module, and only by those who work lines out or judge."""

from __future__ import annotations

import re
from pathlib import Path

WEB = Path(__file__).resolve().parents[2] / "src" / "throughline" / "web"
DOOR = WEB / "casework" / "engine_role.py"
MAY_ENTER = {
    "casework/access_facts.py",  # a fact about a look to be checked, with the duties that follow
    "child/asking.py",  # which entries a request for the whole record covers: keys, levels and tags, no content
    "child/deciding.py",  # what a second person decided on entries they see themselves
    "child/handing.py",  # the copy, made of what its maker sees
    "child/lookers.py",  # who looked, by seat and agency, without names
    "casework/around.py",  # a seat around a child, and whether somebody is kept from it: nobody gives themselves one
    "casework/actions.py",  # writes, with the duties that follow
    "casework/demonstration.py",
    "casework/glass.py",  # who is to be told of a record opened in an emergency, and the row that opens it
    "casework/history.py",
    "casework/filling.py",  # a rule tried in numbers, or filled in after a decision
    "casework/giving_back.py",  # counts the rows a role may not take out; none of them is read
    "casework/keeping.py",  # whose record is proposed or held, by exact name and birthday
    "casework/keeping_destroying.py",  # what two keepers signed for goes, with the duties that follow
    "casework/keeping_due.py",  # whose time is over: kind, day and year of birth, no name
    "casework/loading.py",
    "casework/mailing.py",  # which messages wait to be sent: sentences without a name
    "casework/parting.py",  # a parting, with the duties that follow
    "casework/people.py",  # seats of people: no child; who may is asked inside
    "casework/questions.py",
    "casework/reading/known.py",  # as known on a day: every item passes `sharing` before it is shown
    "casework/recomputing.py",
    "casework/recording_about.py",  # a write about a place or plan, with the duties that follow
    "casework/reference.py",  # a new edition of the postcode directory, with the placements that follow
    "casework/shares.py",  # notes that answers are recorded here from the first request on
    "casework/sealing_up.py",  # the sealed record of looks: ids and hashes, no content
    "casework/telling.py",  # whom to tell; each is then asked for once more behind their own walls
    "casework/tidying.py",  # what was kept its time goes
    "casework/looks_found.py",  # the check of a finding, whose walls were asked before
    "casework/unusual.py",  # which looks are to be checked: ids and counts, each finding then behind its own walls
    "casework/too_close.py",  # whom a record is kept from: nobody writes that behind the page
    "casework/withdrawing.py",
}
SAYS_ROLE = re.compile(r"(?i:set\s+(local\s+|session\s+)?role|set_config\(\s*'role')|\bENGINE_ROLE\b")
WRITES_THE_WALLS = {"walls.py", "settings.py", "roles.py", "accounts/management/commands/check_settings.py"}


def code() -> dict[str, str]:
    return {path.relative_to(WEB).as_posix(): path.read_text() for path in WEB.rglob("*.py")}


def test_no_other_module_takes_the_role_on() -> None:
    found = {name for name, text in code().items() if SAYS_ROLE.search(text)}
    assert found - WRITES_THE_WALLS == {DOOR.relative_to(WEB).as_posix()}


def test_only_those_on_the_list_come_through_the_door() -> None:
    found = {name for name, text in code().items() if "import as_engine" in text}
    assert found == MAY_ENTER


def test_no_view_writes_or_queries_a_model() -> None:
    views = {name: text for name, text in code().items() if name.endswith("views.py") or "/views/" in name}
    assert views
    for name, text in views.items():
        assert ".objects" not in text, f"{name} asks a model directly: a selector or an action does that"
        assert ".save(" not in text, name


def test_only_the_clock_reads_the_time() -> None:
    asks = re.compile(r"timezone\.now\(|datetime\.now\(|date\.today\(|time\.time\(")
    assert {name for name, text in code().items() if asks.search(text)} == {
        "clock.py",
        "serve.py",  # how long starting took, on the terminal
    }
