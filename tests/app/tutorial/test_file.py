import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.tutorial.errors import TutorialError
from app.tutorial.file import TutorialFile
from app.tutorial.model import Mark, Picture, Step, Take, Tutorial
from app.tutorial.reading import Run
from app.tutorial.snapshots import kept


def take(data: bytes = b"picture", **source: Any) -> Take:
    sha = hashlib.sha256(data).hexdigest()
    return Take(sha, "image/png", 4, 3, data, {"seed": 1}, source, "painted")


PAINTED = take(scene=[1, 2.5, "é"])
TUTORIAL = Tutorial(
    "t",
    title="Tea 茶 \ud800",
    tools=("pot",),
    steps=(
        Step("a", "Boil", "Boil *water*."),
        Step(
            "b",
            "Pour",
            pictures=(
                Picture(
                    "p",
                    marks=(Mark("box", 0.0, 0.1, 1.0, 0.5),),
                    takes=(PAINTED.sha256,),
                    chosen=PAINTED.sha256,
                ),
            ),
        ),
    ),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "tea.interstep"
    with TutorialFile.create(path, TUTORIAL, [PAINTED]) as file:
        file.save(TUTORIAL, chunks={"h": "chunk"}, run=Run({"prompt": "Tea"}, ("a",)))
    return path


def tampered(path: Path, *statements: str, pragma: str = "") -> None:
    with sqlite3.connect(path) as db:
        for statement in statements:
            db.execute(statement)
        if pragma:
            db.execute(f"pragma {pragma}")
    db.close()


def refusal(call: Callable[[], Any]) -> str:
    with pytest.raises(TutorialError) as caught:
        call()
    assert caught.value.hint
    return str(caught.value)


def test_all_comes_back_and_reading_changes_no_byte(path: Path) -> None:
    before = path.read_bytes()
    with TutorialFile.open(path) as file:
        assert not file.read_only
        assert file.problems == ()
        assert file.tutorial == TUTORIAL
        assert file.run == Run({"prompt": "Tea"}, ("a",))
        assert file.take(PAINTED.sha256) == PAINTED
        (info,) = file.takes()
        assert (info.sha256, info.size, info.source) == (PAINTED.sha256, 7, PAINTED.source)
        assert file.trash() == ()
        assert file.chunk("h") == "chunk"
        assert file.chunk("other") is None
        file.save(TUTORIAL)
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]


def test_an_existing_file_is_never_overwritten(path: Path) -> None:
    before = path.read_bytes()
    assert "exists already" in refusal(lambda: TutorialFile.create(path, TUTORIAL))
    with TutorialFile.open(path) as file:
        assert "exists already" in refusal(lambda: file.copy_to(path))
    assert path.read_bytes() == before


def test_only_changed_rows_are_written(path: Path) -> None:
    with TutorialFile.open(path) as file:
        written: list[str] = []
        file._db.conn.set_trace_callback(written.append)
        edited = replace(
            TUTORIAL, steps=(replace(TUTORIAL.steps[0], body="Hot"), TUTORIAL.steps[1])
        )
        file.save(edited)
        inserts = [line for line in written if line.lower().startswith("insert")]
        assert len(inserts) == 1
        assert "Hot" in inserts[0]
        file.save(replace(edited, steps=edited.steps[::-1]))
        file.save(replace(edited, steps=edited.steps[1:]))
    with TutorialFile.open(path) as file:
        assert file.tutorial.steps == TUTORIAL.steps[1:]


def test_takes_outlive_their_steps_in_the_trash(path: Path) -> None:
    with TutorialFile.open(path) as file:
        file.save(replace(TUTORIAL, steps=()))
        assert [info.sha256 for info in file.trash()] == [PAINTED.sha256]
        assert file.take(PAINTED.sha256) == PAINTED


