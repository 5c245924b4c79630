"""Exports are whole or absent, and touch only what an earlier export wrote."""

import errno
import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from test_tree import shown, take

from app.exporting.fragment import to_rich_text
from app.exporting.tree import render
from app.exporting.writing import MANIFEST, ExportError, ExportOptions, export
from app.tutorial.importing import read_markdown
from app.tutorial.model import Picture, Step, Take, Tutorial

ONE = take({})
OTHER = replace(ONE, sha256=hashlib.sha256(b"other").hexdigest(), data=b"other")
GIVEN = replace(ONE, sha256=hashlib.sha256(b"private").hexdigest(), data=b"private")
TAKES = {ONE.sha256: ONE, OTHER.sha256: OTHER}
TWO_STEPS = replace(
    shown(ONE),
    steps=tuple(
        Step(name, name, pictures=(Picture("p", takes=(one.sha256,), chosen=one.sha256),))
        for name, one in (("a", ONE), ("b", OTHER))
    ),
)


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_an_export_again_is_the_same(tmp_path: Path) -> None:
    files = export(TWO_STEPS, TAKES, tmp_path / "x.md")
    before = tree(tmp_path)
    assert export(TWO_STEPS, TAKES, tmp_path / "x.md") == files
    assert tree(tmp_path) == before
    assert set(before) == {
        "x.md",
        *(f"x-images/{n}" for n in ("step-1.png", "step-2.png", MANIFEST)),
    }


def test_what_an_export_no_longer_has_goes(tmp_path: Path) -> None:
    export(TWO_STEPS, TAKES, tmp_path / "x.md")
    export(replace(TWO_STEPS, steps=TWO_STEPS.steps[1:]), TAKES, tmp_path / "x.md")
    assert (tmp_path / "x-images/step-1.png").read_bytes() == b"other"
    assert not (tmp_path / "x-images/step-2.png").exists()
    export(Tutorial("t"), {}, tmp_path / "x.md")
    assert list(tree(tmp_path)) == ["x.md"]
    assert not (tmp_path / "x-images").exists()


@pytest.mark.parametrize("name", ["x.md", "x.html"])
@pytest.mark.parametrize("layout", ["file", "folder", "fragment"])
def test_photos_given_to_the_writer_stay_at_home(
    name: str, layout: Literal["file", "folder", "fragment"], tmp_path: Path
) -> None:
    given = replace(TWO_STEPS, given=(GIVEN.sha256,))
    takes = {**TAKES, GIVEN.sha256: GIVEN}
    export(given, takes, tmp_path / name, ExportOptions(layout))
    with_photo = tree(tmp_path)
    export(TWO_STEPS, TAKES, tmp_path / name, ExportOptions(layout))
    assert tree(tmp_path) == with_photo
    assert to_rich_text(render(given, takes)) == to_rich_text(render(TWO_STEPS, TAKES))
    shown_too = replace(given, given=(ONE.sha256,))
    assert render(shown_too, takes) == render(TWO_STEPS, TAKES), "what a step shows is shown"


def test_a_photo_that_an_earlier_version_wrote_out_goes(tmp_path: Path) -> None:
    export(TWO_STEPS, TAKES, tmp_path / "x.md")
    note = tmp_path / "x-images" / MANIFEST
    (tmp_path / "x-images/given-1.png").write_bytes(GIVEN.data)
    kept = json.loads(note.read_text())
    kept["files"]["x.md"].append(["given-1.png", GIVEN.sha256])
    note.write_text(json.dumps(kept))
    export(TWO_STEPS, TAKES, tmp_path / "x.md")
    assert not (tmp_path / "x-images/given-1.png").exists()


