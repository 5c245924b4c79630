"""Installs that were given up: what they hold is told, and goes when the person says so."""

import hashlib
from dataclasses import replace

import pytest
from conftest import MakeGguf
from loopback_hub import Hub
from tiny_packs import notes, pack_of, tiny_tensors, waiting, weights_of

from inference.packs.install import install
from inference.packs.manifest import Manifest, Network
from inference.packs.reports import PackError
from inference.packs.sources import bytes_in
from inference.packs.store import Store
from inference.packs.upkeep import pack_with_writer, remove

HALF, LATER = 20_000, "b" * 40  # bytes, a commit


@pytest.fixture
def tiny(make_gguf: MakeGguf, hub: Hub) -> Manifest:
    hub.data = make_gguf(floats=20_000).read_bytes()
    return pack_of(waiting("tiny.gguf", hub.source()), pack="hubbed")


def begin(store: Store, hub: Hub, pack: Manifest) -> None:
    """Begin an install of which half a file comes."""
    hub.sent = {name: data[:HALF] for name, data in hub.files.items()}
    with pytest.raises(PackError, match=pack.writer.name):
        notes(install(store, pack))
    hub.sent = {}


def test_half_a_download_is_told_and_can_be_discarded(
    store: Store, hub: Hub, tiny: Manifest
) -> None:
    begin(store, hub, tiny)
    (entry,) = store.listing([tiny])
    assert (entry.held, entry.time, entry.ready) == (HALF, "", False)
    assert entry.left == len(hub.data) - HALF
    assert [item.sha256 for item in entry.files] == [hashlib.sha256(hub.data).hexdigest()]
    assert remove(store, "hubbed") == HALF
    assert not any((store.folder / "staging").iterdir())
    assert store.listing([tiny])[0].held == 0
    with pytest.raises(PackError, match="The pack hubbed is not installed"):
        remove(store, "hubbed")


def test_an_install_that_goes_on_ends_what_was_begun(
    store: Store, hub: Hub, tiny: Manifest
) -> None:
    begin(store, hub, tiny)
    notes(install(store, tiny))
    assert hub.ranges[-1] == f"bytes={HALF}-"
    assert store.begun() == ()
    (entry,) = store.listing([tiny])
    assert (entry.held, entry.ready) == (0, True)


def test_whole_files_of_a_pack_that_was_never_finished_count_too(
    store: Store, hub: Hub, tiny: Manifest
) -> None:
    hub.files["net.safetensors"] = tiny_tensors()
    network = Network("vae", (waiting("net.safetensors", hub.source("net.safetensors")),))
    pack = replace(tiny, networks=(network,))
    hub.sent["net.safetensors"] = b"x"  # the last file never comes
    with pytest.raises(PackError, match="net"):
        notes(install(store, pack))
    (entry,) = store.listing([pack])
    assert entry.held >= len(hub.data)
    assert entry.left <= len(tiny_tensors()), "what is whole is not fetched again"
    assert remove(store, "hubbed") == entry.held
    assert not any(store.folder.glob("weights/*"))


def test_what_the_hub_has_no_more_goes_with_the_next_beginning(
    store: Store, hub: Hub, tiny: Manifest
) -> None:
    begin(store, hub, tiny)
    hub.move(LATER, **{"tiny.gguf": hub.data[::-1]})
    begin(store, hub, tiny)
    assert bytes_in(store.folder / "staging") == HALF
    assert store.begun()[0].writer.sources[0].revision == LATER


def test_each_download_is_discarded_for_itself(
    store: Store, hub: Hub, tiny: Manifest, make_gguf: MakeGguf
) -> None:
    hub.files["other.gguf"] = make_gguf("other.gguf", 2, 20_000).read_bytes()
    other = pack_of(waiting("other.gguf", hub.source("other.gguf")), pack="other")
    begin(store, hub, tiny)
    begin(store, hub, other)
    begin(store, hub, replace(tiny, id="same"))
    assert [entry.held for entry in store.listing([tiny, other])] == [HALF] * 3
    assert remove(store, "same") == 0  # the pack hubbed goes on from these bytes
    assert remove(store, "other") == HALF
    assert store.listing([tiny])[0].held == HALF
    notes(install(store, other))
    assert store.listing([tiny])[0].held == HALF
    lost = store.folder / "staging" / "of a program that was killed"
    lost.mkdir()
    (lost / "half").write_bytes(bytes(5))
    assert remove(store, "other") == len(hub.files["other.gguf"]) + 5


def test_a_writer_of_ones_own_whose_reader_never_came(store: Store, make_gguf: MakeGguf) -> None:
    own, reader = make_gguf("own.gguf", 1), make_gguf("reader.gguf", 2)
    packs = [pack_of(weights_of(reader))]
    for _ in range(2):  # trying again makes no second pack
        with pytest.raises(PackError, match=r"“reader\.gguf” has no source"):
            notes(pack_with_writer(store, packs, own))
    starter, made = store.listing(packs)
    assert (starter.held, made.manifest.id, made.held) == (0, "own", own.stat().st_size)
    assert remove(store, "own") == own.stat().st_size
    assert own.exists()
