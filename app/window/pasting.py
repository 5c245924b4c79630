"""What is pasted or dropped on a step goes into the tutorial: read off the GUI thread, one undo."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QMimeData

from app.tutorial.errors import TutorialError
from app.tutorial.model import Take
from app.window.clipping import Pasted, clipping, give_takes, insert_pasted, read
from app.window.workplace import Workplace


def paste(
    workplace: Workplace,
    step_id: str,
    data: QMimeData,
    tell: Callable[[str], None],
    picture_id: str = "",
) -> None:
    """Make steps of words behind the step, and takes of pictures in it; tell() says surprises."""
    clip, opened = clipping(data), workplace.opened

    def done(pasted: Pasted) -> None:
        opened.add_takes(pasted.takes)
        opened.edit(insert_pasted(opened.tutorial, pasted, step_id, picture_id))
        for notice in pasted.notices:
            tell(notice)

    def failed(error: Exception) -> None:
        if not isinstance(error, TutorialError):
            raise error
        tell(f"{error}.")

    workplace.background.run(lambda: read(clip), done, failed)


def add_pictures(
    workplace: Workplace, step_id: str, picture_id: str, takes: Sequence[Take]
) -> None:
    """Show takes in a step, the first in the picture named if it is there."""
    workplace.opened.add_takes(takes)
    workplace.opened.edit(give_takes(workplace.opened.tutorial, step_id, picture_id, takes))
