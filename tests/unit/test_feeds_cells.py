"""What a cell says: every kind of wrong date, identifiers with their check digits, spellings of codes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughline.feeds import cells
from throughline.feeds.faults import PROBLEMS

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("text", "iso", "problem"),
    [
        ("2026-03-04", "2026-03-04", ""),
        (" 2026-03-04\xa0", "2026-03-04", ""),
        ("2026-03-04 00:00:00", "2026-03-04", ""),
        ("2026-03-04T10:30", "2026-03-04", "time-not-needed"),
        ("2026-06-30T23:30Z", "2026-07-01", "time-not-needed"),  # already the next day in London
        ("", "", ""),
        ("-", "", ""),
        ("#N/A", "", ""),
        ("SSD_PH", "", ""),
        ("PLACEHOLDER_DATA", "", ""),
        ("\xa0", "", ""),
        ("1900-01-01", "", "date-placeholder"),
        ("32/03/2026", "", "date-unreadable"),
        ("00/00/0000", "", "date-unreadable"),
        ("2026-13-01", "", "date-unreadable"),
        ("2026-02-30", "", "date-unreadable"),
        ("0206-03-04", "", "date-unreadable"),
        ("yesterday", "", "date-unreadable"),
        ("٢٠٢٦-٠٣-٠٤", "", "date-unreadable"),
        ("04/03/2026", "", "date-order-unclear"),
        ("25/12/2026", "", "date-order-unclear"),  # one cell never settles it
        ("04/03/26", "", "date-two-digit-year"),
        ("13.10.25", "", "date-two-digit-year"),
        ("46085", "", "date-serial"),
        ("46085.5", "", "date-serial"),
    ],
)
def test_a_date_is_read_as_iso_or_its_kind_of_wrong_is_named(text: str, iso: str, problem: str) -> None:
    found = cells.iso_day(text)
    assert (found.iso, found.problem) == (iso, problem)
    assert found.day == (date.fromisoformat(iso) if iso else None)
    assert not problem or problem in PROBLEMS


@pytest.mark.parametrize(
    ("text", "iso", "problem"),
    [
        ("04/03/2026", "2026-03-04", ""),
        ("4/3/2026", "2026-03-04", ""),
        ("04.03.2026 00:00", "2026-03-04", ""),
        ("31/02/2026", "", "date-unreadable"),
        ("03/25/2026", "", "date-unreadable"),
        ("2026-03-04", "2026-03-04", "date-other-style"),
        ("01/01/1900", "", "date-placeholder"),
        ("#N/A", "", ""),
    ],
)
def test_a_day_first_date_is_read_day_first_and_an_iso_one_is_remarked(text: str, iso: str, problem: str) -> None:
    found = cells.uk_day(text)
    assert (found.iso, found.problem) == (iso, problem)


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["04/03/2026", "25/12/2025", "", "n/k"], "day"),
        (["04/03/2026", "12/25/2025 10:00"], "month"),
        (["25/12/2025", "12/25/2025"], "mixed"),
        (["04/03/2026", "05/06/2026"], "unclear"),
        (["2026-03-04", "32/03/2026"], "unclear"),
    ],
)
def test_a_whole_file_settles_the_order_of_day_and_month(texts: list[str], order: str) -> None:
    assert cells.date_order(texts) == order


@pytest.mark.parametrize(
    ("text", "canonical", "problem"),
    [
        ("2026-01-17T22:10", "2026-01-17T22:10Z", ""),
        ("2026-07-17T22:10", "2026-07-17T21:10Z", ""),
        ("2026-07-01T00:30", "2026-06-30T23:30Z", ""),
        ("2026-07-17 9:05:59.120", "2026-07-17T08:05Z", ""),
        ("2026-07-17T22:10Z", "2026-07-17T22:10Z", ""),
        ("2026-07-17T22:10+05:30", "2026-07-17T16:40Z", ""),
        ("2026-07-17", "2026-07-17", ""),
        ("2026-07-17T00:00", "2026-07-16T23:00Z", ""),
        ("2026-07-17 00:00:00", "2026-07-17", "time-midnight"),
        ("2026-03-29T01:30", "2026-03-29T01:30Z", "time-in-gap"),
        ("2026-10-25T01:30", "2026-10-25T00:30Z", "time-twice"),
        ("2026-10-25T01:30Z", "2026-10-25T01:30Z", ""),
        ("2026-07-17T24:00", "2026-07-17", "time-unreadable"),
        ("2026-07-17T2210", "2026-07-17", "time-unreadable"),
        ("2026-07-17 ten past ten", "2026-07-17", "time-unreadable"),
        ("2026-07-32T22:10", "", "date-unreadable"),
        ("17/07/2026 22:10", "", "date-order-unclear"),
        ("22:10", "", "date-unreadable"),
        ("#N/A", "", ""),
    ],
)
def test_a_moment_without_an_offset_is_london_time_and_kept_as_utc(text: str, canonical: str, problem: str) -> None:
    found = cells.moment(text)
    assert (found.text, found.problem) == (canonical, problem)
    assert cells.day_of(canonical) == found.day


@given(st.datetimes(datetime(1990, 1, 1), datetime(2080, 1, 1)))
def test_any_london_minute_comes_back_as_it_was(when: datetime) -> None:
    when = when.replace(second=0, microsecond=0)
    text = when.strftime("%Y-%m-%dT%H:%M")
    found = cells.moment(text)
    at = cells.at_of(found.text)
    assert at is not None
    local = at.astimezone(LONDON)
    if found.problem == "time-in-gap":
        assert local.replace(tzinfo=None) == when + timedelta(hours=1)
    else:
        assert local.replace(tzinfo=None) == when
    assert cells.day_of(found.text) == local.date()
    assert cells.plain_moment(text) in ("", found.text)  # the quick way never says anything else


def test_a_canonical_value_turns_back_into_a_day_or_an_instant() -> None:
    assert cells.day_of("2026-06-30T23:30Z") == date(2026, 7, 1)
    assert cells.at_of("2026-06-30T23:30Z") == datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert cells.at_of("2026-07-01") is None
    assert cells.when_of("2026-07-01") == date(2026, 7, 1)
    assert cells.when_of("") is None


@pytest.mark.parametrize(
    ("text", "upn", "problem"),
    [
        ("H801200001001", "H801200001001", ""),
        (" h801200001001 ", "H801200001001", ""),
        ("B801200001001", "B801200001001", "upn-check-letter"),
        ("I801200001001", "I801200001001", "upn-shape"),
        ("21db2df8-fa0", "21DB2DF8-FA0", "upn-shape"),
        ("#N/A", "", ""),
    ],
)
def test_a_upn_that_fails_a_check_is_kept_and_said_to_link_nothing(text: str, upn: str, problem: str) -> None:
    assert cells.upn(text) == (upn, problem)
    assert cells.upn_is_sound(upn) == (bool(upn) and not problem)


def test_the_upn_check_letter_follows_the_rule_for_every_letter() -> None:
    sound = [letter for letter in cells.UPN_LETTERS if cells.upn_is_sound(f"{letter}801200001001")]
    weights = sum(int(digit) * place for place, digit in enumerate("801200001001", 2))
    assert sound == [cells.UPN_LETTERS[weights % 23]]


def test_a_temporary_upn_is_recognised_and_links_nothing() -> None:
    sound = [f"{letter}80120000100A" for letter in cells.UPN_LETTERS]
    assert [cells.upn(upn).problem for upn in sound].count("upn-temporary") == 1
    assert not any(cells.upn_is_sound(upn) for upn in sound)


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ("943 476 5919", True),
        ("9434765919", True),
        ("9434765918", False),
        ("0000000000", False),
        ("943476591", False),
        ("94347659190", False),
    ],
)
def test_an_nhs_number_is_sound_by_its_check_digit(text: str, sound: bool) -> None:
    found = cells.nhs_number(text)
    assert cells.nhs_number_is_sound(found.text) is sound
    assert found.problem == ("" if sound else "nhs-number-check")


@pytest.mark.parametrize(
    ("text", "postcode", "problem"),
    [
        ("zh1  1aa", "ZH1 1AA", ""),
        ("C251YT", "C25 1YT", ""),
        ("S1  1AA", "S1 1AA", ""),
        ("2TR", "", "postcode-shape"),
        ("nope", "", "postcode-shape"),
        ("", "", ""),
    ],
)
def test_a_postcode_has_one_space_or_is_blank(text: str, postcode: str, problem: str) -> None:
    assert cells.postcode(text) == (postcode, problem)


@pytest.mark.parametrize(
    ("text", "sex"), [("1", "M"), ("2", "F"), ("M", "M"), ("b) Female", "F"), ("0", "U"), ("", "U"), ("x", "U")]
)
def test_sex_codes_of_both_eras_are_one(text: str, sex: str) -> None:
    assert cells.sex(text).text == sex
    assert cells.sex(text).problem == ("sex-unknown" if text == "x" else "")


@pytest.mark.parametrize(
    ("text", "answer", "problem"),
    [("a) Yes", "Y", ""), ("true", "Y", ""), ("0", "N", ""), ("N/A", "NA", ""), ("?", "", "code-unknown")],
)
def test_yes_and_no_are_read_in_their_spellings(text: str, answer: str, problem: str) -> None:
    assert cells.yes_no(text) == (answer, problem)


@pytest.mark.parametrize("text", ["=1+1", "+44 1632 960001", "@SUM(A1)", '-2+3+cmd|" /C calc"!A0'])
def test_what_looks_like_a_formula_is_kept_as_text_and_said(text: str) -> None:
    assert cells.written(text) == (text, "formula")


def test_a_dash_alone_is_not_a_formula_but_nothing_given() -> None:
    assert cells.written("-") == ("", "")


def test_a_list_of_codes_loses_its_blanks() -> None:
    assert cells.listed(" cce; gang ;;") == ("cce;gang", "")


@pytest.mark.parametrize(
    ("text", "amount", "problem"),
    [("4.0", "4", ""), ("2.5", "2.5", ""), ("-1", "", "number-unreadable"), ("nan", "", "number-unreadable")],
)
def test_an_amount_is_a_plain_number(text: str, amount: str, problem: str) -> None:
    assert cells.amount(text) == (amount, problem)


def test_a_code_is_found_whatever_its_case_and_an_older_name_is_said() -> None:
    category = cells.one_of(["SUSP", "PERM"], {"FIXD": "SUSP"})
    assert category("susp ") == ("SUSP", "")
    assert category("fixd") == ("SUSP", "code-older")
    assert category("EXCL") == ("", "code-unknown")


@given(st.text(max_size=30))
def test_no_cell_whatever_breaks_a_parser(text: str) -> None:
    for parse in (
        cells.iso_day,
        cells.uk_day,
        cells.moment,
        cells.uk_moment,
        cells.upn,
        cells.nhs_number,
        cells.postcode,
        cells.sex,
        cells.yes_no,
        cells.written,
        cells.listed,
        cells.amount,
    ):
        problem = parse(text)[-1]
        assert not problem or problem in PROBLEMS


def test_a_few_slips_do_not_cost_a_whole_file_its_dates() -> None:
    dates = ["27/03/2026"] * 99 + ["03/27/2026"]

    assert cells.date_order(dates) == "day"
    assert cells.date_order(dates[:-1] + ["03/27/2026"] * 20) == "mixed"
