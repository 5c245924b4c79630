"""A hub that fails in every way: the pack ends right, or a sentence says why it doesn't."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import MakeGguf
from loopback_hub import FIRST, Hub, blob
from tiny_packs import notes, pack_of, waiting

from inference.packs import sources
from inference.packs.install import install
from inference.packs.manifest import Manifest
from inference.packs.reports import PackError, PackNote
from inference.packs.store import Store
from inference.packs.upkeep import remove

LATER = "b" * 40


@pytest.fixture
def tiny(make_gguf: MakeGguf, hub: Hub) -> Manifest:
    hub.data = make_gguf(floats=20_000).read_bytes()
    return pack_of(waiting("tiny.gguf", hub.source()), pack="hubbed")


def half_fetched(store: Store, hub: Hub) -> Path:
    """Put the first half of the file where a stopped download left it; return its place."""
    (digest,) = (file["lfs"]["sha256"] for file in hub.listing()["siblings"])
    partial = store.folder / "staging" / digest / "hub" / "tiny.gguf"
    partial.parent.mkdir(parents=True)
    partial.write_bytes(hub.data[: len(hub.data) // 2])
    return partial


def ends_right(store: Store, tiny: Manifest, hub: Hub) -> None:
    notes(install(store, tiny))
    assert store.path(store.manifest("hubbed").writer).read_bytes() == hub.data


def refused(store: Store, tiny: Manifest) -> PackError:
    with pytest.raises(PackError) as caught:
        notes(install(store, tiny))
    assert store.installed() == ()
    assert list(store.folder.glob("weights/*/*")) == []
    return caught.value


@pytest.mark.parametrize(
    ("endpoint", "reason"),
    [
        ("https://nowhere.invalid", "its address can't be found: is this computer online?"),
        ("http://127.0.0.1:9", "it does not answer"),  # nobody listens at the discard port
    ],
)
def test_a_hub_that_is_away_is_told_in_words(
    store: Store, tiny: Manifest, monkeypatch: pytest.MonkeyPatch, endpoint: str, reason: str
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    error = refused(store, tiny)
    assert reason in error.message
    assert "Errno" not in error.message


def test_a_cut_connection_goes_on(store: Store, tiny: Manifest, hub: Hub) -> None:
    hub.drops = 1
    ends_right(store, tiny, hub)
    assert hub.ranges[0] is None
    assert len(hub.ranges) == 2


def test_200_instead_of_206_begins_anew(store: Store, tiny: Manifest, hub: Hub) -> None:
    half_fetched(store, hub)
    hub.deaf = True
    ends_right(store, tiny, hub)
    assert hub.ranges == [f"bytes={len(hub.data) // 2}-"]


def test_416_begins_anew(store: Store, tiny: Manifest, hub: Hub) -> None:
    half_fetched(store, hub)
    hub.strict = True
    ends_right(store, tiny, hub)
    assert hub.ranges == [f"bytes={len(hub.data) // 2}-", None]


def test_a_half_of_other_bytes_is_set_aside_and_the_next_time_is_right(
    store: Store, tiny: Manifest, hub: Hub
) -> None:
    partial = half_fetched(store, hub)
    partial.write_bytes(bytes(partial.stat().st_size))
    assert "its sha256 does not match; it was moved to" in refused(store, tiny).message
    ends_right(store, tiny, hub)


@pytest.mark.parametrize("change", [-1, 1, 5000])
def test_a_wrong_length(store: Store, tiny: Manifest, hub: Hub, change: int) -> None:
    hub.sent["tiny.gguf"] = (hub.data + bytes(5000))[: len(hub.data) + change]
    assert "The model hub 127.0.0.1 gave no tiny.gguf (" in refused(store, tiny).message
    hub.sent.clear()
    ends_right(store, tiny, hub)


def test_a_flipped_byte(store: Store, tiny: Manifest, hub: Hub) -> None:
    wrong = bytearray(hub.data)
    wrong[-5] ^= 1
    hub.sent["tiny.gguf"] = bytes(wrong)
    error = refused(store, tiny)
    assert "“tiny.gguf” is not the right file: its sha256 does not match" in error.message
    assert [path.read_bytes() for path in store.quarantine.iterdir()] == [wrong]
    hub.sent.clear()
    ends_right(store, tiny, hub)


def test_a_flipped_byte_in_a_small_file(store: Store, hub: Hub) -> None:
    hub.data = b"{}"
    hub.small.add("tiny.gguf")
    hub.sent["tiny.gguf"] = b"[]"
    error = refused(store, pack_of(waiting("tiny.gguf", hub.source())))
    assert "its git hash does not match; it was moved to" in error.message
    assert [path.read_bytes() for path in store.quarantine.iterdir()] == [b"[]"]


def test_a_commit_that_is_made_meanwhile_changes_nothing(
    store: Store, tiny: Manifest, hub: Hub
) -> None:
    before = hub.data
    for report in install(store, tiny):
        if isinstance(report, PackNote):  # resolved; nothing is fetched yet
            hub.move(LATER, **{"tiny.gguf": b"other"})
    item = store.manifest("hubbed").writer
    assert store.path(item).read_bytes() == before
    assert item.sources[0].revision == FIRST


@pytest.mark.parametrize("how", ["etag", "size", "gone"])
def test_what_was_resolved_is_another_file_or_gone(
    store: Store, tiny: Manifest, hub: Hub, how: str
) -> None:
    reports = install(store, tiny)
    while not isinstance(next(reports), PackNote):  # resolved; nothing is fetched yet
        pass
    if how == "gone":
        hub.move(LATER)
        del hub.commits[FIRST]
    else:
        hub.data = hub.data[:-1] + b"x" if how == "etag" else hub.data + b"x"
    with pytest.raises(PackError) as caught:
        notes(reports)
    reasons = {
        "etag": "it offers another file under this name",
        "size": f"bytes, not {len(hub.data) - 1}",
        "gone": "its publisher has withdrawn that version",
    }
    assert reasons[how] in caught.value.message
    assert hub.ranges == []


def test_a_stall_ends(
    store: Store, tiny: Manifest, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "HUB_STALLED", 2.0)
    hub.cut = 1000
    assert "(nothing came for 2 seconds)" in refused(store, tiny).message
    hub.cut = 0
    ends_right(store, tiny, hub)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_disk_that_fills_up(store: Store, tiny: Manifest, hub: Hub) -> None:
    partial = half_fetched(store, hub)
    partial.unlink()
    partial.symlink_to("/dev/full")
    assert "No space left on device" in refused(store, tiny).message


def test_a_disk_that_is_too_small_is_told_before(store: Store, tiny: Manifest, hub: Hub) -> None:
    hub.listed = hub.listing()
    hub.listed["siblings"][0]["lfs"]["size"] = hub.listed["siblings"][0]["size"] = 1 << 41
    assert "2199.1 GB are needed" in refused(store, tiny).message
    assert hub.ranges == []


@pytest.mark.parametrize("status", [401, 403])
def test_a_gated_repository(store: Store, tiny: Manifest, hub: Hub, status: int) -> None:
    hub.refused = status, "GatedRepo"
    error = refused(store, tiny)
    assert "only to those who have accepted the licence" in error.message
    assert error.hint.startswith("Accept the licence at http://127.0.0.1:")
    assert error.hint.endswith("/acme/tiny, type hf auth login, and install again")


@pytest.mark.parametrize("status", [401, 404])
def test_a_repository_that_is_not_shown(
    store: Store, tiny: Manifest, hub: Hub, status: int
) -> None:
    hub.refused = status, "RepoNotFound"
    assert "knows no such repository, or shows it only" in refused(store, tiny).message


def test_a_pinned_commit_is_the_one_that_is_given(store: Store, tiny: Manifest, hub: Hub) -> None:
    (source,) = tiny.writer.sources
    pinned = replace(tiny.writer, sources=(replace(source, revision=LATER),))
    error = refused(store, replace(tiny, writer=pinned, reader=pinned))
    assert error.message.startswith("The model hub's list of acme/tiny can't be right")


def test_a_locked_version_that_was_withdrawn(store: Store, tiny: Manifest, hub: Hub) -> None:
    notes(install(store, tiny))
    hub.move(LATER, **{"tiny.gguf": hub.data[:-1] + b"x"})
    del hub.commits[FIRST]
    store.path(store.manifest("hubbed").writer).unlink()
    with pytest.raises(
        PackError, match=r"gave no tiny\.gguf \(its publisher has withdrawn"
    ) as caught:
        notes(install(store, tiny))
    assert (
        caught.value.hint == "Remove the pack and install it again: that takes the present version"
    )
    remove(store, "hubbed")
    notes(install(store, tiny))
    assert store.manifest("hubbed").writer.sources[0].revision == LATER


def test_a_file_that_is_not_there(store: Store, hub: Hub, tiny: Manifest) -> None:
    absent = pack_of(waiting("absent.gguf", hub.source("absent.gguf")))
    assert "(acme/tiny has no file absent.gguf)" in refused(store, absent).message


def listing(**changes: Any) -> Any:
    file = {"rfilename": "tiny.gguf", "size": 100, "blobId": blob(b"")}
    file["lfs"] = {"size": 100, "sha256": "a" * 64, "pointerSize": 130}
    for name, value in changes.items():
        file["lfs" if name in ("lfs", "sha256") else name] = (
            {"size": 100, "sha256": value, "pointerSize": 1} if name == "sha256" else value
        )
    return {"id": "acme/tiny", "sha": FIRST, "siblings": [file]}


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>sign in to this network</html>",
        b"[" * 100_000,
        [],
        listing() | {"sha": "main"},
        listing() | {"sha": "../" + "a" * 37},
        listing(size=-1),
        listing(sha256="../../x"),
        listing(sha256="a" * 63),
        listing(lfs=None, blobId="../x"),
        listing(lfs=None, size=1 << 40),
    ],
)
def test_a_list_that_can_not_be_right(store: Store, tiny: Manifest, hub: Hub, answer: Any) -> None:
    hub.listed = answer
    error = refused(store, tiny)
    assert "acme/tiny" in error.message
    assert len(error.message) < 400
    json.dumps(error.message, ensure_ascii=False).encode()
    assert hub.ranges == []
