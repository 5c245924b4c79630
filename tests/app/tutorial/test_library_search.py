"""Full-text search, and an index that is damaged, foreign or can't be written."""

import shutil
import sqlite3
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.tutorial.file import TutorialFile
from app.tutorial.library import Library
from app.tutorial.model import Callout, Step, Tutorial

CACTUS = Tutorial(
    "cactus",
    title="Repot a cactus",
    summary="Give a crowded cactus more room.",
    materials=("cactus soil",),
    tools=("thick gloves",),
    tags=("garden",),
    steps=(
        Step("a", "Choose the pot", "Take a *clay* pot.\nIt has a drainage hole. " + "Wait. " * 60),
        Step("b", "Water", "Don't water it for a week.", (Callout("caution", "Spines prick."),)),
    ),
)
CAFE = Tutorial("cafe", title="Ouvrir un café", steps=(Step("a", "Crème", "Fouetter la crème."),))
TEA = Tutorial("tea", title="お茶を入れる", steps=(Step("a", "Hot 湯 water", "湯を沸かす。"),))


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "library.sqlite"


@pytest.fixture
def library(tmp_path: Path, index: Path) -> Iterator[Library]:
    (tmp_path / "tutorials").mkdir()
    library = Library(tmp_path / "tutorials", index)
    for tutorial in (CACTUS, CAFE, TEA):
        TutorialFile.create(library.free_path(tutorial.title), tutorial).close()
    list(library.refresh())
    yield library
    library.close()


def found(library: Library, words: str) -> set[str]:
    return {hit.card.id for hit in library.search(words)}


def hits(library: Library, words: str) -> list[str]:
    return [hit.excerpt[start:end] for hit in library.search(words) for start, end in hit.ranges]


@pytest.mark.parametrize(
    ("words", "expected", "hit"),
    [
        ("cactus", "cactus", "cactus"),
        ("CACT", "cactus", "cactus"),
        ("drainage", "cactus", "drainage"),
        ("room clay", "cactus", "clay"),
        ("gloves", "cactus", "gloves"),
        ("prick", "cactus", "prick"),
        ("garden", "cactus", "garden"),
        ("cafe", "cafe", "café"),
        ("CRÈ", "cafe", "Crème"),
        ("creme", "cafe", "crème"),
        ("茶", "tea", "茶"),
        ("沸かす", "tea", "沸かす"),
        ("湯 hot", "tea", "湯"),
    ],
)
def test_words_are_found_and_marked(library: Library, words: str, expected: str, hit: str) -> None:
    assert found(library, words) == {expected}
    assert hit in hits(library, words)


@pytest.mark.parametrize(
    "words", ["", "  ", "nothing", "actus", "cactus nothing", "—", "茶湯", "\0"]
)
def test_what_is_not_there_is_not_found(library: Library, words: str) -> None:
    assert library.search(words) == ()


def test_an_excerpt_is_one_short_line_around_the_hit(library: Library) -> None:
    (hit,) = library.search("drainage")
    assert hit.excerpt.startswith("…It has a drainage hole. Wait.")
    assert hit.excerpt.endswith("…")
    assert len(hit.excerpt) < 200
    (hit,) = library.search("clay")
    assert "Take a *clay* pot. It has" in hit.excerpt  # one line


def test_the_best_hit_comes_first(library: Library) -> None:
    soil = Tutorial("soil", title="Soil", steps=(Step("a", "Buy cactus soil"),))
    TutorialFile.create(library.free_path("Soil"), soil).close()
    list(library.refresh())
    assert [hit.card.id for hit in library.search("cactus")] == ["cactus", "soil"]
    assert [hit.card.id for hit in library.search("soil")] == ["soil", "cactus"]


def test_one_in_the_trash_is_not_found(library: Library) -> None:
    (hit,) = library.search("cactus")
    library.trash(hit.card.path)
    list(library.refresh())
    assert library.search("cactus") == ()


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(["cactus", '"', "*", "(", "NEAR", "OR", "title:", "^", "-", "茶", "\ue000"])
        | st.text(max_size=5)
    )
)
def test_no_words_are_syntax(library: Library, words: list[str]) -> None:
    for hit in library.search(" ".join(words)):
        assert hit.ranges
        assert all(0 <= start < end <= len(hit.excerpt) for start, end in hit.ranges)
    assert not library._index.emptied  # as after an error


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1))
def test_any_text_is_kept_in_its_excerpt(tmp_path: Path, text: str) -> None:
    text = "".join(c for c in text if c.isprintable() and c not in "\ue000\ue001")
    path = tmp_path / "any.interstep"
    path.unlink(missing_ok=True)
    TutorialFile.create(path, Tutorial("any", summary=f"needle {text}")).close()
    library = Library(tmp_path, tmp_path / "index")
    list(library.refresh())
    (hit,) = library.search("needle")
    library.close()
    assert hit.excerpt.removesuffix("…") in f"needle {text}"
    start, end = hit.ranges[0]
    assert hit.excerpt[start:end] == "needle"


def ids(library: Library) -> set[str]:
    return {card.id for card in library.entries()}


@pytest.mark.parametrize("content", [b"", b"garbage" * 1000, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_index_is_made_anew(library: Library, index: Path, content: bytes) -> None:
    library.close()
    index.write_bytes(content)
    assert len(list(library.refresh())) == 3
    assert list(library.refresh()) == []
    assert ids(library) == {"cactus", "cafe", "tea"}
    assert found(library, "cactus") == {"cactus"}


@pytest.mark.parametrize(
    "statement",
    [
        "pragma user_version = 7",
        "drop table cards",
        "drop table texts",
        "update cards set card = '[]'",
        """update cards set card = '{"tags": []}'""",
        "update cards set path = 7 where id = 1",
    ],
)
def test_an_index_of_other_content_is_made_anew(
    library: Library, index: Path, statement: str
) -> None:
    library.close()
    with sqlite3.connect(index) as db:
        db.execute(statement)
    db.close()
    assert ids(library) == {"cactus", "cafe", "tea"}
    assert found(library, "cactus") == {"cactus"}
    assert list(library.refresh()) == []


def test_an_index_deleted_or_spoiled_while_in_use_costs_nothing(
    library: Library, index: Path
) -> None:
    with sqlite3.connect(index) as db:
        db.execute("drop table texts")
    db.close()
    assert found(library, "cactus") == {"cactus"}
    if sys.platform != "win32":  # an open file can't be deleted there
        shutil.rmtree(index.parent)
    assert ids(library) == {"cactus", "cafe", "tea"}
    library.close()
    assert len(list(library.refresh())) == (0 if sys.platform == "win32" else 3)


def test_without_a_place_on_disk_the_index_is_kept_in_memory(library: Library) -> None:
    blocked = library.folder / "file"
    blocked.write_text("no folder")
    other = Library(library.folder, blocked / "index")
    assert len(list(other.refresh())) == 3
    assert list(other.refresh()) == []
    assert found(other, "cactus") == {"cactus"}
    other.close()


def test_many_threads_may_ask(library: Library) -> None:
    wrong: list[object] = []

    def ask() -> None:
        for _ in range(20):
            if len(library.entries()) != 3 or found(library, "cactus") != {"cactus"}:
                wrong.append(library.entries())
            list(library.refresh())

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for path in library.folder.iterdir():
        path.touch()
    for thread in threads:
        thread.join()
    assert wrong == []
