"""Times in care, homes and legal statuses, from one child's episodes as they stand after stitching."""

from __future__ import annotations

from datetime import date

from throughline.feeds.base import Event
from throughline.feeds.gathering import event
from throughline.feeds.ssda903.stitching import Episode

_NEW_CARER = frozenset("PB")
"""Reasons for a new episode that say the child moved to another carer (formats §1a)."""
_SAME_CARER = frozenset("TU")
"""Reasons that say the carer stayed: the kind of placement changed, the child did not move."""
_PLAIN: frozenset[str] = frozenset()
_SHORT_BREAK = frozenset({"short_break"})
LEGAL_MARKS = {
    "V3": _SHORT_BREAK,
    "V4": _SHORT_BREAK,
    "J1": frozenset({"remand"}),
}
"""J2 (kept after arrest) and J3 (youth rehabilitation order) are no remands."""
SECURE_HOME = frozenset({"secure"})
ADOPTION_HOMES = frozenset({"A3", "A4", "A5", "A6"})
ADOPTED = frozenset({"E11", "E12"})
ADOPTION_TAGS = frozenset({"ADOPT"})


def care_events(episodes: list[Episode]) -> list[Event]:
    """The events of a child's times in care; `episodes` in order, each end settled."""
    told: list[Event] = []
    before: Episode | None = None
    home = legal_status = ""
    for episode in episodes:
        if before is None or before.leaves:
            _start(episode, told)
            told.append(_placement_started(episode))
        else:
            if _moved(episode, before, home):
                _end_placement(before, episode.decom, told)
                told.append(_placement_started(episode))
            if episode.legal_status and episode.legal_status != legal_status:
                told.append(_legal_status(episode))
        legal_status = episode.legal_status or legal_status
        home = episode.postcode or home
        if episode.leaves and episode.dec:
            _end_placement(episode, episode.dec, told)
            told.append(_care_ended(episode, episode.dec))
            home = legal_status = ""
        before = episode
    if before is not None and before.dec and not before.leaves:
        _end_placement(before, before.dec, told)
    return told


def _moved(episode: Episode, before: Episode, home: str) -> bool:
    """Whether the child lives elsewhere from this episode on.

    A change of carer says so, and so does another postcode; with the carer unchanged, another kind of
    placement alone (a foster home that becomes an adoptive one) does not.
    """
    rne = episode.rne
    if rne in _NEW_CARER:
        return True
    if episode.postcode and home and episode.postcode != home:
        return True
    return rne not in _SAME_CARER and bool(episode.place) and episode.place != before.place


def _start(episode: Episode, told: list[Event]) -> None:
    told.append(
        event(
            "care_started" if episode.rne == "S" else "in_care_at",
            episode.decom,
            episode.statement,
            {"legal_status": episode.legal_status, "need": episode.need},
            LEGAL_MARKS.get(episode.legal_status, _PLAIN),
        )
    )


def _legal_status(episode: Episode) -> Event:
    return event(
        "legal_status_started",
        episode.decom,
        episode.statement,
        {"legal_status": episode.legal_status},
        LEGAL_MARKS.get(episode.legal_status, _PLAIN),
    )


def _placement_started(episode: Episode) -> Event:
    started = event(
        "placement_started",
        episode.decom,
        episode.statement,
        {
            "placement_type": episode.place,
            "provider": episode.provider,
            "postcode": episode.postcode,
            "home_postcode": episode.home_postcode,
            "urn": episode.urn,
            "new_episode_reason": episode.rne,
        },
        SECURE_HOME if episode.place == "K1" else _PLAIN,
    )
    if episode.place in ADOPTION_HOMES:  # the adopters' address would lead to the child's later identity
        return started._replace(level="SL4", tags=started.tags | ADOPTION_TAGS)
    return started


def _end_placement(episode: Episode, day: date, told: list[Event]) -> None:
    """The reason for a change stands on the row that ends (formats §4)."""
    ended = event("placement_ended", day, episode.statement, {"reason": episode.reason_place_change})
    told.append(ended)


def _care_ended(episode: Episode, day: date) -> Event:
    reason = episode.rec if episode.rec.startswith("E") else ""
    ended = event("care_ended", day, episode.statement, {"reason": reason})
    return ended._replace(tags=ended.tags | ADOPTION_TAGS) if reason in ADOPTED else ended
