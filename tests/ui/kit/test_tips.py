"""A tool tip shows the words of a guide or a model letter by letter."""

import pytest
from PySide6.QtGui import Qt, QTextDocument

from fieldguide.core.danger import Danger
from fieldguide.ui.kit.candidate_row import CandidateRow
from fieldguide.ui.kit.tips import plain_tip

HTML = "<img src='file:///tmp/s.png' width=200><h1>Tasty & fine"


@pytest.mark.parametrize("words", [HTML, "Death cap\nAmanita phalloides", "a < b & c", "&lt;b&gt;", "100 %"])
def test_what_qt_makes_of_a_tip_reads_as_it_was_written(qapp, words: str) -> None:
    tip = plain_tip(words)
    document = QTextDocument()
    document.setHtml(tip) if Qt.mightBeRichText(tip) else document.setPlainText(tip)
    assert document.toPlainText() == words


def test_a_candidates_tip_opens_nothing(qtbot) -> None:
    row = CandidateRow(1, HTML, "Amanita phalloides", 0.5, Danger.DEADLY)
    qtbot.addWidget(row)
    assert "<img" not in row.toolTip()
