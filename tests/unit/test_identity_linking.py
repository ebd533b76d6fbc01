"""Which sources' people are one child: what the rules may judge, and what they must leave to a person."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from throughline.feeds.base import Person
from throughline.identity import NOT_SAME, SAME, UNSURE, Judgement, link, lookup_keys


def upn(serial: int) -> str:
    """A sound UPN: the check letter is the weighted sum of its twelve digits (positions 2 to 13), modulo 23."""
    digits = f"{serial:012d}"
    total = sum(int(d) * place for d, place in zip(digits, range(2, 14), strict=True))
    return "ABCDEFGHJKLMNPQRTUVWXYZ"[total % 23] + digits


def person(key: str, **claims: object) -> Person:
    return Person(key=key, agency=key.split("|")[0], **claims)  # type: ignore[arg-type]


def one_child(linked_keys: dict[str, str], *keys: str) -> bool:
    return len({linked_keys[key] for key in keys}) == 1


def test_a_sound_upn_links_a_school_and_social_care() -> None:
    linked = link([person("la|903|1", upn=upn(7)), person("school|s|9", upn=upn(7))])

    assert one_child(linked.clusters, "la|903|1", "school|s|9")
    assert [(j.verdict, j.by) for j in linked.judgements] == [(SAME, "rule:upn")]


def test_a_upn_whose_check_letter_is_wrong_links_nobody() -> None:
    wrong = ("B" if upn(7)[0] != "B" else "C") + upn(7)[1:]

    linked = link([person("la|903|1", upn=wrong), person("school|s|9", upn=wrong)])

    assert not one_child(linked.clusters, "la|903|1", "school|s|9")


def test_a_temporary_upn_links_nobody() -> None:
    temporary = upn(7)[:-1] + "A"

    assert lookup_keys(person("la|903|1", upn=temporary)) == ()


def test_the_authoritys_own_id_counts_only_within_that_authority() -> None:
    linked = link(
        [
            person("la:901|903|77", la_id="77", la="la:901"),
            person("la:901|cin|77", la_id="77", la="la:901"),
            person("la:902|903|77", la_id="77", la="la:902"),
        ]
    )

    assert one_child(linked.clusters, "la:901|903|77", "la:901|cin|77")
    assert not one_child(linked.clusters, "la:901|903|77", "la:902|903|77")


def test_name_birth_and_postcode_link_when_all_are_there_and_equal() -> None:
    who = {"forename": "Zoë-May", "surname": "O'Hara", "dob": date(2012, 3, 4), "postcode": "ZZ9 1AA"}
    twin = who | {"forename": "Finn"}

    linked = link([person("a|x|1", **who), person("b|y|1", **(who | {"forename": "zoe may"})), person("b|y|2", **twin)])

    assert one_child(linked.clusters, "a|x|1", "b|y|1")
    assert not one_child(linked.clusters, "a|x|1", "b|y|2"), "a twin is another child"


def test_two_identifiers_in_conflict_go_to_a_person() -> None:
    linked = link(
        [
            person("la:901|903|1", upn=upn(7), la_id="1", la="la:901"),
            person("la:901|cin|1", upn=upn(8), la_id="1", la="la:901"),
        ]
    )

    assert not one_child(linked.clusters, "la:901|903|1", "la:901|cin|1")
    assert [j.verdict for j in linked.judgements] == [UNSURE]
    assert "UPNs differ" in linked.judgements[0].why


def test_what_a_person_judged_stands_before_any_rule() -> None:
    a, b, c = (
        person("a|x|1", upn=upn(7)),
        person("b|y|1", upn=upn(7), nhs_number="9990000018"),
        person("c|z|1", nhs_number="9990000018"),
    )
    apart = Judgement("a|x|1", "c|z|1", NOT_SAME, "jo", "different children, same surname")

    linked = link([a, b, c], [apart])

    assert not one_child(linked.clusters, "a|x|1", "c|z|1"), "not by the long way round either"


def test_taking_a_judgement_back_undoes_it() -> None:
    people = [person("a|x|1"), person("b|y|1")]
    joined = Judgement("a|x|1", "b|y|1", SAME, "jo", "met them both")

    assert one_child(link(people, [joined]).clusters, "a|x|1", "b|y|1")
    assert not one_child(link(people, []).clusters, "a|x|1", "b|y|1")


people = st.lists(
    st.builds(
        lambda n, serial, la_id: person(
            f"s{n % 3}|f|{n}", upn=upn(serial) if serial else "", la_id=la_id, la="la:901" if la_id else ""
        ),
        st.integers(0, 12),
        st.integers(0, 3),
        st.sampled_from(["", "1", "2"]),
    ),
    max_size=12,
    unique_by=lambda p: p.key,
)


@given(people)
def test_no_child_ever_holds_two_sound_identifiers_of_one_kind(persons: list[Person]) -> None:
    clusters = link(persons).clusters

    for root in set(clusters.values()):
        mine = [p for p in persons if clusters[p.key] == root]
        assert len({p.upn for p in mine if p.upn}) <= 1
        assert len({p.la_id for p in mine if p.la_id}) <= 1


@given(people)
def test_linking_again_on_what_was_found_finds_nothing_new(persons: list[Person]) -> None:
    first = link(persons)

    second = link(persons, first.judgements)

    assert second.judgements == []
    assert second.clusters == first.clusters
