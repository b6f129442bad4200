"""The banner says the danger in words, to eyes and to screen readers, and offers help."""

from PySide6.QtWidgets import QAbstractButton, QLabel, QPushButton, QToolButton

from fieldguide.core.danger import Danger
from fieldguide.ui.kit.banner import Alert, Carrier, DangerBanner
from fieldguide.ui.kit.colours import DARK, LIGHT
from fieldguide.ui.kit.theme import Theme, ThemeChoice
from tests.helpers.labels import pressed

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


def open_words(banner: DangerBanner) -> str:
    return "\n".join(each.text() for each in banner.findChildren(QLabel) if each.isVisibleTo(banner))


FOLDED = Alert(
    Danger.POISONOUS,
    "Poisonous possible",
    "8 %",
    "No simple test rules them out.",
    (Carrier("Fly agaric", "Amanita muscaria", "5 %"), Carrier("Panther cap", "Amanita pantherina", "3 %")),
    help_words="Eaten it?",
    brief="Fly agaric 5 %, Panther cap 3 %",
)


def test_only_deadly_is_loud_the_rest_takes_two_lines_and_folds(qtbot, theme: Theme) -> None:
    banner = DangerBanner()
    qtbot.addWidget(banner)
    banner.resize(400, 300)
    banner.tell(DEADLY)
    loud = banner.heightForWidth(400)
    banner.tell(FOLDED)
    assert open_words(banner).splitlines() == ["Poisonous possible", "8 %", "Fly agaric 5 %, Panther cap 3 %"]
    assert not pressed(banner, "Eaten it?").isHidden(), "help stays in sight"
    folded = banner.heightForWidth(400)
    assert folded < 0.6 * loud
    assert "No simple test" in banner.accessibleDescription()
    banner.findChild(QToolButton).click()
    for part in ("No simple test", "Amanita pantherina"):
        assert part in open_words(banner)
    banner.tell(FOLDED)
    assert "No simple test" not in open_words(banner), "the next find begins folded"


def test_what_is_no_fungus_gets_one_quiet_line(qtbot, theme: Theme) -> None:
    banner = DangerBanner()
    qtbot.addWidget(banner)
    banner.tell(Alert(Danger.UNKNOWN, "Danger unknown. Nothing here looks like a fungus.", "", "", quiet=True))
    assert open_words(banner) == "Danger unknown. Nothing here looks like a fungus."
    assert banner.ground == LIGHT.danger(Danger.UNKNOWN).soft
    assert [each for each in banner.findChildren(QAbstractButton) if each.isVisibleTo(banner)] == []


def test_unknown_looks_like_a_warning_and_follows_the_theme(qtbot, theme: Theme) -> None:
    banner = DangerBanner()
    qtbot.addWidget(banner)
    banner.tell(Alert(Danger.UNKNOWN, "Danger unknown", "", "What nobody knows counts as dangerous."))
    banner.resize(400, 120)
    assert banner.ground == LIGHT.danger(Danger.UNKNOWN).fill
    theme.apply(ThemeChoice.DARK)
    assert banner.ground == DARK.danger(Danger.UNKNOWN).fill
    assert banner.ink in banner.styleSheet()
