"""XML is read one child at a time, and nothing in it can reach out, blow up or be lost."""

import io

import pytest

from throughline.feeds import xml_stream
from throughline.feeds.base import Unreadable
from throughline.feeds.files import FileSource
from throughline.feeds.xml_stream import elements, line_of, local_name, root_name

ENCODED = '<?xml version="1.0" encoding="utf-16"?><r><CHILD>é</CHILD></r>'.encode("utf-16")


def source(content):
    content = content.encode() if isinstance(content, str) else content
    return FileSource("r.xml", len(content), lambda: io.BytesIO(content))


def texts(content):
    """The text of each CHILD, and the rule of the fault reading ended with, if it did."""
    found = []
    try:
        for element in elements(source(content), "CHILD"):
            found.append("".join(element.itertext()))
    except Unreadable as stop:
        return found, stop.fault.rule
    return found, ""


@pytest.mark.parametrize(
    "content",
    [
        "<r><CHILD>é</CHILD></r>",
        '<r xmlns="urn:x"><CHILD>é</CHILD></r>',
        '<a:r xmlns:a="urn:x"><a:CHILD>é</a:CHILD></a:r>',
        "<r><!-- <CHILD>no</CHILD> --><?pi?><CHILD><![CDATA[é]]></CHILD></r>",
        "\ufeff<r><CHILD>é</CHILD></r>",
        ENCODED,
        "<?xml version='1.0' encoding='iso-8859-1'?><r><CHILD>é</CHILD></r>".encode("latin-1"),
    ],
)
def test_children_in_any_encoding_and_namespace(content):
    assert texts(content) == (["é"], "")


@pytest.mark.parametrize(
    ("content", "found", "rule"),
    [
        ("<r><CHILD>1</CHILD><CHILD>2</CHILD><CHI", ["1", "2"], "xml-broken"),
        ("<r><CHILD>1</CHILD></q><CHILD>2</CHILD></r>", ["1"], "xml-broken"),
        ("<r><CHILD>1</CHILD>&boo;</r>", ["1"], "xml-broken"),
        ("<r>" + "<x>" * 1_000 + "<CHILD>1</CHILD>", [], "xml-broken"),
        ("", [], "xml-broken"),
        ("name,age", [], "xml-broken"),
        ('<!DOCTYPE r [<!ENTITY x "y">]><r><CHILD>&x;</CHILD></r>', [], "xml-doctype"),
        ('<!DOCTYPE r [<!ENTITY x "y">]><r>&x;</r>', [], "xml-doctype"),
        ('<!DOCTYPE r SYSTEM "http://127.0.0.1:9/r.dtd"><r><CHILD>1</CHILD></r>', [], "xml-doctype"),
        ('<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]><r><CHILD>&x;</CHILD></r>', [], "xml-doctype"),
        ("<!DOCTYPE r [<!ENTITY % a \"<!ENTITY x 'y'>\"> %a; %a;]><r><CHILD>&x;</CHILD></r>", [], "xml-doctype"),
    ],
)
def test_what_is_broken_or_could_harm_ends_the_reading_and_is_said(content, found, rule):
    assert texts(content) == (found, rule)


def test_what_has_been_read_is_let_go():
    held = source("<r>" + "<CHILD><A>some text</A></CHILD>\n" * 20_000 + "</r>")
    for element in elements(held, "CHILD"):
        assert sum(1 for _ in element.itersiblings(preceding=True)) <= 1
        assert len(element.getparent()) < 10_000  # what the parser is ahead by, a chunk of the file


def test_a_file_of_something_else_without_end_is_given_up(monkeypatch):
    monkeypatch.setattr(xml_stream, "_MOST_WITHOUT", 1 << 20)
    assert texts("<r><CHILD>1</CHILD>" + "<junk/>" * 600_000)[1] == "xml-swollen"


def test_the_root_is_known_from_the_first_bytes():
    assert root_name(source('<?xml version="1.0"?>\n<!-- <No/> --><a:Message xmlns:a="u"><x/>')) == "Message"
    assert root_name(source('<!DOCTYPE x [<!ENTITY a "<No/>">]><EXPSSDA903>')) == "EXPSSDA903"
    assert root_name(source(ENCODED)) == "r"
    assert root_name(source("CHILD,DOB\n<a>,1")) == ""
    assert root_name(source(b"%PDF-1.7 <x>")) == ""


def test_lines_and_names():
    (element,) = elements(source("<r>\n\n<CHILD/></r>"), "CHILD")
    assert line_of(element) == 3
    assert local_name("{urn:x}CHILD") == local_name("CHILD") == "CHILD"
