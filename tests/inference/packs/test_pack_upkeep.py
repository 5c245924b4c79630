import os
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import gguf
import numpy as np
import pytest
from conftest import MakeGguf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_eyes import Seer
from tiny_packs import notes, pack_of, weights_of

from inference.packs.install import install_file
from inference.packs.manifest import Manifest, catalogue
from inference.packs.reports import PackError, in_words
from inference.packs.store import Store
from inference.packs.upkeep import choose, pack_with_writer, recommend, remove, verify

GB = 10**9


def test_a_file_of_another_size_does_not_count_as_there(store: Store, make_gguf: MakeGguf) -> None:
    path = make_gguf()
    pack = pack_of(weights_of(path))
    notes(install_file(store, pack, [path]))
    (entry,) = store.listing([pack])
    assert entry.ready
    place = store.path(pack.writer)
    place.unlink()
    place.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(PackError, match=r"tiny\.gguf is missing or damaged"):
        store.path(pack.writer)
    (entry,) = store.listing([pack])
    assert (entry.ready, entry.download) == (False, pack.writer.size)


def test_an_earlier_version_of_a_pack_lacks_what_is_new(store: Store, make_gguf: MakeGguf) -> None:
    old, new = make_gguf("old.gguf", 1), make_gguf("new.gguf", 2)
    notes(install_file(store, pack_of(weights_of(old)), [old]))
    later = pack_of(weights_of(new))
    (entry,) = store.listing([later])
    assert (entry.manifest, entry.missing, entry.ready) == (later, (later.writer,), False)
    notes(install_file(store, later, [new]))
    (entry,) = store.listing([later])
    assert entry.ready
    assert [path.name for path in store.folder.glob("weights/*/*")] == ["new.gguf"]


def test_verify_names_whole_and_bad_files(store: Store, make_gguf: MakeGguf) -> None:
    writer, reader = make_gguf("writer.gguf", 1), make_gguf("reader.gguf", 2)
    pack = pack_of(weights_of(writer), weights_of(reader))
    notes(install_file(store, pack, [writer, reader]))
    record = store.record("starter")
    record.write_text(record.read_text().replace(store.installed()[0].time, "2020-01-01"))
    assert notes(verify(store, "starter")) == ["“writer.gguf” is whole.", "“reader.gguf” is whole."]
    (checked,) = store.installed()
    assert checked.time > "2026"
    place = store.path(pack.reader)
    data = bytearray(place.read_bytes())
    data[-3] ^= 4
    place.unlink()
    place.write_bytes(data)
    with pytest.raises(PackError, match=r"“reader\.gguf” is damaged and was moved to") as caught:
        notes(verify(store, "starter"))
    assert caught.value.hint == "Fetch it again: interstep packs install starter"
    assert [file.read_bytes() for file in store.quarantine.iterdir()] == [bytes(data)]
    with pytest.raises(PackError, match=r"“reader\.gguf” is missing"):
        notes(verify(store, "starter"))
    assert store.installed() == (checked,), "a pack that is not whole was not checked anew"


def damaged(store: Store, path: Path) -> tuple[Manifest, Path]:
    """Return a pack of this file, installed, and where zeros of its size lie in its place."""
    pack = pack_of(weights_of(path))
    notes(install_file(store, pack, [path]))
    place = store.path(pack.writer)
    place.unlink()
    place.write_bytes(bytes(pack.writer.size))
    return pack, place


def test_installing_again_repairs_a_file_of_the_right_size(
    store: Store, make_gguf: MakeGguf
) -> None:
    path = make_gguf()
    pack, place = damaged(store, path)
    (note,) = notes(install_file(store, pack, [path]))
    assert note.startswith("“tiny.gguf” was damaged")
    assert place.read_bytes() == path.read_bytes()


def test_remove_keeps_what_another_pack_needs(store: Store, make_gguf: MakeGguf) -> None:
    writer, reader = make_gguf("writer.gguf", 1), make_gguf("reader.gguf", 2)
    starter = pack_of(weights_of(reader))
    laptop = pack_of(weights_of(writer), weights_of(reader), "laptop")
    notes(install_file(store, starter, [reader]))
    notes(install_file(store, laptop, [writer]))
    assert remove(store, "laptop") == laptop.writer.size
    assert [entry.manifest for entry in store.installed()] == [starter]
    assert store.holds(starter.reader)
    assert remove(store, "starter") == starter.reader.size
    assert list((store.folder / "weights").iterdir()) == []
    assert (writer.exists(), reader.exists()) == (True, True)
    with pytest.raises(PackError, match="The pack starter is not installed"):
        remove(store, "starter")


