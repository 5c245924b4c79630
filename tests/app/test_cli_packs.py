"""`interstep packs` over an account of its own: local files, wrong and damaged ones."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import gguf
import numpy as np
import pytest
from command_line import Outcome, interstep

Packs = Callable[..., Outcome]


@pytest.fixture
def packs(tmp_path: Path, empty_store: dict[str, str]) -> Packs:
    """Run `interstep packs …`; nothing may be fetched from a network."""
    env = empty_store | {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": "/dev/null"}

    def run(*words: str | Path, command: str = "packs") -> Outcome:
        return interstep(command, *words, cwd=tmp_path, env=env)

    return run


@pytest.fixture
def given(tmp_path: Path, starter_gguf: Path) -> Path:
    """A copy of the starter's writer, under a name of a person's own."""
    return Path(shutil.copy(starter_gguf, tmp_path / "My Writer.gguf"))


def flip(path: Path, place: int) -> None:
    with path.open("r+b") as file:
        file.seek(place)
        (byte,) = file.read(1)
        file.seek(place)
        file.write(bytes([byte ^ 0x40]))


def weights(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("weights/*/*") if path.is_file()]


def test_a_writer_that_is_not_there(packs: Packs, tmp_path: Path) -> None:
    for path in (tmp_path / "no.gguf", tmp_path):
        refused = packs("install", "--writer", path)
        assert refused.code == 1
        assert "can't be used as a writer" in refused.sentence()
    assert not weights(tmp_path)


def cut_in_the_header(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def cut_in_the_weights(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def text(path: Path) -> None:
    path.write_text("I am a writer, trust me.\n" * 1000)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def wrong_magic(path: Path) -> None:
    flip(path, 1)


def huge_count(path: Path) -> None:
    flip(path, 15)


def long_name(path: Path) -> None:
    flip(path, 28)


SPOILT = (cut_in_the_header, cut_in_the_weights, text, empty, wrong_magic, huge_count, long_name)


@pytest.mark.parametrize("spoil", SPOILT)
def test_a_writer_that_is_damaged(
    spoil: Callable[[Path], None], packs: Packs, given: Path, tmp_path: Path
) -> None:
    spoil(given)
    before = given.read_bytes()
    refused = packs("install", "--writer", given)
    assert refused.code == 1
    assert "“My Writer.gguf” can't be used as a writer" in refused.sentence()
    assert given.read_bytes() == before
    assert not weights(tmp_path)
    assert re.search(r"^\S? +starter +98 MB to download", packs("list").out, re.MULTILINE)


def test_a_wrong_hash(packs: Packs, given: Path, tmp_path: Path) -> None:
    flip(given, given.stat().st_size - 1000)
    before = given.read_bytes()
    refused = packs("install", "starter", given)
    assert refused.code == 1
    assert "its sha256 does not match" in refused.sentence()
    given.write_bytes(before[:-1])
    refused = packs("install", "starter", given)
    assert refused.code == 1
    assert "has not the 98362432 bytes" in refused.sentence()
    assert not weights(tmp_path)


def test_install_verify_and_remove_from_a_local_file(
    packs: Packs, given: Path, tmp_path: Path
) -> None:
    installed = packs("install", "starter", given)
    assert installed.code == 0, installed.err
    assert "The pack starter is installed." in installed.err
    assert packs("verify", "starter").code == 0
    (stored,) = weights(tmp_path)
    flip(stored, 50_000_000)
    damaged = packs("verify", "starter")
    assert damaged.code == 1
    assert "is damaged and was moved to" in damaged.sentence()
    assert "interstep packs install starter" in damaged.sentence()
    assert re.search(r"^\S? +starter +damaged", packs("list").out, re.MULTILINE)
    removed = packs("remove", "starter")
    assert removed.code == 0, removed.err
    assert not weights(tmp_path)


def test_any_other_writer(packs: Packs, given: Path, starter_gguf: Path, tmp_path: Path) -> None:
    """A pack of its own with the person's GGUF; the reader and painter stay the starter's."""
    assert packs("install", "starter", starter_gguf).code == 0
    made = packs("install", "--writer", given)
    assert made.code == 0, made.err
    shown = packs("show", "my-writer").out
    assert "197 MB in all, installed" in shown
    assert "writer: my-writer.gguf, 98 MB" in shown
    assert "from a file of your own" in shown
    words = ("Boil an egg", "--pack", "my-writer", "--steps", "1", "--seed", "1", "-o", "egg.md")
    written = packs(*words, command="write")
    assert written.code == 0, written.err
    page = (tmp_path / "egg.md").read_text()
    assert page.count("\n## ") == 1
    assert "Rough draft" in page


def test_eyes_that_are_none(packs: Packs, given: Path) -> None:
    refused = packs("install", "--writer", given, "--eyes", given)
    assert refused.code == 1
    assert "can't be the eyes of this writer: it holds no eyes" in refused.sentence()
    alone = packs("install", "starter", "--eyes", given)
    assert (alone.code, "--eyes goes with --writer" in alone.err) == (2, True)


def test_a_writer_that_llama_cpp_can_not_load(
    packs: Packs, starter_gguf: Path, tmp_path: Path
) -> None:
    hollow = tmp_path / "hollow.gguf"
    file = gguf.GGUFWriter(hollow, "llama")
    file.add_block_count(1)
    file.add_tensor("token_embd.weight", np.zeros(2000, np.float32))
    file.write_header_to_file()
    file.write_kv_data_to_file()
    file.write_tensors_to_file()
    file.close()
    assert packs("install", "starter", starter_gguf).code == 0
    assert packs("install", "--writer", hollow).code == 0
    refused = packs("Boil an egg", "--pack", "hollow", "-o", "egg.html", command="write")
    assert refused.code == 1
    assert refused.sentence()
    assert not list(tmp_path.glob("egg*"))


def test_a_pack_is_shown_in_lines(packs: Packs) -> None:
    shown = packs("show", "klein-12")
    assert shown.code == 0, shown.err
    assert "writer and reader: Qwen3VL-4B-Instruct-Q8_0.gguf, 4.3 GB, Apache-2.0" in shown.out
    assert "from the model hub: black-forest-labs/FLUX.2-klein-4B, vae/" in shown.out
    starter = packs("show", "starter").out
    assert starter.startswith("starter: Starter\nRuns on any computer")
    assert "98 MB in all, 98 MB to download; pictures: storyboard" in starter
    assert re.search(r"^  sha256 [0-9a-f]{64}$", starter, re.MULTILINE)
    assert max(map(len, (shown.out + starter).splitlines())) < 200
    assert "There is no pack 'none'" in packs("show", "none").sentence()


def test_a_plan_for_a_card(packs: Packs) -> None:
    told = packs("plan", "klein-8", "--vram", "8")
    assert told.code == 0, told.err
    assert told.out.startswith("klein-8 on a card with 8.0 GiB: pictures of 1024 pixels")
    rows = {row[:24].strip(): row[24:].split("  ") for row in told.out.splitlines()[2:] if row}
    assert {"writer", "eyes", "KV cache", "transformer", "VAE", "at work", "in all"} <= rows.keys()
    sums = [float(cell) for cell in re.findall(r"([\d.]+) GiB", "  ".join(rows["in all"]))]
    assert len(sums) == 4
    assert max(sums) < 8.0 - 1.2
    assert "not measured on a card" in told.out


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("klein-24", "--vram", "8"), 1, "11.7 GiB of the card's memory, and 8.0 GiB are free"),
        (("laptop", "--vram", "8"), 1, "uses no card"),
        (("nothing", "--vram", "8"), 1, "There is no pack 'nothing'"),
        (("klein-8", "--vram", "eight"), 2, "give a number such as 12"),
        (("klein-8", "--vram", "8.5.1"), 2, "give a number such as 12"),
        (("klein-8", "--vram", "-8"), 2, "give a number such as 12"),
    ],
)
def test_a_plan_that_can_not_be(
    packs: Packs, words: tuple[str, ...], code: int, sentence: str
) -> None:
    refused = packs("plan", *words)
    assert refused.code == code
    assert sentence in refused.err
