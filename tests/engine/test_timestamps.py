"""Times from logs and CSVs: what is recognised, and what is said about the rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.engine.clock import DAY, SECOND
from simulator.engine.timestamps import MOST_BYTES, MOST_LINES, read

TWO_SECONDS = [0, 2 * SECOND]


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05T10:00:00Z\n2026-01-05T10:00:02Z",
        "2026-01-05 10:00:00,500 INFO a\n2026-01-05 10:00:02,500 WARN b",
        "2026-01-05T10:00:00+01:00\n2026-01-05T09:00:02.000000000Z",
        '::1 - - [10/Oct/2000:13:55:36 -0700] "GET /"\n::1 - - [10/Oct/2000:20:55:38 +0000] "GET /"',
        "Oct 10 13:55:36 host sshd[1]: a\nOct 10 13:55:38 host sshd[1]: b",
        "Oct  1 13:55:36 host a\nOct  1 13:55:38 host b",
        "<34>Oct 11 22:14:15 host su: a\n<34>Oct 11 22:14:17 host su: b",
        "1767607200\n1767607202",
        "1767607200.25\n1767607202.25",
        "1767607200000\n1767607202000",
        "1767607200000000\n1767607202000000",
        "1767607200000000000\n1767607202000000000",
        "1066036250.603 310 TCP_MISS\n1066036252.603 12 TCP_HIT",
        '{"ts": 1767607200000, "x": 1}\n{"ts": 1767607202000, "x": 2}',
        "0.5\n2.5",
        "3\n1",
        "\ufeff1\r\n3\r\n",
        "# exported\n\n1\n\n3\n",
        "time\n1\n3",
        "id,timestamp,user\n1,2026-01-05T10:00:00Z,a\n2,2026-01-05T10:00:02Z,b",
        'id;when\n1;"2026-01-05 10:00:00"\n2;"2026-01-05 10:00:02"',
        "id\tcreated_at\n7\t1767607200\n8\t1767607202",
    ],
)
def test_the_kind_of_time_is_recognised(text: str):
    """Sources: RFC 3339; Apache HTTP Server, "Log Files"; RFC 3164, section 5.4; Squid, "Log file formats"."""
    found = read(text)
    assert (found.times, found.unreadable) == (TWO_SECONDS, [])


@pytest.mark.parametrize("column", ["sent", " SENT ", 2])
def test_a_column_can_be_named_or_counted(column: str | int):
    text = "received,sent\n2026-01-05 10:00:00,2026-01-05 09:00:00\n2026-01-05 10:00:01,2026-01-05 09:00:02"
    assert read(text, column).times == TWO_SECONDS


def test_a_counted_column_needs_no_heading():
    assert read("a|1\nb|3", 2).times == TWO_SECONDS


def test_a_row_may_go_over_several_lines():
    assert read('ts,text\n1,"two\nlines"\n3,x').times == TWO_SECONDS


def test_a_format_reads_what_is_not_recognised():
    found = read("05.01.2026 10.00.00 hello\n05.01.2026 10.00.02 hello", form="%d.%m.%Y %H.%M.%S")
    assert (found.times, found.unreadable) == (TWO_SECONDS, [])


def test_a_log_may_pass_a_new_year():
    assert read("Dec 31 23:59:59 host a\nJan  1 00:00:01 host b").times == TWO_SECONDS


def test_lines_out_of_order_are_put_in_order():
    assert read("5\n3\n4").times == [0, SECOND, 2 * SECOND]


def test_every_line_without_a_time_is_told_with_its_number():
    found = read("2026-01-05T10:00:00Z a\nTraceback\n\n2026-02-31T10:00:00Z b\n2026-01-05T10:00:02Z c\n1767607200\n")
    assert found.times == TWO_SECONDS
    assert [problem.line for problem in found.unreadable] == [2, 4, 6]
    assert "no time that exists" in found.unreadable[1].why


def test_a_column_that_a_row_lacks_is_told():
    found = read("id,ts\n1,1\n2\n3,3")
    assert (found.times, [problem.line for problem in found.unreadable]) == (TWO_SECONDS, [3])


@pytest.mark.parametrize(
    ("text", "column", "form", "said"),
    [
        ("", None, None, "There is no line with a time"),
        ("\n# nothing\n", None, None, "There is no line with a time"),
        ("hello\nworld", None, None, "Recognised are ISO 8601"),
        ("a,b\n1,2", "c", None, 'there is no column "c"; the columns are "a" and "b"'),
        ("1\n2", None, "%Q", "cannot be used"),
        ("1\n2", None, "%", "cannot be used"),
        ("1\n2", None, "%d %d", "names a part twice"),
        ("x" * (MOST_BYTES + 1), None, None, "larger than 1,000,000 bytes"),
        ("é" * (MOST_BYTES // 2 + 1), None, None, "larger than 1,000,000 bytes"),
        ("1\n" * (MOST_LINES + 1), None, None, "has 100,001 lines; at most 100,000"),
        ('ts,a\n"' + "x" * 200_000, None, None, "cannot be taken apart"),
    ],
)
def test_a_text_that_cannot_be_read_says_why(text: str, column: str | None, form: str | None, said: str):
    found = read(text, column, form)
    assert found.times == []
    assert said in str(found.unreadable[0])


@given(st.text(), st.one_of(st.none(), st.text(min_size=1), st.integers(1, 5)))
def test_no_text_breaks_the_reader(text: str, column: str | int | None):
    found = read(text, column)
    assert found.times or found.unreadable or column
    assert found.times == sorted(found.times)


@given(st.lists(st.integers(0, 3650 * DAY // SECOND), min_size=1, max_size=50))
def test_seconds_read_back_as_the_time_since_the_first(seconds: list[int]):
    found = read("\n".join(str(second) for second in seconds))
    assert found.times == [(second - min(seconds)) * SECOND for second in sorted(seconds)]
