"""Packs whose hashes the hub tells: resolved, told, fetched, checked, locked."""

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import MakeGguf
from loopback_hub import FIRST, Hub
from tiny_packs import notes, pack_of, tiny_tensors, waiting

from inference.packs.install import install, install_file
from inference.packs.manifest import Manifest, Network
from inference.packs.reports import PackError
from inference.packs.store import Store, default_folder
from inference.packs.upkeep import remove, verify
from inference.protocol import to_json

LATER = "b" * 40
TOKENIZER = json.dumps({"model": {"vocab": {"a": 0}}}).encode()
CLOSED = """
import json, sys
def closed(event, _):
    if event.startswith(("socket.", "subprocess.", "os.fork", "os.posix_spawn")):
        raise AssertionError(event)
sys.addaudithook(closed)
from pathlib import Path
from inference.packs.install import install
from inference.packs.manifest import read_manifest
from inference.packs.store import Store, default_folder
from inference.packs.upkeep import verify
store, wanted = Store(Path(sys.argv[1])), read_manifest(json.loads(sys.stdin.read()))
assert [entry.ready for entry in store.listing([wanted])] == [True]
list(install(store, wanted))
list(verify(store, wanted.id))
for item in store.manifest(wanted.id).weights():
    print(store.path(item).name)
"""


@pytest.fixture
def pack(make_gguf: MakeGguf, hub: Hub) -> Manifest:
    """A pack with a writer, a network in two files and a tokenizer; the hub tells all hashes."""
    hub.data = make_gguf().read_bytes()
    hub.files["vae/one.safetensors"] = tiny_tensors()
    hub.files["vae/two.safetensors"] = tiny_tensors(bytes(23) + b"x")
    hub.files["tokenizer.json"] = TOKENIZER
    hub.small.add("tokenizer.json")
    networks = (
        Network(
            "vae",
            (
                waiting("one.safetensors", hub.source("vae/one.safetensors")),
                waiting("two.safetensors", hub.source("vae/two.safetensors")),
            ),
        ),
        Network("tokenizer", (waiting("tokenizer.json", hub.source("tokenizer.json")),)),
    )
    writer = waiting("tiny.gguf", hub.source())
    return replace(pack_of(writer), id="klein", painter="klein", networks=networks)


@pytest.fixture
def tiny(make_gguf: MakeGguf, hub: Hub) -> Manifest:
    hub.data = make_gguf(floats=20_000).read_bytes()
    return pack_of(waiting("tiny.gguf", hub.source()), pack="hubbed")


def stored(store: Store) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in store.folder.glob("weights/*/*")}


