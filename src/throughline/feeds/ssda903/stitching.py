"""Yearly returns laid end to end: which episode rows of one child stand, and until when.

Each SSDA903 return is a year's picture, so a child's episodes from several returns repeat, contradict and
leave open what later ended. Nothing is guessed beyond the stated rules; each repair says which rule made
it, and the row as it was sent stays in its statement. The rules are those of the sector's regional
pipelines (formats §3b), with the sector validators' own codes where they have one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from throughline.feeds.base import QUERY, REPAIRED, Statement

NEVER = date.max
_DAY = timedelta(days=1)
_NEW_EPISODE_FOLLOWS = "X1"
_STARTED = "S"


class Episode:
    """One episode row as it is taken to stand. `dec` and `leaves` are what stitching settles."""

    __slots__ = (
        "dec",
        "decom",
        "home_postcode",
        "leaves",
        "legal_status",
        "need",
        "place",
        "postcode",
        "provider",
        "reason_place_change",
        "rec",
        "return_year",
        "rne",
        "statement",
        "urn",
    )

    def __init__(self, statement: Statement, decom: date, dec: date | None, return_year: int) -> None:
        """`return_year` is the calendar year in which the return's year ends (31 March); 0 if not known."""
        (
            _,
            _,
            self.rne,
            self.legal_status,
            self.need,
            self.place,
            self.provider,
            _,
            self.rec,
            self.reason_place_change,
            self.home_postcode,
            self.postcode,
            self.urn,
            _,
            _,
        ) = statement.values
        self.statement = statement
        self.decom = decom
        self.dec = dec
        self.return_year = return_year
        self.leaves = False
        """Whether care ends with this row."""

    def same_as(self, other: Episode) -> bool:
        """The same legal status, home and reason, whatever the dates."""
        return (
            self.rne == other.rne
            and self.legal_status == other.legal_status
            and self.place == other.place
            and self.provider == other.provider
            and self.postcode == other.postcode
            and self.urn == other.urn
        )


class Repair(NamedTuple):
    """What was done to one row, or is to be looked at there."""

    episode: Episode
    rule: str
    severity: str
    message: str


def stitch(episodes: list[Episode], latest_return: int) -> tuple[list[Episode], list[Repair]]:
    """The episodes that stand, in order, each with its end settled, and what was repaired.

    `episodes` are one child's, from one authority, in any order; `latest_return` is the latest return year
    known of that authority (0: none known). An episode left with `dec` None is still open.
    """
    if len(episodes) > 1:
        episodes.sort(key=_by_start)
    repairs: list[Repair] = []
    if latest_return and len({e.return_year for e in episodes} | {latest_return}) > 1:
        episodes = list(_without_replaced(episodes, repairs))
        episodes = list(_closed_by_later_return(episodes, latest_return, repairs))
    last = len(episodes) - 1
    for place, episode in enumerate(episodes):
        if place < last:
            _join(episode, episodes[place + 1], repairs)
        else:
            _finish(episode, latest_return, repairs)
    return episodes, repairs


def _by_start(episode: Episode) -> tuple[date, bool, date]:
    return episode.decom, episode.rne != _STARTED, episode.dec or NEVER


def _without_replaced(episodes: list[Episode], repairs: list[Repair]) -> Iterator[Episode]:
    """Of rows that start on one day and come from several returns, those of the latest."""
    latest: dict[date, int] = {}
    for episode in episodes:
        latest[episode.decom] = max(episode.return_year, latest.get(episode.decom, 0))
    for episode in episodes:
        if episode.return_year == latest[episode.decom]:
            yield episode
        else:
            _say_replaced(episode, repairs)


def _say_replaced(episode: Episode, repairs: list[Repair]) -> None:
    _say(
        repairs,
        episode,
        "episode-replaced",
        "A later return gives this time in care another way, and is used instead.",
    )


def _closed_by_later_return(episodes: list[Episode], latest_return: int, repairs: list[Repair]) -> Iterator[Episode]:
    """Episodes that stand, those left open by a return that is not the latest closed or dropped."""
    last = len(episodes) - 1
    for place, episode in enumerate(episodes):
        if episode.dec is not None or not 0 < episode.return_year < latest_return:
            yield episode
            continue
        before = episodes[place - 1] if place else None
        after = episodes[place + 1] if place < last else None
        if (after and after.same_as(episode)) or (before and before.same_as(episode)):
            _say(
                repairs,
                episode,
                "episode-repeated",
                "This open episode is the same as the one beside it but for its dates; the other is used.",
            )
        elif before and before.return_year > episode.return_year:
            _say_replaced(episode, repairs)
        else:
            if after is None:
                _leave_by(episode, date(episode.return_year, 3, 31), "903-1010", repairs)
            yield episode


