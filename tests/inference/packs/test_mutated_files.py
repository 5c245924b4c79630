"""Damaged model files and manifests: refused with a sentence, and never in a pack's place."""

import json
import random
import struct
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import MakeGguf
from tiny_packs import notes, pack_of, tensors, tiny_tensors, weights_of

from inference.packs.inspecting import inspect
from inference.packs.install import install_file
from inference.packs.manifest import Network, catalogue, read_manifest
from inference.packs.reports import PackError
from inference.packs.safetensors import SafetensorsError, Tensor, read_tensors
from inference.packs.store import Store
from inference.protocol import to_json

MUTATIONS = 500
INTERESTING = (0, 1, 0x7F, 0x80, 0xFF)


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Return the bytes with some damage near the start, where the lengths are, or a cut."""
    if rng.random() < 0.2:
        return data[: rng.randrange(len(data))]
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        place = rng.randrange(min(len(data), rng.choice((16, 200, len(data)))))
        changed[place] = rng.choice((*INTERESTING, rng.randrange(256)))
    return bytes(changed)


@pytest.mark.parametrize("kind", ["gguf", "safetensors"])
def test_no_mutated_file_takes_a_place(
    store: Store, make_gguf: MakeGguf, tmp_path: Path, kind: str
) -> None:
    whole = make_gguf()
    network = tmp_path / "net.safetensors"
    network.write_bytes(tiny_tensors())
    networks = (Network("vae", (weights_of(network),)),)
    pack = replace(pack_of(weights_of(whole)), networks=networks)
    rng, path = random.Random(5), whole if kind == "gguf" else network
    right = path.read_bytes()
    for _ in range(MUTATIONS):
        path.unlink()
        path.write_bytes(wrong := mutated(right, rng))
        if wrong == right:
            continue
        with suppress(ValueError):  # and nothing else
            inspect(path, path.name)
        with pytest.raises(PackError):
            notes(install_file(store, pack, [whole, network]))
        assert store.installed() == ()
        there = pack.networks[0].files[0] if kind == "safetensors" else pack.writer
        assert not store.place(there).exists()


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict | list) and value:
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        return [leaf for key, inner in pairs for leaf in leaves(inner, (*path, key))]
    return [path]


def test_mutated_manifests_are_refused_or_stay_inside_the_store(store: Store) -> None:
    rng = random.Random(6)
    odd = [
        None,
        True,
        -1,
        0,
        1 << 70,
        1.5,
        "",
        "..",
        "../x",
        "a/../b",
        "-r",
        "\ud800",
        "\0",
        [],
        {},
    ]
    for _ in range(MUTATIONS):
        raw = json.loads(json.dumps(to_json(rng.choice(catalogue()))))
        for _ in range(rng.choice((1, 2, 5))):
            *path, last = rng.choice(leaves(raw))
            place = raw
            for key in path:
                place = place[key]
            place[last] = rng.choice(odd)
        try:
            manifest = read_manifest(raw)
        except ValueError:
            continue
        for item in manifest.weights():
            inside = store.place(item).relative_to(store.folder / "weights")
            assert inside.parts == ((item.sha256, item.name) if item.sha256 else (item.name,))
            assert item.sha256 or not store.holds(item)
        assert store.record(manifest.id).parent == store.folder / "installed"


def test_a_record_with_a_mutation_is_a_whole_one_or_none(store: Store, make_gguf: MakeGguf) -> None:
    path, rng = make_gguf(), random.Random(7)
    pack = pack_of(weights_of(path))
    notes(install_file(store, pack, [path]))
    record = store.record("starter")
    right = record.read_bytes()
    for _ in range(200):
        record.write_bytes(mutated(right, rng))
        assert all(entry.manifest.resolved() for entry in store.installed())


# ---------------------------------------------------------------- safetensors


def one(**changes: Any) -> dict[str, Any]:
    return {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]} | changes}


def test_sound_tensors_are_told(tmp_path: Path) -> None:
    path = tmp_path / "sound.safetensors"
    path.write_bytes(tiny_tensors())
    assert read_tensors(path) == {
        "a": Tensor("F32", (2, 2), 0, 16),
        "b": Tensor("BF16", (4,), 16, 24),
    }
    scalar_and_empty = {
        "none": {"dtype": "I64", "shape": [0, 3], "data_offsets": [4, 4]},
        "scalar": {"dtype": "F32", "shape": [], "data_offsets": [0, 4]},
    }
    path.write_bytes(tensors(scalar_and_empty, bytes(4)))
    assert read_tensors(path)["scalar"].shape == ()


def test_what_the_library_writes_is_sound(tmp_path: Path) -> None:
    numpy = pytest.importorskip("safetensors.numpy")
    import numpy as np

    path = tmp_path / "lib.safetensors"
    numpy.save_file({"x": np.ones((3, 2), np.float16), "y": np.zeros(5, np.int64)}, path)
    assert {name: t.shape for name, t in read_tensors(path).items()} == {"x": (3, 2), "y": (5,)}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is not a safetensors file"),
        (b"\x80\x02}q\x00.", "is not a safetensors file"),  # a pickle
        (struct.pack("<Q", 1 << 62) + b"{}", "is not a safetensors file"),
        (struct.pack("<Q", 100) + b"{}", "is not a safetensors file"),
        (tensors(b"[]"), "no JSON object"),
        (tensors(b"\xff\xfe"), "not sound JSON"),
        (tensors(b"[" * 200_000), "not sound JSON"),
        (tensors(b'{"a": 1, "a": 2}'), "not sound JSON"),
        (tensors({}), "do not end where it ends"),
        (tensors(one(), bytes(9)), "do not end where it ends"),
        (tensors(one(), bytes(7)), "do not end where it ends"),
        (tensors(one(shape=[3]), bytes(8)), "not the bytes of its shape"),
        (tensors(one(shape=[1 << 47, 1 << 47]), bytes(8)), "not the bytes of its shape"),
        (tensors(one(dtype="PICKLE"), bytes(8)), "not described"),
        (tensors(one(shape=[-2]), bytes(8)), "not described"),
        (tensors(one(shape=[True, 2]), bytes(8)), "not described"),
        (tensors(one(shape=[1] * 9), bytes(8)), "not described"),
        (tensors(one(data_offsets=[8, 0]), bytes(8)), "not the bytes of its shape"),
        (tensors(one(data_offsets=[8, 16]), bytes(16)), "behind a hole"),
        (tensors(one(extra=1), bytes(8)), "not described"),
        (tensors({"a\ud800": 5}), "not described"),
        (tensors(one() | {"b": one()["a"]}, bytes(8)), "lies over another"),
    ],
)
def test_unsound_tensors_are_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "unsound.safetensors"
    path.write_bytes(data)
    with pytest.raises(SafetensorsError, match=reason) as caught:
        read_tensors(path)
    str(caught.value).encode()


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("tokenizer.json", b"[]", "no JSON object"),
        ("tokenizer.json", b"{", "not sound JSON"),
        ("tokenizer.json", b'{"a":' * 100_000, "not sound JSON"),
        ("model.bin", b"\x80\x02}q\x00.", r"the kind \.bin are not loaded"),
        ("model", b"{}", "the kind model are not loaded"),
    ],
)
def test_other_kinds_are_refused(
    store: Store, tmp_path: Path, make_gguf: MakeGguf, name: str, data: bytes, reason: str
) -> None:
    path, whole = tmp_path / name, make_gguf()
    path.write_bytes(data)
    networks = (Network("tokenizer", (weights_of(path),)),)
    pack = replace(pack_of(weights_of(whole)), networks=networks)
    with pytest.raises(PackError, match=reason):
        notes(install_file(store, pack, [whole, path]))
    assert not store.holds(networks[0].files[0])