def test_what_the_hub_has_is_told_fetched_checked_and_locked(
    store: Store, hub: Hub, pack: Manifest
) -> None:
    (told,) = notes(install(store, pack))
    assert told == f"acme/tiny at commit {FIRST} (Apache-2.0): 4 files, 0.1 MB."
    record = store.manifest("klein")
    assert record.resolved()
    for item in record.weights():
        data = hub.files[item.sources[0].file]
        assert (item.size, item.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        assert item.sources[0].revision == FIRST
        assert store.path(item).read_bytes() == data
    assert hub.ranges == [None] * 4  # the small file is not fetched twice
    assert {path for path in hub.asked if "/resolve/" in path and FIRST not in path} == set()
    assert not any((store.folder / "staging").iterdir())


def test_a_later_install_uses_what_is_locked(store: Store, hub: Hub, pack: Manifest) -> None:
    notes(install(store, pack))
    record = store.manifest("klein")
    hub.move(LATER, **{"tiny.gguf": b"GGUF, but newer"})
    place = store.path(record.writer)
    place.unlink()
    (entry,) = store.listing([pack])
    assert (entry.manifest.writer, entry.ready) == (record.writer, False)
    hub.asked.clear()
    assert notes(install(store, pack)) == []
    assert store.manifest("klein") == record
    assert [path.split("?")[0] for path in hub.asked] == [
        f"/acme/tiny/resolve/{FIRST}/tiny.gguf"
    ] * 2
    assert notes(verify(store, "klein"))[0] == "“tiny.gguf” is whole."
    remove(store, "klein")
    assert stored(store) == {}
    with pytest.raises(PackError, match=r"tiny\.gguf"):  # now it is the newer one, and no GGUF
        notes(install(store, pack))


def test_a_manifest_that_names_another_commit_is_not_what_is_locked(
    store: Store, hub: Hub, tiny: Manifest
) -> None:
    notes(install(store, tiny))
    (entry,) = store.listing([tiny])
    assert entry.ready
    (source,) = tiny.writer.sources
    pinned = replace(tiny.writer, sources=(replace(source, revision=LATER),))
    (entry,) = store.listing([replace(tiny, writer=pinned, reader=pinned)])
    assert not entry.ready
    pinned = replace(tiny.writer, sources=(replace(source, revision=FIRST),))
    (entry,) = store.listing([replace(tiny, writer=pinned, reader=pinned)])
    assert entry.ready
    hub.asked.clear()
    notes(install(store, replace(tiny, id="second")))  # the same file: shared, the hub not asked
    assert hub.asked == []


def test_afterwards_nothing_opens_a_socket(store: Store, hub: Hub, pack: Manifest) -> None:
    notes(install(store, pack))
    done = subprocess.run(
        [sys.executable, "-c", CLOSED, str(store.folder)],
        input=json.dumps(to_json(pack)),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) == {Path(name).name for name in hub.files}


def test_the_store_can_be_moved(
    store: Store, pack: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes(install(store, pack))
    away = tmp_path / "Größe 模型" / ("x" * 200)
    away.parent.mkdir()
    store.folder.rename(away)
    monkeypatch.setenv("INTERSTEP_PACKS", str(away))
    moved = Store(default_folder())
    (entry,) = moved.listing([pack])
    assert entry.ready
    assert len(notes(verify(moved, "klein"))) == 4
    monkeypatch.setenv("INTERSTEP_PACKS", "")
    assert default_folder().parts[-2:] == ("interstep", "packs")


def test_remove_keeps_the_networks_of_another_pack(
    store: Store, hub: Hub, pack: Manifest, tiny: Manifest
) -> None:
    notes(install(store, pack))
    notes(install(store, replace(tiny, networks=pack.networks[1:])))
    remove(store, "klein")
    assert stored(store) == {"tiny.gguf": hub.data, "tokenizer.json": TOKENIZER}
    assert [path.name for path in (store.folder / "weights").glob("*/*")] != []
    remove(store, "hubbed")
    assert list((store.folder / "weights").iterdir()) == []


# ---------------------------------------------------------------- files of the person's own


def test_given_files_are_compared_with_what_the_hub_tells(
    store: Store, hub: Hub, pack: Manifest, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    for name, data in hub.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    wrong = folder / "vae" / "one.safetensors"
    wrong.write_bytes(tiny_tensors(bytes(22) + b"no"))
    files = [folder / name for name in hub.files]
    with pytest.raises(PackError, match=r"“one\.safetensors” is not .*sha256 does not match"):
        notes(install_file(store, pack, files))
    wrong.write_bytes(tiny_tensors())
    notes(install_file(store, pack, files))
    assert sorted(stored(store)) == sorted(Path(name).name for name in hub.files)
    assert [name for name in hub.asked if "gguf" in name or "safetensors" in name] == []


def test_without_the_hub_given_files_need_a_locked_record(
    store: Store, hub: Hub, tiny: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "tiny.gguf"
    mine.write_bytes(hub.data)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(PackError, match=r"gave no list of acme/tiny \(.*offline") as caught:
        notes(install_file(store, tiny, [mine]))
    assert "only the hub knows the right files" in caught.value.hint
    monkeypatch.delenv("HF_HUB_OFFLINE")
    notes(install(store, tiny))
    store.path(store.manifest("hubbed").writer).unlink()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    notes(install_file(store, tiny, [mine]))
    assert stored(store) == {"tiny.gguf": hub.data}


# ---------------------------------------------------------------- licences


def test_a_licence_is_asked_for_once(store: Store, hub: Hub, tiny: Manifest) -> None:
    page = "https://example.org/acme/LICENCE.md"
    gated = replace(tiny, gated=page)
    with pytest.raises(PackError, match=r"those who accept its licence: https://exa") as caught:
        notes(install(store, gated))
    assert caught.value.hint.endswith("interstep packs install hubbed --accept-licence")
    assert hub.asked == []
    with pytest.raises(PackError, match="those who accept"):
        notes(install_file(store, gated, []))
    notes(install(store, gated, accepted=True))
    remove(store, "hubbed")
    notes(install(store, gated))
    with pytest.raises(PackError, match="those who accept"):
        notes(install(store, replace(gated, gated=f"{page}/2")))
