"""What a danger banner says in one line, kept in sight while the banner itself is scrolled away."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QPushButton

from fieldguide.core.text import text
from fieldguide.ui.kit.banner import DangerBanner
from fieldguide.ui.kit.icons import danger_icon, pixmap
from fieldguide.ui.kit.metrics import ICON, SPACE
from fieldguide.ui.kit.surfaces import ScrollColumn


class AlarmStrip(QPushButton):
    """Lies over the top edge of the column that its banner stands in; pressed, it leads back to the banner."""

    def __init__(self, banner: DangerBanner, column: ScrollColumn) -> None:
        super().__init__(column)
        self._banner, self._column = banner, column
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setToolTip(text("identify.alert_back"))
        self.setIconSize(QSize(ICON, ICON))
        self.hide()
        self.clicked.connect(lambda: column.verticalScrollBar().setValue(0))
        banner.told.connect(self._tell)
        column.verticalScrollBar().valueChanged.connect(self._follow)
        column.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """As wide as what is seen."""
        if event.type() is QEvent.Type.Resize:
            self._follow()
        return super().eventFilter(watched, event)

    def _tell(self) -> None:
        banner = self._banner
        self.setText(banner.accessibleName())
        self.setIcon(QIcon(pixmap(danger_icon(banner.level), banner.ink, ICON, self.devicePixelRatioF())))
        self.setStyleSheet(
            f"QPushButton {{ background: {banner.ground}; color: {banner.ink}; border: none; border-radius: 8px;"
            f" padding: 7px {SPACE}px; font-weight: 650; text-align: left; }}"
        )
        self._column.covered = self.sizeHint().height() if banner.filled else 0
        self._follow()

    def _follow(self) -> None:
        view = self._column.viewport()
        away = self._banner.mapTo(view, QPoint()).y() < -SPACE
        self.setGeometry(SPACE, 0, view.width() - 2 * SPACE, self.sizeHint().height())
        self.setVisible(away and self._banner.filled and not self._banner.isHidden())
        self.raise_()
