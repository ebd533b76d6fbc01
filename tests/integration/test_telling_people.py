"""Who is told what: interrupts with a link and no name, the digest of the morning, the page of what was sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse

from stores import HUB, NOW, POLICE, TODAY, episode, event_row, load_rows, person, relate, the_child
from throughline import duties, sharing, words
from throughline.web.accounts.models import User
from throughline.web.casework import mailing, telling
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Message

pytestmark = pytest.mark.django_db

SCHOOL = "school:971001"
GONE = episode() | {"missing_since": "2026-04-20T20:00"}


@pytest.fixture(autouse=True)
def _a_day_in_april(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"


@pytest.fixture
def people() -> dict[str, User]:
    """One of each role in the area, and their like elsewhere; Ana works with Rowan."""
    found = {}
    for role in ("social_worker", "iro", "missing_hub", "team_manager", "duty_team", "police_desk", "dsl"):
        agency = {"missing_hub": HUB, "police_desk": POLICE, "dsl": SCHOOL}.get(role, "la:971")
        found[role] = person(role, f"Near {role}", agency=agency, area="971")
        person(role, f"Far {role}", agency="la:975", area="975")
    return found


def messages(**only) -> list[Message]:
    with transaction.atomic(), as_engine():
        return list(Message.objects.filter(**only).order_by("pk"))


def told() -> set[str]:
    """Names of those who were told something that interrupts."""
    ids = {message.user_id for message in messages() if message.sort != telling.DIGEST}
    return set(User.objects.filter(pk__in=ids).values_list("name", flat=True))


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_every_word_of_the_messages_is_known() -> None:
    for one in telling.said()["interrupts"].values():
        assert set(one.get("kinds", ())) | set(one.get("unless", ())) <= set(words.kinds())
        assert set(one.get("rules", ())) | set(one.get("today", ())) <= set(duties.rulebook())


def test_who_is_told_that_a_child_is_missing_owns_or_is_informed_and_may_see_it(tmp_path, people) -> None:
    relate(people["social_worker"], the_child_loaded(tmp_path), sharing.ALLOCATED)
    assert telling.tell() > 0
    assert "Near social_worker" in told()
    assert "Near missing_hub" in told()
    assert not {name for name in told() if name.startswith("Far")}, "another area's desk has nothing to do with it"
    assert "Near dsl" not in told()
    assert telling.tell() == 0, "nobody is told twice"


def the_child_loaded(tmp_path):
    """Rowan, of Port Halden, missing since last evening."""
    known = event_row("rowan", "referral", "2026-04-01", "K-1", details="need=N1")
    load_rows(tmp_path, "events", [known], received=TODAY, sender="la:971")
    load_rows(tmp_path, "missing_police", [GONE], received=TODAY, sender=POLICE)
    return the_child("rowan")


def test_the_same_episode_told_by_another_agency_interrupts_nobody_again(tmp_path, people) -> None:
    the_child_loaded(tmp_path)
    before = telling.tell()
    again = event_row("rowan", "missing_start", "2026-04-20T20:10", "H-1", agency=HUB)
    load_rows(tmp_path, "events", [again], received=TODAY, sender=HUB, name="again")
    assert before
    assert telling.tell() == 0


def test_a_message_says_no_name_and_its_link_asks_who_may_open(tmp_path, people) -> None:
    rowan = the_child_loaded(tmp_path)
    telling.tell()
    [message] = messages(user_id=people["missing_hub"].pk)
    said = f"{message.subject} {message.text}"
    for private in (rowan.forename, rowan.surname, rowan.la_id, str(rowan.public_id)):
        assert private not in said
    hub = signed_in(people["missing_hub"])
    assert "A child is missing" in hub.get(reverse("sent")).content.decode()
    link = reverse("message", args=[message.pk])
    assert hub.get(link)["Location"] == reverse("child", args=[rowan.public_id])
    assert hub.get(link, follow=True).status_code == 200
    assert signed_in(people["dsl"]).get(link).status_code == 404, "another's message"
    assert Client().get(link)["Location"].startswith(reverse("sign_in"))
    assert "A child is missing" not in signed_in(people["dsl"]).get(reverse("sent")).content.decode()


def test_what_happened_longer_ago_or_was_ended_since_interrupts_nobody(tmp_path, people) -> None:
    old = episode(safe_return_at="2026-03-02T06:40")
    load_rows(tmp_path, "missing_police", [old], received=TODAY, sender=POLICE)
    assert telling.tell() == 0, "a first load makes history, not alarms"
    back = GONE | {"safe_return_at": "2026-04-21T06:40"}
    load_rows(tmp_path, "missing_police", [back], received=TODAY, sender=POLICE, name="back")
    telling.tell()
    assert {message.sort for message in messages(user_id=people["missing_hub"].pk)} == {"returned"}


def test_a_fact_above_somebodys_level_is_not_told_to_them(tmp_path, people) -> None:
    """The reviewing officer is informed by the rule; an arrest held at SL4 is not theirs to know of."""
    rows = [
        event_row("rowan", "referral", "2026-04-01", "A-0", details="need=N1"),
        event_row("rowan", "arrest", "2026-04-21T08:00", "A-1", agency=POLICE, level="SL4", tags="POL-C"),
    ]
    load_rows(tmp_path, "events", rows, received=TODAY, sender="la:971")
    relate(people["social_worker"], the_child("rowan"), sharing.ALLOCATED)
    telling.tell()
    assert "Near social_worker" not in told()
    assert "Near team_manager" not in told()


def test_somebody_waiting_for_me_today_is_said_to_me_alone(tmp_path, people) -> None:
    rows = [
        event_row("rowan", "referral", "2026-04-01", "W-0", details="need=N1"),
        event_row("rowan", "worry", "2026-04-20T10:00", "W-1", agency=SCHOOL, details="what=New phone"),
    ]
    load_rows(tmp_path, "events", rows, received=TODAY, sender="la:971")
    telling.tell()
    assert [message.sort for message in messages(user_id=people["team_manager"].pk)] == ["waiting"]
    assert told() == {"Near team_manager"}


def test_the_digest_comes_once_a_morning_with_numbers_and_no_name(tmp_path, people, settings) -> None:
    the_child_loaded(tmp_path)
    settings.THROUGHLINE_NOW = datetime(2026, 4, 21, 6, 15, tzinfo=UTC)  # 07:15 in London in April
    assert telling.digests() == 0
    settings.THROUGHLINE_NOW = datetime(2026, 4, 21, 6, 35, tzinfo=UTC)
    assert telling.digests() == User.objects.filter(is_active=True).count()
    assert telling.digests() == 0
    [digest] = messages(user_id=people["missing_hub"].pk, sort=telling.DIGEST)
    assert digest.text == "1 missing now, 1 due in seven days"
    assert "Vale" not in digest.subject + digest.text
    [far] = messages(user_id=User.objects.get(name="Far missing_hub").pk, sort=telling.DIGEST)
    assert far.text == "Nothing of yours is late or waiting today.", "a number tells of a child too"
    settings.THROUGHLINE_NOW = NOW + timedelta(days=1)
    assert telling.digests() > 0


def test_mail_goes_out_only_where_a_server_is_set_and_never_to_the_invented(tmp_path, people, settings) -> None:
    the_child_loaded(tmp_path)
    telling.tell()
    assert mailing.post() == 0
    settings.EMAIL_HOST, settings.SITE_ADDRESS = "mail.example.org", "https://throughline.example.org"
    invented = people["missing_hub"]
    invented.demonstration = True
    invented.save()
    relate(people["social_worker"], the_child("rowan"), sharing.ALLOCATED)
    telling.tell()
    assert mailing.post() == len(mail.outbox) > 0
    [sent] = [one for one in mail.outbox if one.to == [people["social_worker"].sign_in]]
    assert invented.sign_in not in {to for one in mail.outbox for to in one.to}
    [message] = messages(user_id=people["social_worker"].pk)
    assert f"https://throughline.example.org{reverse('message', args=[message.pk])}" in sent.body
    assert "Vale" not in sent.subject + sent.body
    assert mailing.post() == 0
    assert message.mailed_at is not None