def test_remove_clears_what_was_set_aside(store: Store, make_gguf: MakeGguf) -> None:
    path = make_gguf()
    pack, _ = damaged(store, path)
    with pytest.raises(PackError, match="was moved to"):
        notes(verify(store, "starter"))
    others = store.quarantine / f"0123456789ab-a-{path.name}"
    others.write_bytes(b"of another pack")
    assert notes(install_file(store, pack, [path])) == []
    assert remove(store, "starter") == 2 * pack.writer.size
    assert list(store.quarantine.iterdir()) == [others]


def test_files_that_are_not_needed_are_told(store: Store, make_gguf: MakeGguf) -> None:
    path, other = make_gguf("tiny.gguf", 1), make_gguf("other.gguf", 2)
    pack = pack_of(weights_of(path))
    assert notes(install_file(store, pack, [path])) == []
    told = notes(install_file(store, pack, [other]))
    assert told == ["The pack starter had all its files. Not used: other.gguf."]


def test_a_newer_manifest_frees_the_old_files(store: Store, make_gguf: MakeGguf) -> None:
    old, new = make_gguf("old.gguf", 1), make_gguf("new.gguf", 2)
    before, after = pack_of(weights_of(old)), pack_of(weights_of(new))
    notes(install_file(store, before, [old]))
    notes(install_file(store, after, [new]))
    assert (store.holds(before.writer), store.holds(after.writer)) == (False, True)


def test_any_gguf_becomes_the_writer_of_a_pack(store: Store, make_gguf: MakeGguf) -> None:
    reader, own = make_gguf("reader.gguf", 1), make_gguf("My Größe 7B (Q4).gguf", 2)
    packs = [pack_of(weights_of(reader))]
    notes(install_file(store, packs[0], [reader]))
    notes(pack_with_writer(store, packs, own))
    notes(pack_with_writer(store, packs, own))  # the same file: the same pack
    made, starter = (entry.manifest for entry in store.installed())
    assert (made.id, starter.id) == ("my-gr-e-7b-q4", "starter")
    assert (made.name, made.languages, made.weak) == ("Tiny[31m writer", (), True)
    assert (made.chat_format, made.begin_of_vision) == ("", "")
    assert (made.reader, made.painter) == (starter.reader, starter.painter)
    assert store.path(made.writer).read_bytes() == own.read_bytes()
    assert [entry.manifest for entry in store.listing(packs)] == [starter, made]
    other = own.with_name("starter.gguf")
    own.replace(other)
    other.write_bytes(make_gguf("x.gguf", 3).read_bytes())
    notes(pack_with_writer(store, packs, other))
    assert "starter-2" in {entry.manifest.id for entry in store.installed()}
    with pytest.raises(PackError, match=r"sha256 does not match|damaged"):
        notes(verify(store, made.id))  # written over in place: a hard link shares its bytes


def test_a_writer_of_ones_own_brings_its_eyes(
    store: Store, make_gguf: MakeGguf, seer: Seer
) -> None:
    reader = make_gguf("reader.gguf", 1)
    packs = [pack_of(weights_of(reader))]
    notes(install_file(store, packs[0], [reader]))
    writer, eyes = seer.model.path, seer.path
    notes(pack_with_writer(store, packs, writer))
    assert (store.manifest("text").eyes, store.manifest("text").vision) == (False, None)
    for files in ((writer, eyes), (eyes, writer)):  # which is which is found out
        notes(pack_with_writer(store, packs, *files))
        made = store.manifest("text")
        assert made.vision is not None
        assert made.eyes
        assert store.path(made.writer).read_bytes() == writer.read_bytes()
        assert store.path(made.vision).read_bytes() == eyes.read_bytes()
    assert len(store.installed()) == 2
    with pytest.raises(PackError, match=r"“eyes\.gguf” holds the eyes of a writer, and no writer"):
        notes(pack_with_writer(store, packs, eyes))
    with pytest.raises(
        PackError, match=r"“eyes\.gguf” can't be the eyes of this writer: it belongs"
    ):
        notes(pack_with_writer(store, packs, reader, eyes))
    with pytest.raises(PackError, match=r"“reader\.gguf” can't be the eyes .*: it holds no eyes"):
        notes(pack_with_writer(store, packs, writer, reader))
    with pytest.raises(PackError, match=r"can't be the eyes of this writer: No such file"):
        notes(pack_with_writer(store, packs, writer, eyes.with_name("absent.gguf")))