def test_a_failed_save_changes_nothing_and_can_be_repeated(path: Path) -> None:
    large = take(os.urandom(500_000))
    shown = Picture("q", takes=(large.sha256,), chosen=large.sha256)
    edited = replace(TUTORIAL, steps=(*TUTORIAL.steps, Step("c", pictures=(shown,))))
    with TutorialFile.open(path) as file:
        (pages,) = file._db.execute("pragma page_count").fetchone()
        file._db.execute(f"pragma max_page_count = {pages + 5}")
        assert "disk is full" in refusal(lambda: file.save(edited, [large]))
        assert file.tutorial == TUTORIAL
        file._db.execute("pragma max_page_count = 100000")
        assert "not stored" in refusal(lambda: file.save(edited))
        assert "not match" in refusal(lambda: file.save(edited, [replace(large, data=b"other")]))
        file.save(edited, [large])
    with TutorialFile.open(path) as file:
        assert file.tutorial == edited


def test_values_that_json_can_not_hold_are_refused_and_nothing_is_lost(path: Path) -> None:
    mark = Mark("box", float("nan"), 0.0, 1.0, 1.0)
    bad = replace(TUTORIAL, steps=(Step("n", pictures=(Picture("p", marks=(mark,)),)),))
    deep: dict[str, Any] = {}
    for _ in range(100_000):
        deep = {"": deep}
    with TutorialFile.open(path) as file:
        assert "can't be saved" in refusal(lambda: file.save(bad))
        assert "can't be saved" in refusal(lambda: file.save(TUTORIAL, run=Run(deep)))
        assert file.tutorial == TUTORIAL


def test_snapshots_are_kept_and_read_back(path: Path) -> None:
    with TutorialFile.open(path) as file:
        file.snapshot(1000.0)
        file.save(replace(TUTORIAL, title="Coffee"))
        file.snapshot(1001.0)
        file.snapshot(10 * 86400.0)
        assert file.snapshots() == (10 * 86400.0, 1001.0)
        assert file.read_snapshot(1001.0).title == "Coffee"
        assert "earlier state" in refusal(lambda: file.read_snapshot(5.0))


@settings(deadline=None)
@given(st.lists(st.floats(0, 3e5), max_size=60), st.floats(0, 1e5))
def test_thinning_keeps_the_recent_and_one_of_each_period(times: list[float], later: float) -> None:
    now = max(times, default=0.0) + later
    first = kept(times, now)
    assert {t for t in times if now - t <= 600} <= first <= set(times)
    assert kept(first, now) == first
    for time in times:
        period = 600 if now - time <= 86400 else 86400
        assert any(time // period == other // period and other >= time for other in first)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"Just a text, long enough to have a header. " * 9, "not an Interstep tutorial"),
        (b"SQLite format 3\0", "damaged or cut short"),
    ],
)
def test_what_is_no_interstep_file_is_refused(path: Path, content: bytes, sentence: str) -> None:
    path.write_bytes(content)
    assert sentence in refusal(lambda: TutorialFile.open(path))
    assert path.read_bytes() == content
    assert os.listdir(path.parent) == [path.name]


def test_a_truncated_file_is_refused(path: Path) -> None:
    whole = path.read_bytes()
    for size in (50, 100, 5000, len(whole) - 1):
        path.write_bytes(whole[:size])
        assert "cut short" in refusal(lambda: TutorialFile.open(path))


@pytest.mark.parametrize(
    ("statement", "pragma", "sentence"),
    [
        ("", "application_id = 7", "not an Interstep tutorial"),
        ("", "user_version = 2", "made by a newer version of Interstep: update"),
        ("", "user_version = 0", "not an Interstep tutorial"),
        ("", "journal_mode = wal", "not an Interstep tutorial"),
        ("create view sneaky as select 1", "", "did not make"),
        (
            "create trigger bad after insert on steps begin delete from takes; end",
            "",
            "did not make",
        ),
        ("drop table chunks", "", "did not make"),
        ("create index more on steps (position)", "", "did not make"),
    ],
)
def test_strange_databases_are_refused(
    path: Path, statement: str, pragma: str, sentence: str
) -> None:
    tampered(path, statement, pragma=pragma)
    assert sentence in refusal(lambda: TutorialFile.open(path))


