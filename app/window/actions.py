"""Every action of the studio in one table: menus, toolbar and shortcuts come from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAction, QKeySequence

from app.window.icons import icon
from app.window.theme import Theme


def to_translate(text: str) -> str:
    """Mark a text that is translated in the context “Actions” when it is shown."""
    return text


Menu = Literal["File", "Edit", "Step", "Picture", "View", "Help"]
MENUS: tuple[tuple[Menu, str], ...] = (
    ("File", to_translate("&File")),
    ("Edit", to_translate("&Edit")),
    ("Step", to_translate("&Step")),
    ("Picture", to_translate("&Picture")),
    ("View", to_translate("&View")),
    ("Help", to_translate("&Help")),
)


@dataclass(frozen=True)
class Spec:
    """One action. group: actions of one menu with the same group stand together."""

    name: str
    menu: Menu
    group: int
    text: str
    shortcut: str = ""
    icon: str = ""
    checkable: bool = False


ACTIONS: tuple[Spec, ...] = (
    Spec("new", "File", 0, to_translate("&New tutorial"), "Ctrl+N", "new"),
    Spec("empty", "File", 0, to_translate("New &empty tutorial"), "Ctrl+Shift+N"),
    Spec("open", "File", 0, to_translate("&Open file…"), "Ctrl+O", "folder"),
    Spec("import", "File", 0, to_translate("&Import text…"), "Ctrl+I", "file"),
    Spec("save_copy", "File", 1, to_translate("Save a &copy…"), "Ctrl+Shift+S"),
    Spec("export", "File", 1, to_translate("E&xport…"), "Ctrl+E", "export"),
    Spec("print", "File", 1, to_translate("&Print…"), "Ctrl+P", "print"),
    Spec("copy_markdown", "File", 1, to_translate("Copy as &Markdown"), "", "copy"),
    Spec("copy_rich", "File", 1, to_translate("Copy as &rich text"), "", "copy"),
    Spec("trash_tutorial", "File", 2, to_translate("Move to &trash"), "", "trash"),
    Spec("quit", "File", 3, to_translate("&Quit"), "Ctrl+Q"),
    Spec("undo", "Edit", 0, to_translate("&Undo"), "Ctrl+Z", "undo"),
    Spec("redo", "Edit", 0, to_translate("&Redo"), "Ctrl+Shift+Z", "redo"),
    Spec("find", "Edit", 1, to_translate("&Find and replace"), "Ctrl+F", "search"),
    Spec("find_next", "Edit", 1, to_translate("Find ne&xt"), "F3"),
    Spec("find_previous", "Edit", 1, to_translate("Find pre&vious"), "Shift+F3"),
    Spec("bold", "Edit", 2, to_translate("&Bold"), "Ctrl+B", "bold"),
    Spec("italic", "Edit", 2, to_translate("&Italic"), "Ctrl+Shift+I", "italic"),
    Spec("code", "Edit", 2, to_translate("&Code"), "Ctrl+`", "code"),
    Spec("link", "Edit", 2, to_translate("&Link"), "Ctrl+K", "link"),
    Spec("bullets", "Edit", 2, to_translate("Bulleted li&st"), "Ctrl+Shift+8", "list"),
    Spec("numbers", "Edit", 2, to_translate("&Numbered list"), "Ctrl+Shift+7", "numbers"),
    Spec("history", "Edit", 3, to_translate("&History"), "Ctrl+H", "history"),
    Spec("add_step", "Step", 0, to_translate("&Add a step"), "Alt+Return", "add"),
    Spec("step_up", "Step", 1, to_translate("Move &up"), "Alt+Up", "up"),
    Spec("step_down", "Step", 1, to_translate("Move &down"), "Alt+Down", "down"),
    Spec("duplicate", "Step", 2, to_translate("Duplicat&e"), "Ctrl+D", "duplicate"),
    Spec("split", "Step", 2, to_translate("&Split here"), "Ctrl+Alt+Return", "split"),
    Spec("merge", "Step", 2, to_translate("&Merge with step above"), "Ctrl+Shift+M", "merge"),
    Spec("delete_step", "Step", 2, to_translate("De&lete step"), "Ctrl+Shift+Del", "trash"),
    Spec("tip", "Step", 3, to_translate("Add a &tip"), "Ctrl+Alt+1", "tip"),
    Spec("note", "Step", 3, to_translate("Add a &note"), "Ctrl+Alt+2", "note"),
    Spec("caution", "Step", 3, to_translate("Add a &caution"), "Ctrl+Alt+3", "caution"),
    Spec("warning", "Step", 3, to_translate("Add a &warning"), "Ctrl+Alt+4", "warning"),
    Spec("step_time", "Step", 4, to_translate("T&ime for this step"), "Ctrl+Alt+T"),
    Spec("step_note", "Step", 4, to_translate("Note to &yourself"), "Ctrl+Alt+N"),
    Spec("checked", "Step", 4, to_translate("Chec&ked"), "Ctrl+Shift+K", "check", True),
    Spec("paint", "Picture", 0, to_translate("&Paint, or paint anew"), "Ctrl+R", "redraw"),
    Spec("fix", "Picture", 0, to_translate("&Fix this…"), "Ctrl+Shift+R", "fix"),
    Spec("several", "Picture", 0, to_translate("Paint &several takes"), "Ctrl+Alt+R", "cards"),
    Spec("import_picture", "Picture", 1, to_translate("&Import…"), "Ctrl+Shift+P", "image-add"),
    Spec("no_picture", "Picture", 1, to_translate("&No picture needed"), "", "close"),
    Spec("next_take", "Picture", 2, to_translate("Ne&xt take"), "Ctrl+]", "next"),
    Spec("previous_take", "Picture", 2, to_translate("Pre&vious take"), "Ctrl+[", "previous"),
    Spec("star", "Picture", 2, to_translate("S&tar this take"), "Ctrl+Alt+S", "star"),
    Spec("compare", "Picture", 2, to_translate("&Compare takes…"), "Ctrl+Alt+C", "compare"),
    Spec("zoom_picture", "Picture", 2, to_translate("&Zoom"), "Ctrl+Alt+Z", "zoom-in"),
    Spec("anchor", "Picture", 3, to_translate("Use as &anchor"), "", "pin"),
    Spec("cover", "Picture", 3, to_translate("Us&e as cover"), "", "picture"),
    Spec("keep", "Picture", 3, to_translate("&Keep as it is"), "Ctrl+Alt+K", "check"),
    Spec("paint_missing", "Picture", 4, to_translate("Paint &missing pictures"), "", "photos"),
    Spec("refresh_stale", "Picture", 4, to_translate("&Refresh stale pictures"), "", "stale"),
    Spec("stop", "Picture", 5, to_translate("St&op the engine's work"), "Ctrl+.", "stop"),
    Spec("start_page", "View", 0, to_translate("&Start page"), "Alt+Home"),
    Spec("table", "View", 0, to_translate("Library as a &table"), "Ctrl+L", "table"),
    Spec("reader", "View", 0, to_translate("&Reader"), "F5", "eye"),
    Spec("outline", "View", 1, to_translate("&Outline"), "Ctrl+Shift+O", "outline"),
    Spec("show_library", "View", 1, to_translate("&Library"), "Ctrl+Alt+L", "", True),
    Spec("show_inspector", "View", 1, to_translate("&Inspector"), "Ctrl+Alt+I", "", True),
    Spec("next_pane", "View", 1, to_translate("Next pan&e"), "F6"),
    Spec("previous_pane", "View", 1, to_translate("Pre&vious pane"), "Shift+F6"),
    Spec("go_to_prompt", "View", 1, to_translate("Go to the &prompt"), "Ctrl+Shift+G"),
    Spec("larger", "View", 2, to_translate("Larger te&xt"), "Ctrl++", "zoom-in"),
    Spec("smaller", "View", 2, to_translate("S&maller text"), "Ctrl+-", "zoom-out"),
    Spec("normal", "View", 2, to_translate("&Normal text size"), "Ctrl+0"),
    Spec("theme_system", "View", 3, to_translate("Theme of the s&ystem"), "", "", True),
    Spec("theme_light", "View", 3, to_translate("Li&ght"), "", "sun", True),
    Spec("theme_dark", "View", 3, to_translate("&Dark"), "", "moon", True),
    Spec("packs", "Help", 0, to_translate("&Packs"), "", "packs"),
    Spec("doctor", "Help", 0, to_translate("&Doctor"), "", "doctor"),
    Spec("shortcuts", "Help", 0, to_translate("&Keyboard shortcuts"), "F1", "keyboard"),
    Spec("about", "Help", 1, to_translate("&About Interstep")),
)  # fmt: skip


def make_actions(parent: QObject, theme: Theme) -> dict[str, QAction]:
    """Return a QAction for each of ACTIONS by name, with its text, shortcut and icon."""
    actions = {}
    for spec in ACTIONS:
        action = QAction(QCoreApplication.translate("Actions", spec.text), parent)
        action.setObjectName(spec.name)
        action.setCheckable(spec.checkable)
        if spec.shortcut:
            action.setShortcut(QKeySequence(spec.shortcut))
        plain = action.text().replace("&", "")
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{plain} ({keys})" if keys else plain)
        actions[spec.name] = action

    def paint_icons() -> None:
        for spec in ACTIONS:
            if spec.icon:
                actions[spec.name].setIcon(icon(spec.icon, theme.colours.ink))

    paint_icons()
    theme.restyled.connect(paint_icons)
    return actions


def in_groups(menu: Menu, actions: Mapping[str, QAction]) -> list[list[QAction]]:
    """Return a menu's actions by group, in the table's order."""
    groups: dict[int, list[QAction]] = {}
    for spec in ACTIONS:
        if spec.menu == menu:
            groups.setdefault(spec.group, []).append(actions[spec.name])
    return list(groups.values())
