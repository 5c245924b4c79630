"""A pack's file that something has touched is read again before any library is given it."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from inference.engine import Engine
from inference.packs.install import install_file
from inference.packs.manifest import Manifest, Weights, shipped
from inference.packs.reports import Reports, T
from inference.packs.sources import hashed
from inference.packs.store import Store
from inference.packs.upkeep import verify
from inference.protocol import Event, Failed, Finished, Load, Progress
from inference.writer.model import Model

LATER = 1_700_000_000_000_000_000  # nanoseconds


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "packs")


@pytest.fixture
def pack(store: Store, tiny_gguf: Path, tmp_path: Path) -> Manifest:
    """A pack of a tiny writer that stands for the reader too, installed as a person would."""
    copy = tmp_path / "given.gguf"
    copy.write_bytes(tiny_gguf.read_bytes())
    draft = Weights("tiny.gguf", copy.stat().st_size, "", "none")
    reports = hashed(copy, "")
    item = replace(draft, sha256=_returned(reports))
    starter = shipped("starter")
    wanted = replace(starter, id="tiny", writer=item, reader=item)
    return _returned(install_file(store, wanted, [copy]))


def _returned(reports: Reports[T]) -> T:
    try:
        while True:
            next(reports)
    except StopIteration as end:
        value: T = end.value
        return value


def load(store: Store) -> list[Event]:
    engine = Engine(store)
    events = list(engine.handle(Load("r", "tiny")))
    engine.close()
    return events


def checked(events: list[Event]) -> bool:
    return any(isinstance(e, Progress) and e.what == "Checking tiny.gguf" for e in events)


def test_a_byte_flipped_in_place_never_reaches_llama_cpp(
    store: Store, pack: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Path] = []
    monkeypatch.setattr(Model, "__init__", lambda _self, path, *_, **__: given.append(path))
    place = store.place(pack.writer)
    with place.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        last = file.read(1)
        file.seek(-1, os.SEEK_END)
        file.write(bytes([last[0] ^ 1]))
    *_, failed = load(store)
    assert isinstance(failed, Failed)
    assert "“tiny.gguf” was changed on this disk" in failed.message
    assert "packs install" in failed.hint
    assert given == []
    [aside] = store.quarantine.iterdir()
    assert str(aside) in failed.message
    assert not place.exists()


def test_a_file_that_nothing_has_touched_is_not_read_again(store: Store, pack: Manifest) -> None:
    events = load(store)
    assert events[-1] == Finished("r")
    assert not checked(events)
    place = store.place(pack.writer)
    os.utime(place, ns=(LATER, LATER))  # as a copied folder has it
    events = load(store)
    assert events[-1] == Finished("r")
    assert checked(events)
    assert not checked(load(store)), "what was found is kept"
    os.utime(place, ns=(LATER, LATER + 1))
    list(verify(store, "tiny"))
    assert not checked(load(store)), "a verification reads them too"


def test_what_an_earlier_version_installed_is_read_once(store: Store, pack: Manifest) -> None:
    [stamp] = (store.folder / "stamps").iterdir()
    stamp.unlink()
    assert checked(load(store))
    assert not checked(load(store))
    stamp.write_text("9" * 10_000)
    assert checked(load(store))
    assert stamp.stat().st_size < 100
    store.drop(pack)
    assert not stamp.exists()
    assert not store.place(pack.writer).exists()
