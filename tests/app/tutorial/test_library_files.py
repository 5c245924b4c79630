"""Names, copies and the trash of a library."""

import hashlib
import os
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.tutorial.card import read_card
from app.tutorial.errors import TutorialError
from app.tutorial.file import TutorialFile
from app.tutorial.file_names import free_name, stem_for
from app.tutorial.library import Library
from app.tutorial.model import Picture, Step, Take, Tutorial

DATA = b"not a picture"
SHA = hashlib.sha256(DATA).hexdigest()
CHUNKS = {"description": "A pot", "conditions": [{"role": "previous", "sha256": SHA}], "look": {}}
TAKE = Take(SHA, "image/png", 4, 3, DATA, CHUNKS, {})
SHOWN = Picture("p", "A pot", takes=(SHA,), chosen=SHA)
POT = Tutorial("pot", title="Throw a pot", steps=(Step("a", "Throw", pictures=(SHOWN,)),))


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    (tmp_path / "tutorials").mkdir()
    library = Library(tmp_path / "tutorials", tmp_path / "index")
    yield library
    library.close()


def stored(library: Library, title: str = POT.title) -> Path:
    path = library.free_path(title)
    TutorialFile.create(path, POT, [TAKE]).close()
    return path


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("Repot a cactus", "Repot a cactus"),
        ("  Tea: hot/cold?  ", "Tea hot cold"),
        ("..\\..\\up", "up"),
        ("../../up", "up"),
        ("End... ", "End"),
        ("CON", "CON (tutorial)"),
        ("nul.txt", "nul.txt (tutorial)"),
        ("com1 .x", "com1 .x (tutorial)"),
        ("LPT²", "LPT² (tutorial)"),
        ("Console", "Console"),
        ("a\0b\nc\u202ed", "a b c d"),
        ("half \ud800", "half"),
        ("", "Tutorial"),
        ("???", "Tutorial"),
        ("…", "…"),
        ("茶" * 100, "茶" * 40),
    ],
)
def test_a_title_becomes_a_name_that_every_system_takes(title: str, stem: str) -> None:
    assert stem_for(title) == stem


@given(st.text(), st.integers(0, 3))
def test_names_are_safe_and_free(title: str, others: int) -> None:
    taken: list[str] = []
    for _ in range(others + 1):
        name = free_name(stem_for(title), taken)
        assert name not in taken
        assert len(name.encode()) <= 200
        assert not set('<>:"/\\|?*\0\n') & set(name)
        stem = name.removesuffix(".interstep")
        assert stem == stem.strip(" .") != ""
        assert stem_for(stem_for(title)) == stem_for(title)
        taken.append(name.upper())


def test_a_name_that_differs_only_in_case_or_accents_is_taken() -> None:
    decomposed = unicodedata.normalize("NFD", "CAFÉ.interstep")
    assert free_name("café", [decomposed]) == "café 2.interstep"
    assert free_name("café", ["Café.interstep", "café 2.INTERSTEP"]) == "café 3.interstep"
    assert free_name("tea", ["tea.interstep-journal"]) == "tea 2.interstep"


def test_a_free_path_is_free(library: Library) -> None:
    paths = [stored(library, "Tea?") for _ in range(3)]
    assert [path.name for path in paths] == [
        "Tea.interstep",
        "Tea 2.interstep",
        "Tea 3.interstep",
    ]


def test_a_copy_has_its_own_id_and_title(library: Library) -> None:
    path = stored(library)
    with TutorialFile.open(path, must_write=True):  # also of one that is open
        copy = library.duplicate(path, "Throw a pot (copy)")
    with TutorialFile.open(copy) as file:
        assert file.tutorial.title == "Throw a pot (copy)"
        assert file.tutorial.id != POT.id
        assert file.tutorial.steps == POT.steps
        assert file.take(SHA) == TAKE
    with pytest.raises(TutorialError, match="does not exist"):
        library.duplicate(path.with_name("none.interstep"), "x")


def test_trash_and_back_overwrites_nothing(library: Library) -> None:
    trashed = []
    for content in (b"one", b"two", b"three"):
        path = library.folder / "a  b?.interstep" if os.name != "nt" else library.folder / "a.x"
        path.write_bytes(content)
        trashed.append(library.trash(path))
        assert not path.exists()
    assert [path.read_bytes() for path in trashed] == [b"one", b"two", b"three"]
    list(library.refresh())
    assert {card.path for card in library.trashed()} == set(trashed)
    assert library.entries() == ()
    back = [library.restore(path) for path in trashed]
    assert [path.read_bytes() for path in back] == [b"one", b"two", b"three"]
    assert back[0] == path
    list(library.refresh())
    assert library.trashed() == ()
    assert {card.path for card in library.entries()} == set(back)
    assert sorted(os.listdir(library.folder)) == sorted(["Trash", *(p.name for p in back)])


def test_what_can_not_be_moved_stays(library: Library, tmp_path: Path) -> None:
    path = stored(library)
    with (
        TutorialFile.open(path, must_write=True),
        pytest.raises(TutorialError, match="open elsewhere"),
    ):
        library.trash(path)
    assert path.exists()
    outside = tmp_path / "outside.interstep"
    outside.write_bytes(b"x")
    for wrong in (outside, library.folder / "Trash" / ".." / ".." / "outside.interstep"):
        with pytest.raises(TutorialError, match="does not lie in"):
            library.trash(wrong)
    with pytest.raises(TutorialError, match="does not lie in"):
        library.restore(path)
    with pytest.raises(TutorialError, match="does not exist"):
        library.trash(path.with_name("none.interstep"))
    assert outside.exists()


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["description", "heading", "body", "look", "conditions", "role"])
            | st.sampled_from(["sha256", "entries", "name", "palette", "title", "options"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(st.sampled_from(["description", "look", "conditions", "body"]), JSON))
def test_no_recipe_makes_a_card_fail(tmp_path: Path, recipe: dict[str, object]) -> None:
    path = tmp_path / "pot.interstep"
    path.unlink(missing_ok=True)
    hostile = Take(SHA, "image/png", 4, 3, DATA, recipe, {})
    TutorialFile.create(path, POT, [hostile]).close()
    card, _ = read_card(path, 0.0, None)
    assert (card.title, card.problem, card.thumbnail) == (POT.title, "", None)


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=40)), min_size=1))
def test_flipped_bytes_never_fail_a_refresh(
    library: Library, flips: list[tuple[float, bytes]]
) -> None:
    path = library.folder / "Throw a pot.interstep"
    if not path.exists():
        stored(library)
    whole = path.read_bytes()
    data = bytearray(whole)
    for place, noise in flips:
        at = int(place * (len(data) - len(noise)))
        data[at : at + len(noise)] = noise
    path.write_bytes(data)
    list(library.refresh())
    (card,) = library.entries()
    assert card.path == path
    with suppress(TutorialError):
        library.duplicate(path, "x").unlink()
    path.write_bytes(whole)
