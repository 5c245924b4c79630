"""What is asked when a tutorial that can't be saved is to be closed."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from app.editing.open_tutorial import OpenTutorial


def wants_to_close_unsaved(parent: QWidget, opened: OpenTutorial) -> bool:
    """Ask whether to close although the last changes can't be saved."""
    translate = QCoreApplication.translate
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(translate("Closing", "Not saved"))
    box.setText(
        translate("Closing", "The last changes to “{title}” are not saved: {why}.").format(
            title=opened.tutorial.title or opened.path.stem,
            why=opened.failure.message if opened.failure else "",
        )
    )
    box.setInformativeText(translate("Closing", "Stay and save a copy, or close and lose them."))
    stay = box.addButton(translate("Closing", "Stay"), QMessageBox.ButtonRole.RejectRole)
    leave = box.addButton(
        translate("Closing", "Close and lose them"), QMessageBox.ButtonRole.DestructiveRole
    )
    box.setDefaultButton(stay)
    box.exec()
    return box.clickedButton() is leave
