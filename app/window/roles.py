"""What the widgets that the studio paints itself are to a screen reader.

Qt takes a widget of our own for a mere part of the window, and screen readers leave such parts out.
"""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget

# By class; a class that isn't named here is what the class that it is derived from is.
ROLES = {
    "HeadView": QAccessible.Role.Grouping,
    "StepView": QAccessible.Role.Grouping,
    "SidePane": QAccessible.Role.Grouping,
    "MessageBar": QAccessible.Role.Grouping,
    "PictureView": QAccessible.Role.Graphic,
    "TakesStrip": QAccessible.Role.Graphic,
    "CompareCanvas": QAccessible.Role.Graphic,
    "ZoomCanvas": QAccessible.Role.Graphic,
    "RegionField": QAccessible.Role.Graphic,
    "Page": QAccessible.Role.Document,
    "ReaderPages": QAccessible.Role.Document,
}


def name_roles() -> None:
    """Have the accessible objects of these widgets made with their roles, in this process."""
    QAccessible.installFactory(_accessible)


def _accessible(kind: str, widget: QObject) -> QAccessibleInterface | None:
    role = ROLES.get(kind)
    if role is None or not isinstance(widget, QWidget):
        return None
    return QAccessibleWidget(widget, role)
