"""The banner says the danger in words, to eyes and to screen readers, and offers help."""

from PySide6.QtWidgets import QLabel, QPushButton

from fieldguide.core.danger import Danger
from fieldguide.ui.kit.banner import Alert, Carrier, DangerBanner
from fieldguide.ui.kit.colours import DARK, LIGHT
from fieldguide.ui.kit.theme import Theme, ThemeChoice

DEADLY = Alert(
    Danger.DEADLY,
    "Deadly possible",
    "41 %",
    "Look for the sac at the base.",
    (Carrier("Death cap", "Amanita phalloides", "38 %"), Carrier("", "Amanita <i>", "3 %")),
    "and 2 more",
    "Eaten it?",
)


def words_on(banner: DangerBanner) -> str:
    return "\n".join(label.text() for label in banner.findChildren(QLabel) if not label.isHidden())


def test_it_shows_the_word_the_number_and_the_names(qtbot, theme: Theme) -> None:
    banner = DangerBanner()
    qtbot.addWidget(banner)
    banner.tell(DEADLY)
    for part in ("Deadly possible", "41 %", "Death cap", "Amanita phalloides", "38 %", "and 2 more", "sac"):
        assert part in words_on(banner)
    assert banner.accessibleName() == "Deadly possible 41 %"
    assert "Death cap 38 %" in banner.accessibleDescription()


def test_a_name_is_never_markup(qtbot, theme: Theme) -> None:
    banner = DangerBanner()
    qtbot.addWidget(banner)
    banner.tell(DEADLY)
    assert "Amanita &lt;i>" in words_on(banner)


def test_help_is_asked_for_by_its_button(qtbot, theme: Theme) -> None:
    banner = DangerBanner()
    qtbot.addWidget(banner)
    banner.tell(DEADLY)
    with qtbot.waitSignal(banner.help_wanted):
        banner.findChild(QPushButton).click()


def test_another_alert_leaves_nothing_of_the_one_before(qtbot, theme: Theme) -> None:
    banner = DangerBanner()
    qtbot.addWidget(banner)
    banner.tell(DEADLY)
    banner.tell(Alert(Danger.CAUTION, "Caution", "", "Silence proves nothing."))
    assert "Death cap" not in words_on(banner)
    assert banner.findChild(QPushButton).isHidden()


def test_unknown_looks_like_a_warning_and_follows_the_theme(qtbot, theme: Theme) -> None:
    banner = DangerBanner()
    qtbot.addWidget(banner)
    banner.tell(Alert(Danger.UNKNOWN, "Danger unknown", "", "What nobody knows counts as dangerous."))
    banner.resize(400, 120)
    assert banner.ground == LIGHT.danger(Danger.UNKNOWN).fill
    theme.apply(ThemeChoice.DARK)
    assert banner.ground == DARK.danger(Danger.UNKNOWN).fill
    assert banner.ink in banner.styleSheet()