def test_files_of_others_stay(tmp_path: Path) -> None:
    images = tmp_path / "x-images"
    images.mkdir()
    (images / "step-1.png").write_bytes(b"mine")
    (images / "holiday.jpg").write_bytes(b"mine")
    export(TWO_STEPS, TAKES, tmp_path / "x.md")
    assert read_markdown(tmp_path / "x.md").tutorial.steps[0].pictures[0].chosen == ONE.sha256
    (images / "step-2.png").write_bytes(b"edited by hand")
    export(Tutorial("t"), {}, tmp_path / "x.md")
    assert tree(images) == {
        "step-1.png": b"mine",
        "holiday.jpg": b"mine",
        "step-2.png": b"edited by hand",
    }


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        b'{"files": [[1]]}',
        b'{"files": 3}',
        b'{"files": {"x.md": 3}}',
        b'{"files": {"x.md": [["step-1.png"]], "x.html": {}}}',
        *(
            json.dumps({"files": {text: [[name, hashlib.sha256(b"keep").hexdigest()]]}}).encode()
            for text in ("x.md", "../x.html", "")
            for name in ("../keep.png", "keep.txt")
        ),
    ],
)
def test_a_forged_manifest_does_no_harm(manifest: bytes, tmp_path: Path) -> None:
    (tmp_path / "keep.png").write_bytes(b"keep")
    images = tmp_path / "x-images"
    images.mkdir()
    (images / "keep.txt").write_bytes(b"keep")
    (images / MANIFEST).write_bytes(manifest)
    export(TWO_STEPS, TAKES, tmp_path / "x.md")
    export(Tutorial("t"), {}, tmp_path / "x.md")
    assert (tmp_path / "keep.png").read_bytes() == (images / "keep.txt").read_bytes() == b"keep"


@pytest.mark.parametrize("call", range(5))
@pytest.mark.parametrize("suffix", [".md", ".html"])
def test_a_full_disk_leaves_what_was(
    suffix: str, call: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / f"x{suffix}"
    export(shown(ONE), TAKES, out)
    before = out.read_bytes()
    calls = 0
    fsync = os.fsync

    def full(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls > call:
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(descriptor)

    changed = replace(TWO_STEPS, title="Changed")
    needed = 1 if suffix == ".html" else 5  # manifest, two pictures, text, manifest
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        if call < needed:
            with pytest.raises(ExportError, match="disk is full"):
                export(changed, TAKES, out)
        else:
            export(changed, TAKES, out)
    written = needed - 1 if suffix == ".md" else needed
    assert (out.read_bytes() == before) == (call < written)
    assert not [name for name in tree(tmp_path) if name.endswith(".part")]
    export(Tutorial("t"), {}, tmp_path / "x.md")
    assert not (tmp_path / "x-images").exists()


@pytest.mark.parametrize(
    "name",
    [
        "a b.md",
        'it\'s "x".md',
        "☕🍵.md",
        "换盆.MD",
        "a" * 200 + ".md",
        "100% (a) [b] #1?.md",
        "x.html",
    ],
)
def test_odd_names(name: str, tmp_path: Path) -> None:
    files = export(TWO_STEPS, TAKES, tmp_path / name)
    assert all(file.is_file() for file in files)
    if not name.endswith("html"):
        pictures = [step.pictures for step in read_markdown(files[0]).tutorial.steps]
        assert pictures[0][0].chosen == ONE.sha256


def refusal(out: Path, takes: dict[str, Take] = TAKES) -> str:
    with pytest.raises(ExportError) as caught:
        export(shown(ONE), takes, out)
    assert caught.value.hint
    assert "\n" not in str(caught.value)
    return caught.value.message


def test_refusals_say_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "y-images").write_text("mine")
    assert "no format" in refusal(tmp_path / "x.docx")
    assert "no format" in refusal(tmp_path / "x")
    assert "is a folder" in refusal(tmp_path / "folder.md")
    assert "does not exist" in refusal(tmp_path / "absent" / "x.md")
    assert "in the way" in refusal(tmp_path / "y.md")
    assert "too long" in refusal(tmp_path / ("换" * 200 + ".html"))
    assert "too long" in refusal(tmp_path / ("a" * 250 + ".md"))
    assert (tmp_path / "y-images").read_text() == "mine"
    assert {path.name for path in tmp_path.iterdir()} == {"folder.md", "y-images"}


@pytest.mark.skipif(not os.path.isdir("/sys/kernel"), reason="needs a folder nobody may write in")
def test_a_read_only_folder_is_told() -> None:
    assert "read-only" in refusal(Path("/sys/kernel/x.md"))
    assert "read-only" in refusal(Path("/sys/kernel/x.html"))
