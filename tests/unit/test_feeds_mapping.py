"""An unknown table shows what it nearly is, column by column; nothing is read by likeness."""

from __future__ import annotations

from datetime import date

from throughline import feeds
from throughline.feeds import mapping
from throughline.feeds.base import Named

POLICE_SYSTEM = [
    "MisperID", "Forename", "Last Name", "Date of Birth", "Missing Since", "Date Reported Missing",
    "Initial Risk Level", "Final Risk Level", "Date Returned", "Return Method", "Found Place", "Beat Code",
]  # fmt: skip


def test_a_polices_own_export_is_nearest_to_the_missing_list():
    near = mapping.nearest(POLICE_SYSTEM, feeds.registry())[0]
    assert near.feed == "missing_police"
    assert near.columns["last_name"] == "surname"
    assert near.columns["date_of_birth"] == "dob"
    assert near.columns["date_returned"] == "returned_at"
    assert near.columns["initial_risk_level"] == "initial_risk"


def test_it_says_what_nothing_answers_and_what_answers_nothing():
    near = mapping.nearest(POLICE_SYSTEM, feeds.registry())[0]
    assert "safe_return_at" in near.missing
    assert "beat_code" in near.unknown
    assert not set(near.columns) & set(near.unknown)
    assert not set(near.columns.values()) & set(near.missing)


def test_two_of_their_columns_never_answer_one_of_ours():
    found = mapping.match(["date_of_birth", "birth_date", "dob"], ["dob", "surname"])
    assert found == {"dob": "dob"}


def test_a_shopping_list_is_near_nothing():
    assert mapping.nearest(["item", "price", "shop", "bought by"], feeds.registry()) == []


def test_a_file_of_the_same_make_has_the_same_columns_in_whatever_order():
    assert mapping.signature(["Last Name", " DOB", ""]) == mapping.signature(["dob", "last-name"])


def test_a_file_whose_columns_a_person_has_named_is_read_under_our_names(tmp_path):
    # Given a list with names of its own, which nothing here knows,
    path = tmp_path / "list.csv"
    path.write_text(
        "Case No,Last Name,First Name,DOB,Missing Since,Date Returned,Initial Risk Level,Final Risk Level\n"
        "77,Vale,Rowan,2008-10-20,2026-03-01T20:00,2026-03-02T06:40,medium,low\n"
    )
    columns = {
        "case_no": "source_record_id",
        "last_name": "surname",
        "first_name": "forename",
        "date_returned": "returned_at",
        "initial_risk_level": "initial_risk",
        "final_risk_level": "final_risk",
    }
    unnamed = list(feeds.read(feeds.open_sources(path), feeds.Context(date(2026, 3, 3))))
    assert not [item for item in unnamed if isinstance(item, feeds.Statement)]
    assert "Missing children, from the police" in next(i.note for i in unnamed if isinstance(i, feeds.FileRead))

    # when it comes again after a person has said which column is which,
    make = mapping.signature("Case No,Last Name,First Name,DOB,Missing Since,Date Returned,Initial Risk Level,"
                             "Final Risk Level".split(","))  # fmt: skip
    context = feeds.Context(
        date(2026, 3, 3), "police:castlereach", mappings={make: Named("missing_police", "missing_police", columns)}
    )
    read = list(feeds.read(feeds.open_sources(path), context))

    # then it is read as that layout.
    (statement,) = [item for item in read if isinstance(item, feeds.Statement)]
    assert (statement.feed, statement.record_id, statement.outcome) == ("missing_police", "77", feeds.USED)
    told = feeds.get("missing_police").events([statement]).events
    assert [event.kind for event in told] == ["missing_start", "missing_end"]