def test_other_paths_get_a_sentence(tmp_path: Path) -> None:
    assert "does not exist" in refusal(lambda: TutorialFile.open(tmp_path / "none.interstep"))
    assert "not a file" in refusal(lambda: TutorialFile.open(tmp_path))
    long = tmp_path / f"{'x' * 240}.interstep"
    assert "too long" in refusal(lambda: TutorialFile.create(long, TUTORIAL))
    assert "too long" in refusal(lambda: TutorialFile.open(tmp_path / ("x" * 300)))
    absent = tmp_path / "no" / "folder.interstep"
    assert "does not exist" in refusal(lambda: TutorialFile.create(absent, TUTORIAL))


@pytest.mark.parametrize("name", ["a b'c\"d?#%20", "茶🫖", "x" * 200])
def test_any_name_will_do(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"{name}.interstep"
    with TutorialFile.create(path, TUTORIAL, [PAINTED]) as file:
        file.save(replace(TUTORIAL, title="new"))
    with TutorialFile.open(path) as file:
        assert file.tutorial.title == "new"
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize(
    ("statement", "problem", "steps"),
    [
        ("update steps set fields = 'x' where id = 'a'", "A step (row 1)", 1),
        ("update steps set fields = cast(x'ff' as text) where id = 'a'", "A step (row 1)", 1),
        ("update steps set position = 1e999 where id = 'a'", "A step (row 1)", 1),
        ("update steps set id = 'other' where id = 'a'", "A step (row 1)", 1),
        ("update steps set fields = zeroblob(9000000) where id = 'a'", "A step (row 1)", 1),
        ("update steps set fields = replace(fields, '0.1', 'NaN') where id = 'b'", "A step", 1),
        ("update steps set fields = replace(fields, '0.1', '1e999') where id = 'b'", "A step", 1),
        (
            f"update steps set fields = replace(fields, '0.1', '{'9' * 400}') where id = 'b'",
            "A step",
            1,
        ),
        (
            "update steps set fields = replace(hex(zeroblob(100000)), '00', '[') where id = 'a'",
            "A step (row 1)",
            1,
        ),
        ("update tutorial set fields = '{}'", "title, summary and lists", 2),
        ("update run set fields = '[]'", "last run", 2),
        ("update takes set data = 'text'", "stored picture number 1", 2),
        ("update takes set recipe = '{\"a\": NaN}'", "stored picture number 1", 2),
        ("update takes set width = -1", "stored picture number 1", 2),
        ("delete from takes", "A picture of step 2 “Pour”", 2),
    ],
)
def test_a_corrupt_row_is_named_and_set_aside_while_the_rest_opens(
    path: Path, statement: str, problem: str, steps: int
) -> None:
    tampered(path, statement)
    before = path.read_bytes()
    with TutorialFile.open(path) as file:
        assert problem in " ".join(file.problems)
        assert len(file.tutorial.steps) == steps
        assert path.read_bytes() == before
        edited = replace(file.tutorial, title="edited")
        file.save(edited)
        again = file.tutorial
    with TutorialFile.open(path) as file:
        assert file.problems == ()
        assert file.tutorial == again
        (aside,) = file._db.execute("select count(*) from quarantine").fetchone()
        assert bool(aside) != statement.startswith("delete")
        file.save(replace(edited, steps=(Step("a"),)), [PAINTED])


def test_a_damaged_page_makes_it_read_only_and_a_copy_rescues_the_rest(path: Path) -> None:
    large = take(bytes(200_000))
    with TutorialFile.open(path) as file:
        file.save(TUTORIAL, [large])
    data = path.read_bytes()
    hole = (data.index(bytes(4000)) // 4096 + 10) * 4096  # amid the large take
    path.write_bytes(data[:hole] + b"\xff" * 4096 + data[hole + 4096 :])
    copy = path.with_name("copy.interstep")
    assert "damaged" in refusal(lambda: TutorialFile.open(path, must_write=True))
    with TutorialFile.open(path) as file:
        assert file.read_only
        assert "damaged" in file.problems[0]
        assert file.tutorial == TUTORIAL
        assert [info.sha256 for info in file.takes()] == [PAINTED.sha256]
        file.copy_to(copy)
    with TutorialFile.open(copy, must_write=True) as file:
        assert file.problems == ()
        assert file.tutorial == TUTORIAL
        assert file.chunk("h") == "chunk"


def test_a_hostile_blob_never_comes_back_under_a_hash(path: Path) -> None:
    with TutorialFile.open(path) as file:
        tampered(path, "update takes set data = x'00'")
        assert "missing" in refusal(lambda: file.take(PAINTED.sha256))
        assert "missing" in refusal(lambda: file.take("0" * 64))


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=40)), min_size=1))
def test_flipped_bytes_never_crash(path: Path, flips: list[tuple[float, bytes]]) -> None:
    data = bytearray(path.read_bytes())
    for place, noise in flips:
        at = int(place * (len(data) - len(noise)))
        data[at : at + len(noise)] = noise
    other = path.with_name("flipped.interstep")
    other.write_bytes(data)
    copy = path.with_name("copy.interstep")
    copy.unlink(missing_ok=True)
    with suppress(TutorialError):  # any other error fails
        with TutorialFile.open(other) as file:
            file.takes()
            file.copy_to(copy)
            if not file.read_only:
                file.save(replace(file.tutorial, title="new"))
                assert file.tutorial.title == "new"
        TutorialFile.open(copy).close()


