"""The menu of a picture, of one of its takes, and of a photo that the writer was given."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from app.tutorial.model import Picture
from app.window import picture_edits, picture_jobs
from app.window.picture_frame import side_for
from app.window.picture_import import choose_file, holds_image, import_data
from app.window.take_out import copy_take, save_take
from app.window.workplace import Workplace

translate = QCoreApplication.translate

SEVERAL = (2, 3, 4)
THUMBNAIL = 48  # pixels at zoom 1


def picture_menu(workplace: Workplace, step: str, picture: str, parent: QWidget) -> QMenu:
    """Return the menu of a picture as it stands; for its chosen take, too."""
    menu = _menu(workplace, parent)
    shown = picture_edits.picture_of(workplace, step, picture)
    if shown is None:
        return menu
    if not workplace.opened.read_only:
        _add_changes(menu, workplace, step, shown, parent)
    if shown.chosen is not None:
        menu.addSeparator()
        _add_take(menu, workplace, step, shown, shown.chosen)
    return menu


def _add_changes(
    menu: QMenu, workplace: Workplace, step: str, shown: Picture, parent: QWidget
) -> None:
    place = (workplace, step, shown.id)
    several = menu.addMenu(translate("PictureMenu", "Paint several takes"))
    for count in SEVERAL:
        paint = partial(picture_jobs.paint, *place, count)
        several.addAction(translate("PictureMenu", "{n} takes").format(n=count), paint)
    _add(menu, translate("PictureMenu", "Import…"), partial(choose_file, *place, parent.window()))
    data = QApplication.clipboard().mimeData()
    paste = translate("PictureMenu", "Paste a picture")
    _add(menu, paste, lambda: import_data(*place, data), enabled=holds_image(data))
    needed = (
        translate("PictureMenu", "A picture is needed")
        if shown.not_needed
        else translate("PictureMenu", "No picture needed")
    )
    _add(menu, needed, partial(picture_edits.toggle_needed, *place))
    if shown.id in workplace.opened.stale:
        _add(menu, translate("PictureMenu", "Keep as it is"), partial(picture_edits.keep, *place))
    trashed = len(picture_edits.trashed(shown))
    if trashed:
        trash = menu.addMenu(translate("PictureMenu", "Trash: {n}").format(n=trashed))
        _add_trashed(trash, workplace, step, shown)


def take_menu(
    workplace: Workplace, step: str, picture: Picture, sha256: str, parent: QWidget
) -> QMenu:
    """Return the menu of one take of a picture."""
    menu = _menu(workplace, parent)
    if sha256 != picture.chosen and not workplace.opened.read_only:
        choose = partial(picture_edits.choose, workplace, step, picture.id, sha256)
        _add(menu, translate("PictureMenu", "Choose this take"), choose)
    _add_take(menu, workplace, step, picture, sha256)
    return menu


def trash_menu(workplace: Workplace, step: str, picture: Picture, parent: QWidget) -> QMenu:
    """Return a menu that restores takes of the picture's trash, or deletes them for good."""
    menu = _menu(workplace, parent)
    _add_trashed(menu, workplace, step, picture)
    return menu


def photo_menu(
    workplace: Workplace,
    sha256: str,
    show: Callable[[], None],
    delete: Callable[[], None],
    parent: QWidget,
) -> QMenu:
    """Return the menu of a given photo, with what shows it large and what asks to delete it."""
    menu = _menu(workplace, parent)
    save = partial(save_take, workplace, sha256, menu.parentWidget())
    _add(menu, translate("PictureMenu", "Show it large"), show)
    _add(menu, translate("PictureMenu", "Save as file…"), save)
    menu.addSeparator()
    can_change = not workplace.opened.read_only
    _add(menu, translate("PictureMenu", "Delete for good…"), delete, enabled=can_change)
    return menu


def _add_trashed(menu: QMenu, workplace: Workplace, step: str, picture: Picture) -> None:
    side = side_for(workplace.theme.px(THUMBNAIL))
    can_change = not workplace.opened.read_only
    restore = partial(picture_edits.restore, workplace)
    delete = workplace.picture_states.deletion_requested.emit
    for words, do in (
        (translate("PictureMenu", "Restore take {n} of the trash"), restore),
        (translate("PictureMenu", "Delete take {n} for good…"), delete),
    ):
        if menu.actions():
            menu.addSeparator()
        for number, sha256 in enumerate(picture_edits.trashed(picture), 1):
            chosen = partial(do, step, picture.id, sha256)
            action = _add(menu, words.format(n=number), chosen, enabled=can_change)
            pixmap = workplace.images.pixmap(sha256, side)
            if pixmap is not None:
                action.setIcon(QIcon(pixmap))


def _add_take(menu: QMenu, workplace: Workplace, step: str, picture: Picture, sha256: str) -> None:
    place = (workplace, step, picture.id)
    states, tutorial = workplace.picture_states, workplace.opened.tutorial
    can_change = not workplace.opened.read_only
    info = workplace.opened.infos.get(sha256)
    has_recipe = info is not None and bool(info.recipe)
    star = partial(picture_edits.star, *place, sha256)
    compare = partial(states.compare_requested.emit, step, picture.id)
    zoom = partial(states.zoom_requested.emit, step, picture.id)
    again = partial(picture_jobs.paint_again, *place, sha256)
    anchor = partial(picture_edits.use_as_anchor, workplace, sha256)
    cover = partial(picture_edits.use_as_cover, workplace, sha256)
    save = partial(save_take, workplace, sha256, menu.parentWidget())
    trash = partial(picture_edits.trash, *place, sha256)
    for text, do, enabled, ticked in (
        (translate("PictureMenu", "Starred"), star, can_change, sha256 in picture.starred),
        (translate("PictureMenu", "Zoom"), zoom, sha256 == picture.chosen, None),
        (translate("PictureMenu", "Compare takes…"), compare, len(picture.takes) > 1, None),
        (
            translate("PictureMenu", "Paint again with this recipe"),
            again,
            can_change and has_recipe,
            None,
        ),
        (translate("PictureMenu", "The anchor"), anchor, can_change, tutorial.anchor == sha256),
        (translate("PictureMenu", "The cover"), cover, can_change, tutorial.cover == sha256),
        (translate("PictureMenu", "Copy"), partial(copy_take, workplace, sha256), True, None),
        (translate("PictureMenu", "Save as file…"), save, True, None),
        (translate("PictureMenu", "Move to trash"), trash, can_change, None),
    ):
        action = _add(menu, text, do, enabled=enabled)
        action.setCheckable(ticked is not None)
        action.setChecked(bool(ticked))


def _menu(workplace: Workplace, parent: QWidget) -> QMenu:
    menu = QMenu(parent.window())  # the parent may go while the menu is open
    workplace.theme.dress(menu)
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def _add(menu: QMenu, text: str, do: Callable[[], object], *, enabled: bool = True) -> QAction:
    action = menu.addAction(text)
    action.triggered.connect(lambda: do())
    action.setEnabled(enabled)
    return action
