"""The trainer's report in pieces: its words, tables, photos and charts stay, scripts and what only they draw go."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.training.report import parse_report, pieces, read_report
from tests.helpers.report_page import report_page


def test_every_section_keeps_its_words_and_its_short_title() -> None:
    first, second = parse_report(report_page()).sections
    assert [(each.key, each.title) for each in (first, second)] == [("short", "in short"), ("certainty", "certainty")]
    for words in ("How well it knows", "A machine&#x27;s guess &amp; no more.", "93 %", "It was", "deadly", "40 %"):
        assert words in first.html
    for words in ("Certainty", "right", "More", "Scores"):
        assert words in second.html


def test_scripts_and_what_only_they_draw_are_left_out() -> None:
    told = "".join(each.html for each in parse_report(report_page()).sections)
    assert not re.search(r"<(script|style|canvas|button|input|svg)|alert|color: red|Whole", told)


def test_pictures_come_out_of_the_page_alone() -> None:
    report = parse_report(report_page())
    sources = re.findall(r'src="(.{10})', "".join(each.html for each in report.sections))
    assert {source.partition(":")[0] for source in sources} == {"data", "bar", "chart"}


def test_a_grid_is_a_table_with_every_cell() -> None:
    short = parse_report(report_page()).sections[0].html
    cards = short[short.index("93 %") : short.index("label")]
    assert cards.count("</td>") == 3
    assert "</tr><tr>" in cards
    assert short.count("<table") == short.count("</table>") == 3
    assert short.count("<td") == short.count("</td>")


def test_a_chart_is_a_whole_svg_document() -> None:
    (chart,) = parse_report(report_page()).charts
    drawn = ElementTree.fromstring(chart)
    assert drawn.get("viewBox") == "0 0 460 260"
    assert "".join(drawn.itertext()).strip() == "25 % < all"


@pytest.mark.parametrize("written", [None, "", "<html><body><p>Nothing</p></body></html>"])
def test_a_report_that_is_missing_or_empty_is_an_error_with_its_name(tmp_path: Path, written: str | None) -> None:
    file = tmp_path / "report.html"
    if written is not None:
        file.write_text(written)
    with pytest.raises(FieldGuideError) as refused:
        read_report(file)
    assert refused.value.code is ErrorCode.REPORT_MISSING
    assert refused.value.facts["file"] == str(file)


def test_a_long_table_comes_in_pieces_with_its_head_above_each() -> None:
    head = '<thead><tr><th align="left">a</th><th align="left">b</th></tr></thead>'
    inner = "<td><table><tr><td>x</td></tr></table></td>"
    rows = "".join(f"<tr><td>n{number}.</td>{inner}</tr>" for number in range(45))
    html = f'<h2>Labels</h2><table width="100%">{head}<tbody>{rows}</tbody></table><p>end</p>'
    found = pieces(html)
    assert [each.count("<tr><td>n") for each in found] == [20, 20, 5]
    assert all(each.count("<table") == each.count("</table>") for each in found)
    assert all(each.count('<th width="50%" align="left">') == 2 for each in found)
    assert re.findall(r"n\d+\.", "".join(found)) == [f"n{number}." for number in range(45)]
    assert found[-1].endswith("<p>end</p>")
    short = html.replace(rows, rows[: rows.index("<tr><td>n20.")])
    assert pieces(short) == [short]
