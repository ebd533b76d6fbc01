"""What else stands in the partnership: a doubted item, an unsure link, messages, drafts, rules in hand, an odd file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from planted import ASKER, CLOSED, COPY, DOUBT, DOUBTED, DRAFT, FAR, FORMER, MESSAGE, NEAR, PUT_OFF, STRANGERS

from own_rules import ID, OWN
from stores import NOW, TODAY
from throughline.web.accounts import actions as accounts
from throughline.web.accounts import passwords
from throughline.web.accounts.models import (
    BreakGlass,
    BreakGlassCheck,
    CalendarKey,
    Conflict,
    PasswordLink,
    Relation,
    User,
)
from throughline.web.audit.models import Finding, FindingCheck, Look
from throughline.web.casework.keeping_models import Destruction, DestructionStep, Hold, Tombstone
from throughline.web.casework.models import (
    Draft,
    Event,
    Instance,
    Message,
    Notice,
    Parting,
    PutOff,
    RuleText,
    RuleWork,
)
from throughline.web.child.models import AccessCopy, AccessItem, AccessRequest, Verdict
from throughline.web.intake.models import Delivery, FileRead
from throughline.web.linkage.models import Judgement, Question, SourcePerson

OPEN_FOR = timedelta(hours=3)
"""How long from now the near child's record still stands open in an emergency."""
CALENDAR_SECRET = "only-for-tests-" + "c" * 28


def plant(users: Mapping[str, User], children: Mapping[str, int]) -> dict[str, tuple[object, ...]]:
    """Make one of each, as the engine; their numbers by what they are."""
    return _work(users, children) | _about_looking(users, children) | _about_records(users, children)


def _about_looking(users: Mapping[str, User], children: Mapping[str, int]) -> dict[str, tuple[object, ...]]:
    """A record that was opened in an emergency and has closed again, one that stands open, a conflict, a look out of
    the ordinary."""
    hub, checks = users["missing_hub"], users["information_governance_lead"]
    opened = BreakGlass.objects.create(
        user=hub, child_id=children[FORMER], reason="missing_now", purpose="to find them", agency=hub.agency,
        opened_at=NOW - timedelta(hours=5), until=NOW - timedelta(hours=1), owner="la:971",
    )  # fmt: skip
    BreakGlass.objects.create(
        user=users["social_worker, in an emergency"], child_id=children[NEAR], reason="missing_now", agency="la:971",
        purpose="to find them", opened_at=NOW - timedelta(hours=1), until=NOW + OPEN_FOR, owner="la:971",
    )  # fmt: skip
    BreakGlassCheck.objects.create(opened=opened, outcome="needed", why="it was", by=checks, at=NOW)
    Conflict.objects.create(
        user=users["social_worker, too close"], child_id=children[NEAR], sort="family", by=checks, at=NOW
    )
    look = Look.objects.create(
        at=NOW,
        user_id=hub.pk,
        role=hub.role,
        purpose="to find them",
        path_kind="child page",
        child_ids=[children[FORMER]],
    )
    finding = Finding.objects.create(
        ref=uuid5(NAMESPACE_URL, "finding"), ground="no_link", user_id=hub.pk, child_id=children[FORMER], day=TODAY,
        look_ids=[look.pk], counted=1, found_at=NOW,
    )  # fmt: skip
    FindingCheck.objects.create(finding=finding, outcome="ordinary", why="it was", by_id=checks.pk, at=NOW)
    return {"opened": (opened.ref,), "finding": (finding.ref,), "person": tuple(user.pk for user in users.values())[:2]}


def _about_records(users: Mapping[str, User], children: Mapping[str, int]) -> dict[str, tuple[object, ...]]:
    """Somebody asks for the whole record; a keeper proposes that another goes, and one is held back."""
    worker, keeper = users["social_worker"], users["keeper"]
    request = AccessRequest.objects.create(
        child_id=children[NEAR], asker="child", name=ASKER.text, asked_on=TODAY, known_how="known", route="by hand",
        taken_by_id=worker.pk, taken_at=NOW, collected_at=NOW,
    )  # fmt: skip
    event = Event.objects.filter(child_id=children[NEAR], kind="visit", level="SL2").order_by("pk").first()
    item = AccessItem.objects.create(
        request=request, child_id=children[NEAR], key=event.key, on=event.happened_on, said_by=event.said_by,
        level=event.level, tags=event.tags,
    )  # fmt: skip
    Verdict.objects.create(item=item, what="give", seen_hash="", by_id=worker.pk, at=NOW)
    AccessCopy.objects.create(
        request=request, child_id=children[NEAR], html=COPY.text, sha256="", given=1, withheld=0, made_by_id=worker.pk,
        made_at=NOW,
    )  # fmt: skip
    hold = Hold.objects.create(child_id=children[CLOSED], ground="inquiry", asked_by="A judge", by_id=keeper.pk, at=NOW)
    proposed = Destruction.objects.create(
        record="help", ground="time", law="its time is over", child_ids=[children[CLOSED]], proposed_by_id=keeper.pk,
        proposed_at=NOW,
    )  # fmt: skip
    gone = Destruction.objects.create(
        record="help", ground="time", law="its time was over", child_ids=[0], proposed_by_id=keeper.pk, proposed_at=NOW
    )
    DestructionStep.objects.create(destruction=gone, what="done", by_id=keeper.pk, at=NOW)
    Tombstone.objects.create(
        destruction=gone, what="child", number=0, kind="child", on=TODAY, basis="its time was over"
    )
    return {"request": (request.pk,), "destruction": (proposed.pk, gone.pk), "hold": (hold.pk,)}