@pytest.mark.parametrize("size", [0, 3, 40, 120])
def test_a_broken_gguf_makes_no_pack(store: Store, make_gguf: MakeGguf, size: int) -> None:
    path = make_gguf()
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(PackError, match=r"“tiny\.gguf” can't be used as a writer"):
        notes(pack_with_writer(store, catalogue(), path))
    assert not store.folder.exists()


@pytest.mark.parametrize(
    ("pieces", "numbers", "sentence"),
    [(3, True, "is one of 3 pieces"), (1, False, "holds no language model")],
)
def test_a_gguf_that_is_not_a_whole_model_makes_no_pack(
    store: Store, tmp_path: Path, pieces: int, numbers: bool, sentence: str
) -> None:
    path = tmp_path / "part.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_uint16("split.count", pieces)
    if numbers:
        writer.add_tensor("token_embd.weight", np.zeros(8, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(PackError, match=sentence):
        notes(pack_with_writer(store, catalogue(), path))


def test_the_first_choice(store: Store) -> None:
    packs = catalogue()
    assert choose(store, packs, 8 * GB, 50 * GB)[1] == (
        "The pack laptop is used, 1.2 GB to download once:"
        " 8.0 GB of memory are free and it wants 6.0 GB."
    )
    assert choose(store, packs, 3 * GB, 50 * GB)[1] == (
        "The pack starter is used, 98 MB to download once;"
        " the pack laptop wants 6.0 GB of free memory and 3.0 GB are there."
    )
    poor, reason = choose(store, packs, 8 * GB, 1 * GB)
    assert (poor.id, "of disk and 1.0 GB are free" in reason) == ("starter", True)
    assert "memory is short" in choose(store, packs, GB // 2, 50 * GB)[1]


@pytest.mark.parametrize(
    ("card", "memory", "disk", "best"),
    [
        (0, 64, 500, "laptop"),
        (6, 64, 500, "laptop"),
        (8, 64, 500, "klein-8"),
        (12, 64, 500, "klein-12"),
        (17, 64, 500, "klein-16"),
        (96, 64, 500, "klein-24"),
        (96, 11, 500, "klein-8"),
        (96, 64, 15, "laptop"),
        (96, 3, 500, "starter"),
    ],
)
def test_a_pack_for_a_card_is_recommended_only_where_such_a_card_is(
    store: Store, card: int, memory: int, disk: int, best: str
) -> None:
    room = (memory * GB, disk * GB, card * GB)
    assert recommend(store, catalogue(), *room).id == best
    assert choose(store, catalogue(), *room)[0].id in {"laptop", "starter"}


def test_what_is_installed_changes_no_recommendation(store: Store, make_gguf: MakeGguf) -> None:
    path, reader, other = (make_gguf(f"{n}.gguf", n) for n in (1, 2, 3))
    starter = pack_of(weights_of(reader))
    laptop = replace(pack_of(weights_of(path), starter.reader, "laptop"), memory_free=6 * GB)
    packs = [laptop, starter]
    assert recommend(store, packs, 8 * GB, 50 * GB) == laptop
    notes(install_file(store, starter, [reader]))
    notes(pack_with_writer(store, packs, other))
    assert choose(store, packs, 8 * GB, 50 * GB)[0] == starter
    assert recommend(store, packs, 8 * GB, 50 * GB) == laptop
    notes(install_file(store, laptop, [path]))
    assert recommend(store, packs, 8 * GB, 50 * GB) == laptop
    assert recommend(store, packs, 4 * GB, 50 * GB) == starter


def test_an_installed_pack_for_a_card_waits_for_the_card(store: Store, make_gguf: MakeGguf) -> None:
    path = make_gguf()
    starter = pack_of(weights_of(path))
    carded = replace(starter, id="carded", card=8 * GB, memory_free=2 * GB)
    notes(install_file(store, starter, [path]))
    store.write_record(carded)  # it was installed while the card was there
    assert choose(store, [carded, starter], 9 * GB, 9 * GB)[0] == starter
    assert choose(store, [carded, starter], 9 * GB, 9 * GB, 8 * GB)[0] == carded


def test_an_installed_pack_is_chosen_before_a_download(store: Store, make_gguf: MakeGguf) -> None:
    path, reader = make_gguf("writer.gguf", 1), make_gguf("reader.gguf", 2)
    starter = pack_of(weights_of(reader))
    laptop = replace(pack_of(weights_of(path), starter.reader, "laptop"), memory_free=6 * GB)
    notes(install_file(store, starter, [reader]))
    chosen, reason = choose(store, [laptop, starter], 8 * GB, 50 * GB)
    assert (chosen, "it is installed" in reason) == (starter, True)
    notes(install_file(store, laptop, [path]))
    assert choose(store, [laptop, starter], 8 * GB, 50 * GB)[0] == laptop
    assert choose(store, [laptop, starter], 4 * GB, 50 * GB)[0] == starter


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(data=st.data())
def test_a_damaged_record_counts_as_not_installed(
    store: Store, make_gguf: MakeGguf, data: st.DataObject
) -> None:
    path = make_gguf()
    pack = pack_of(weights_of(path))
    notes(install_file(store, pack, [path]))
    record = store.record("starter")
    text = bytearray(record.read_bytes())
    cut = data.draw(st.integers(0, len(text) - 1))
    text[cut] ^= data.draw(st.integers(1, 255))
    record.write_bytes(text[: data.draw(st.integers(cut, len(text)))])
    for entry in store.installed():
        assert entry.manifest.id == "starter"
        assert store.place(entry.manifest.writer).is_relative_to(store.folder)


@pytest.mark.parametrize(
    ("size", "words"),
    [(5, "0.1 MB"), (1_500_000, "1.5 MB"), (98_362_432, "98 MB"), (6 * GB, "6.0 GB")],
)
def test_sizes_in_words(size: int, words: str) -> None:
    assert in_words(size) == words


def test_a_store_that_was_never_used_is_empty(tmp_path: Path) -> None:
    store = Store(tmp_path / "nothing")
    assert (store.installed(), store.disk_use()) == ((), 0)
    assert not store.folder.exists()


@pytest.mark.skipif(os.name == "nt", reason="a closed folder stands for an open file")
def test_what_can_not_be_removed_whole_is_not_installed_and_can_be_removed_later(
    make_gguf: MakeGguf,
) -> None:
    files = make_gguf("writer.gguf", 1), make_gguf("reader.gguf", 2)
    pack = pack_of(*map(weights_of, files))
    store = Store(Path(tempfile.mkdtemp()))  # another account can't enter pytest's own folders
    notes(install_file(store, pack, files))
    gone, kept = sorted(store.path(item) for item in pack.weights())
    folder, user = store.folder, os.geteuid()
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user or 65534, -1)
    kept.parent.chmod(0o500)
    try:
        os.seteuid(user or 65534)  # root may delete anywhere
        with pytest.raises(PackError, match="can't be changed"):
            remove(store, "starter")
    finally:
        os.seteuid(user)
        kept.parent.chmod(0o700)
    assert (gone.exists(), kept.exists()) == (False, True)
    (entry,) = store.listing([pack])
    assert (entry.ready, bool(entry.time)) == (False, True)  # a list says: damaged
    size = kept.stat().st_size
    assert remove(store, "starter") == size
    assert not any(folder.glob("weights/*"))
    shutil.rmtree(folder)


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder in which none can be made")
def test_a_folder_that_can_not_be_made_is_named() -> None:
    with pytest.raises(PackError) as caught, Store(Path("/proc/nope")).changing():
        pass
    assert caught.value.message.startswith("“/proc/nope” can't be read or written: No such file")
    assert "INTERSTEP_PACKS" in caught.value.hint


@pytest.mark.parametrize("code", [5, 32, 33, 1224])
def test_a_file_that_windows_will_not_delete_is_in_use(store: Store, code: int) -> None:
    error = PermissionError(13, "Permission denied", "C:/packs/weights/tiny.gguf")
    error.winerror = code  # type: ignore[attr-defined, unused-ignore]
    with pytest.raises(PackError) as caught, store.changing():
        raise error
    assert caught.value.message == "The file tiny.gguf is in use by a program."
    assert caught.value.hint == "Close the studio and try again"
