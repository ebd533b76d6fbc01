"""The rules' pages: the register, one rule, and what only the partnership's business manager may do there."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from own_rules import ID, OWN, do
from stores import NOW, TODAY, event_row, load_rows, person
from throughline import duties
from throughline.duties.practice import rows
from throughline.web.casework.models import RuleDecision, RuleText, RuleWork

pytestmark = pytest.mark.django_db
DAY = {"start-day": "21", "start-month": "4", "start-year": "2026"}
SAID = DAY | {"owner": "Jo Marlow, business manager", "why": "Agreed by the executive"}


@pytest.fixture(autouse=True)
def _a_day_in_april(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(person(role, area="971", agency="partnership" if role == "business_manager" else ""))
    return client


def page(client: Client, name: str, *given, **asked) -> str:
    answer = client.get(reverse(name, args=given), asked)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def test_the_register_counts_what_is_on_asleep_and_not_checked() -> None:
    told = page(signed_in("social_worker"), "rules")
    known = duties.load()
    asleep = sum(rule.active and bool(rule.needs_feed) for rule in known)
    for n, word in ((asleep, "asleep"), (sum(not r.verified for r in known), "not checked")):
        assert f"<strong>{n}</strong> {word}" in told
    assert told.count("<tr>") == len(known) + told.count("<thead>")


def test_a_sleeping_rule_is_told_once_with_what_it_waits_for(tmp_path) -> None:
    told = page(signed_in("social_worker"), "rule", "r10-placement-moves")
    assert "This rule sleeps: nobody here sends" in told
    held = event_row("rowan", "stability_meeting", "2026-04-01", "M-1")
    load_rows(tmp_path, "events", [held], received=TODAY, sender="la:971")
    assert "This rule sleeps" not in page(signed_in("social_worker"), "rule", "r10-placement-moves")


def test_the_register_is_narrowed_by_words_strength_standing_row_and_owner() -> None:
    client = signed_in("iro")
    known = {rule.id: rule for rule in duties.load()}
    for asked, wanted in (
        ({"text": "return home interview"}, {"rhi-72h"}),
        ({"strength": "MUST", "role": "police_desk"}, None),
        ({"row": "r10"}, {"r10-placement-moves"}),
    ):
        told = page(client, "rules", **asked)
        shown = {id for id in known if f'href="{reverse("rule", args=[id])}"' in told.partition("<table")[2]}
        if wanted is None:
            wanted = {r.id for r in known.values() if (r.strength, r.owed_role) == ("MUST", "police_desk")}
        assert wanted
        assert shown == wanted, asked


def test_every_row_of_the_practice_is_there_with_its_rules_or_why_not() -> None:
    told = page(signed_in("social_worker"), "rule_rows")
    assert all(f'<tr id="{row}">' in told for row in rows())
    assert "nothing in it falls due" in told


@pytest.mark.parametrize("rule", duties.load(), ids=lambda rule: rule.id)
def test_every_rule_has_a_page(rule: duties.Rule) -> None:
    told = page(signed_in("dsl"), "rule", rule.id)
    assert "How it is counted" in told
    assert "What meets it" in told


def test_a_rules_examples_stand_on_its_page_as_the_engine_answers_them() -> None:
    told = page(signed_in("dsl"), "rule", "rhi-72h")
    assert "Across the change of the clocks it is 72 hours" in told
    assert "The clocks change in between" in told


def test_a_rule_is_handed_in_tried_and_switched_on(tmp_path) -> None:
    arrested = event_row("rowan", "arrest", "2026-04-20", "A-2", agency="police:castlereach")
    load_rows(tmp_path, "events", [arrested], received=TODAY, sender="la:971")
    client = signed_in("business_manager")
    wrong = client.post(reverse("own_rule_new"), {"text": OWN.replace("shape: after", "shape: afterwards")})
    assert wrong.status_code == 422
    assert "your text:16: shape:" in wrong.content.decode()
    kept = client.post(reverse("own_rule_new"), {"text": OWN})
    number = RuleText.objects.get().pk
    assert kept.headers["Location"] == reverse("own_rule", args=[number])
    client.post(reverse("own_rule_try", args=[number]))
    assert "Waiting to be tried" in page(client, "own_rule", number)
    do(RuleWork.objects.get().pk)
    assert "1 to 4" in page(client, "own_rule", number)
    missing = client.post(reverse("own_rule_on", args=[number]), DAY)
    assert missing.status_code == 422
    assert "Say who answers for it" in missing.content.decode()
    done = client.post(reverse("own_rule_on", args=[number]), SAID)
    assert done.headers["Location"] == reverse("rule", args=[ID])
    told = page(client, "rule", ID)
    assert "Waiting to be worked out" in told
    assert "Jo Marlow, business manager" in told
    assert "Agreed by the executive" in told


def test_figures_are_set_and_shown_beside_those_that_ship() -> None:
    client = signed_in("business_manager")
    rule = next(rule for rule in duties.load() if rule.id == "r10-placement-moves")
    ships = {name: str(setting.value) for name, setting in rule.settings.items()}
    name, value = next(iter(ships.items()))
    address = reverse("rule_decide", args=[rule.id, "figures"])
    same = client.post(address, SAID | ships)
    assert same.status_code == 422
    assert "Change at least one figure" in same.content.decode()
    client.post(address, SAID | ships | {name: f"{value}0"})
    assert RuleDecision.objects.get().figures == {name: int(value) * 10}
    assert f'data-label="Here">{value}0<' in page(client, "rule", rule.id)


def test_others_read_the_rules_and_decide_nothing() -> None:
    client = signed_in("team_manager")
    told = page(client, "rule", "r10-placement-moves")
    assert "Switch it off" not in told
    assert client.get(reverse("own_rule_new")).status_code == 403
    assert client.post(reverse("own_rule_new"), {"text": OWN}).status_code == 403
    for what in ("off", "figures"):
        address = reverse("rule_decide", args=["r10-placement-moves", what])
        assert client.get(address).status_code == 403
        assert client.post(address, SAID).status_code == 403
    assert not RuleDecision.objects.exists()


def test_law_cannot_be_switched_off_by_its_address_either() -> None:
    client = signed_in("business_manager")
    refused = client.post(reverse("rule_decide", args=["rhi-72h", "off"]), SAID)
    assert refused.status_code == 422
    assert "not the partnership&#39;s to switch" in refused.content.decode()


def test_nobody_reads_a_rule_without_signing_in() -> None:
    assert Client().get(reverse("own_rules")).status_code in (302, 403)