def _work(users: Mapping[str, User], children: Mapping[str, int]) -> dict[str, tuple[object, ...]]:
    """What stands on people's own pages and on desks."""
    owner = users["social_worker"]
    doubted = Event.objects.get(details__note=DOUBTED.text)
    Event.objects.filter(pk=doubted.pk).update(in_question=True)
    question = Question.objects.create(
        child_id=children[NEAR], statement_id=doubted.statement_id, event_key=doubted.key,
        asked_by_id=users["police_desk"].pk, asked_at=NOW, why=DOUBT.text, due_on=TODAY + timedelta(1),
    )  # fmt: skip
    notice = Notice.objects.create(
        user_id=users["police_desk"].pk, child_id=children[NEAR], question=question, what="asked", at=NOW
    )
    message = Message.objects.create(
        user_id=owner.pk, sort="digest", about="2026-04-20", child_id=children[NEAR], subject=MESSAGE.text,
        text=MESSAGE.text, at=NOW,
    )  # fmt: skip
    Draft.objects.create(
        user_id=owner.pk, child_id=children[NEAR], kind="visit", fields={"place": DRAFT.text}, saved_at=NOW
    )
    CalendarKey.objects.create(user=owner, token_hash=accounts.calendar_hash(CALENDAR_SECRET), made_at=NOW)
    odd = FileRead.objects.filter(feed="").order_by("pk").first()
    assert odd is not None, "a file that no layout fits"
    text = RuleText.objects.create(rule_id=ID, text=OWN, by_id=users["business_manager"].pk, at=NOW)
    RuleWork.objects.create(
        what="try", rule_id=ID, text=text, status="done", by_id=users["business_manager"].pk, at=NOW
    )
    return {
        "question": (question.pk,),
        "notice": (notice.pk,),
        "message": (message.pk,),
        "text": (text.pk,),
        "pair": (_pair(children).pk,),
        "parting": (_parting(children[NEAR], owner).pk,),
        "owed": _owed(children, owner),
        "odd": (odd.pk,),
        "odd_in": (odd.delivery_id,),
        "seat": tuple(Relation.objects.filter(child_id=children[NEAR]).order_by("pk").values_list("pk", flat=True))[:2],
        "asked": _keys(children[NEAR], "information_requested"),
        "held": _keys(children[NEAR], "held_closer"),
        "link": (_link(users["dsl"]),),
        "delivery": tuple(Delivery.objects.order_by("pk").values_list("pk", flat=True)),
    }


def one_of_each_level(child: int) -> tuple[str, ...]:
    """Keys of items of a child's line, one of each level, none with a handling tag of its own."""
    found = Event.objects.filter(child_id=child, kind="visit").order_by("level", "pk")
    return tuple({event.level: event.key for event in found}.values())


def _keys(child: int, kind: str) -> tuple[str, ...]:
    return tuple(Event.objects.filter(child_id=child, kind=kind).order_by("pk").values_list("key", flat=True))[:2]


def _link(user: User) -> str:
    """What a session holds that has opened a link to a first password."""
    made = PasswordLink.objects.create(
        user=user, token_hash=passwords.link_hash("once"), made_at=NOW, until=NOW + passwords.LASTS
    )
    return made.token_hash


def _pair(children: Mapping[str, int]) -> Judgement:
    """Two sources' people of whom nobody is sure that they are one child."""
    keys = SourcePerson.objects.filter(child_id__in=(children[NEAR], children[FAR])).values_list("key", flat=True)
    left, right = sorted(keys)[:2]
    return Judgement.objects.create(
        left=left, right=right, verdict=Judgement.Verdict.UNSURE, by="rule:name", why="alike", made_on=TODAY, at=NOW
    )


def _parting(child: int, by: User) -> Parting:
    a, b = sorted(Event.objects.filter(child_id=child, level="SL3").order_by("pk").values_list("key", flat=True)[:2])
    return Parting.objects.create(child_id=child, key_a=a, key_b=b, by_id=by.pk, why="two evenings", at=NOW)


def _owed(children: Mapping[str, int], owner: User) -> tuple[int, ...]:
    """One duty of each level of the near child and one of each stranger; the one that rests on health is put off."""
    near = Instance.objects.filter(child_id=children[NEAR])
    numbers = [row.pk for level in ("SL2", "SL3", "SL4", "SL5") for row in near.filter(level=level).order_by("pk")[:1]]
    for name in STRANGERS:
        numbers += Instance.objects.filter(child_id=children[name]).order_by("pk").values_list("pk", flat=True)[:1]
    if resting := near.filter(level="SL3", tags__contains=["HLTH"]).order_by("pk").first():
        PutOff.objects.create(
            child_id=resting.child_id, duty_id=resting.duty_id, trigger_key=resting.trigger_key, until=TODAY,
            reason=PUT_OFF.text, by_id=owner.pk, at=NOW,
        )  # fmt: skip
    return tuple(numbers)