def test_a_second_opener_reads_and_may_copy(path: Path) -> None:
    copy = path.with_name("copy.interstep")
    with TutorialFile.open(path) as first:
        first.snapshot(5.0)
        assert "open elsewhere" in refusal(lambda: TutorialFile.open(path, must_write=True))
        with TutorialFile.open(path) as second:
            assert second.read_only
            assert "open elsewhere" in second.problems[0]
            assert second.tutorial == TUTORIAL
            assert "open elsewhere" in refusal(lambda: second.save(Tutorial("x")))
            second.copy_to(copy)
        first.save(replace(TUTORIAL, title="still mine"))
    with TutorialFile.open(copy, must_write=True) as file:
        assert file.problems == ()
        assert file.tutorial == TUTORIAL
        assert file.take(PAINTED.sha256) == PAINTED
        assert (file.chunk("h"), file.snapshots()) == ("chunk", (5.0,))
        assert file.run is not None
    assert sorted(os.listdir(path.parent)) == ["copy.interstep", "tea.interstep"]


READER = """
import os, sys
from pathlib import Path
from app.tutorial.errors import TutorialError
from app.tutorial.file import TutorialFile
from app.tutorial.model import Tutorial
if os.getuid() == 0:  # root may write everywhere; only now, as the libraries may lie in its home
    os.setuid(65534)
folder = Path(sys.argv[1])
with TutorialFile.open(folder / "tea.interstep") as file:
    print(file.read_only, len(file.tutorial.steps), file.problems[0])
try:
    TutorialFile.create(folder / "new.interstep", Tutorial("t"))
except TutorialError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no read-only mode there")
def test_a_read_only_folder_is_read_and_refused_for_writing() -> None:
    folder = Path("/tmp") / f"interstep-{os.getpid()}"  # the tests' own folder is closed to others
    folder.mkdir()
    try:
        TutorialFile.create(folder / "tea.interstep", TUTORIAL, [PAINTED]).close()
        (folder / "tea.interstep").chmod(0o444)
        folder.chmod(0o555)
        run = [sys.executable, "-c", READER, str(folder)]
        done = subprocess.run(run, capture_output=True, text=True, check=True)
        first, second = done.stdout.splitlines()
        assert first.startswith("True 2 Nothing can be saved here: “tea.interstep” can't be")
        assert "read-only" in second
        assert os.listdir(folder) == ["tea.interstep"]
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)