def _leave_by(episode: Episode, end: date, code: str, repairs: list[Repair]) -> None:
    """Close an episode of a child whom no later return knows."""
    episode.dec = max(end, episode.decom)
    episode.leaves = True
    _say(
        repairs,
        episode,
        f"episode-not-carried-on {code}",
        "This episode was open at the end of its year and no later return has the child: taken as having "
        f"left care by {episode.dec:%d/%m/%Y}. Send the end date and reason.",
    )


def _join(episode: Episode, after: Episode, repairs: list[Repair]) -> None:
    """Settle where one episode ends, knowing the next."""
    sent = episode.dec
    if sent is None:
        _close_open(episode, after, repairs)
    elif sent > after.decom:
        _say(
            repairs,
            episode,
            "episode-overlap 903-501",
            f"DEC {sent:%d/%m/%Y} lies after the next episode starts; its end is taken as {after.decom:%d/%m/%Y}.",
        )
        episode.dec = after.decom
    elif sent < after.decom and episode.rec == _NEW_EPISODE_FOLLOWS:
        _say(
            repairs,
            episode,
            "episode-gap 903-433",
            "REC says the next episode follows at once, but it starts later; this one is taken to last "
            f"until {after.decom:%d/%m/%Y}.",
        )
        episode.dec = after.decom
    _leave_or_go_on(episode, after, repairs)
    if episode.leaves and sent == after.decom:
        _say(
            repairs,
            after,
            "care-restarted-same-day 903-431",
            "The child is said to have left care and come into care again on one day; shown as sent.",
            QUERY,
        )


def _close_open(episode: Episode, after: Episode, repairs: list[Repair]) -> None:
    """Close an episode without an end that another follows: a start of care says the child had left."""
    if after.rne != _STARTED:
        episode.dec = after.decom
        told = f"until the next starts on {after.decom:%d/%m/%Y}"
    else:
        episode.dec = max(episode.decom, after.decom - _DAY)
        if 0 < episode.return_year < after.return_year:
            episode.dec = max(episode.decom, min(episode.dec, date(episode.return_year, 3, 31)))
        episode.leaves = True
        told = f"to have ended by {episode.dec:%d/%m/%Y}, before the child came into care again"
    _say(
        repairs,
        episode,
        "episode-left-open 903-142",
        f"DEC is blank although another episode follows; taken {told}. Send the end date.",
    )


def _leave_or_go_on(episode: Episode, after: Episode, repairs: list[Repair]) -> None:
    """Whether care ends between two episodes, where what they say of it differs."""
    if episode.leaves:
        return
    ended = episode.rec.startswith("E")
    starts = after.rne == _STARTED
    together = episode.dec == after.decom
    if starts and (ended or not together):
        episode.leaves = True
    elif starts:
        _say(
            repairs,
            after,
            "care-goes-on 903-431",
            "RNE says the child came into care, but the episode before goes straight on into this one; "
            "care is taken to go on.",
        )
    elif not together:
        episode.leaves = True
        _say(
            repairs,
            after,
            "care-start-missing 903-432",
            "The episode before had ended and this one is not said to start a new time in care (RNE S); "
            "the child is shown as already in care when it begins.",
            QUERY,
        )
    elif ended:
        _say(
            repairs,
            episode,
            "care-goes-on 903-432",
            f"REC {episode.rec} says the child left care, but the next episode goes on from that day; "
            "care is taken to go on.",
        )


def _finish(episode: Episode, latest_return: int, repairs: list[Repair]) -> None:
    """Settle the last episode."""
    if episode.dec is None or episode.leaves:
        return
    if episode.rec.startswith("E"):
        episode.leaves = True
    elif 0 < episode.return_year < latest_return:
        _leave_by(episode, episode.dec, "903-388", repairs)
    else:
        _say(
            repairs,
            episode,
            "episode-not-followed 903-388",
            "The episode has ended with no reason for leaving care and none follows; the child is shown as "
            "still in care. Send the next episode, or why care ended.",
            QUERY,
        )


def _say(repairs: list[Repair], episode: Episode, rule: str, message: str, severity: str = REPAIRED) -> None:
    repairs.append(Repair(episode, rule, severity, message))
