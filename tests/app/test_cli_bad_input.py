"""Bad words, texts and names: one sentence, exit code 1 or 2, and nothing is left behind."""

import resource
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import TEXT, interstep

from app.cli import run
from app.commands.write import LONGEST_PROMPT
from app.tutorial.file import TutorialFile
from app.tutorial.importing import MAX_CHARACTERS


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to run in; no test here may leave a file in it."""
    place = tmp_path / "folder"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


Refusal = Callable[..., str]


@pytest.fixture
def refusal(capsys: pytest.CaptureFixture[str]) -> Refusal:
    """Run a command that needs no engine, in this process; return its code and sentence."""

    def refused(*words: str, code: int) -> str:
        try:
            ended: object = run(words)
        except SystemExit as end:  # the parser of the options
            ended = end.code
        assert ended == code
        out, err = capsys.readouterr()
        assert out == ""
        last: str = err.splitlines()[-1]
        assert last.startswith("interstep"), err
        return last

    return refused


# ---------------------------------------------------------------- prompts


@pytest.mark.parametrize("prompt", ["", "   ", "\n\t\r", "\x01\x7f\x1b", "\u2003\u00a0"])
def test_an_empty_prompt(prompt: str, folder: Path, refusal: Refusal) -> None:
    assert "Say what to teach" in refusal("write", prompt, code=2)
    assert "Say what to teach" in refusal("write", code=2)
    assert not list(folder.iterdir())


def test_a_huge_prompt(folder: Path) -> None:
    refused = interstep("write", "pasta " * 17_000, cwd=folder)
    assert refused.code == 2
    assert f"{LONGEST_PROMPT} at most" in refused.sentence()
    assert not list(folder.iterdir())


def test_a_prompt_that_is_not_utf_8(folder: Path) -> None:
    refused = interstep("write", b"How do I cook \xff\xfe pasta?", cwd=folder)
    assert refused.code == 2
    assert "not UTF-8" in refused.sentence()
    assert not list(folder.iterdir())


# ---------------------------------------------------------------- texts

TEXTS = (
    (b"", "is empty"),
    (b" \r\n\t\n", "is empty"),
    (b"Wash the d\xf6g.", "UTF-8"),
    (TEXT.encode("utf-16"), "UTF-8"),
    (b"Wash\0the dog", "no text file"),
    (b"Wash the dog. " * 75_000, "longer than 200,000 characters"),
)


@pytest.mark.parametrize(("text", "said"), TEXTS)
@pytest.mark.parametrize("way", ["file", "stdin"])
def test_a_text_that_is_none(
    text: bytes, said: str, way: str, tmp_path: Path, folder: Path
) -> None:
    (tmp_path / "given.txt").write_bytes(text)
    source = "../given.txt" if way == "file" else "-"
    refused = interstep("write", "--from", source, "-o", "t.html", cwd=folder, given=text)
    assert refused.code == 1
    assert said in refused.sentence()
    assert not list(folder.iterdir())


@pytest.mark.parametrize("source", ["-", "/dev/stdin"])
def test_an_endless_text_is_not_read_to_its_end(source: str, folder: Path) -> None:
    def little_memory() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (2**30, 2**30))

    words = ("write", "--from", source, "-o", "t.html")
    endless = Path("/dev/zero").open("rb")  # noqa: SIM115  (closed by interstep)
    refused = interstep(*words, cwd=folder, given=endless, before=little_memory)
    assert refused.code == 1
    assert "longer than" in refused.sentence()
    assert not list(folder.iterdir())


def test_a_text_at_the_limit_is_taken(folder: Path, tmp_path: Path) -> None:
    text = tmp_path / "long.txt"
    text.write_text(("Wash the dog. " * MAX_CHARACTERS)[:MAX_CHARACTERS])
    made = interstep("write", "--from", text, "-o", "t.interstep", cwd=folder)
    assert made.code == 0, made.err
    with TutorialFile.open(folder / "t.interstep") as file:
        assert 1 <= len(file.tutorial.steps) <= 20


def test_a_text_that_is_not_there(folder: Path, refusal: Refusal) -> None:
    said = refusal("write", "--from", "no-such-thing", "-o", "t.html", code=2)
    assert "neither a file nor a built-in tutorial 'no-such-thing'" in said
    said = refusal("write", "--from", "Repot-a-cactuss", "-o", "t.html", code=2)
    assert "did you mean repot-a-cactus" in said
    refusal("write", "--from", ".", "-o", "t.html", code=1)  # a folder
    refusal("write", "--from", "x" * 5000, "-o", "t.html", code=2)  # no name that can be
    assert not list(folder.iterdir())


# ---------------------------------------------------------------- options

WRONG = (
    ("write", "Boil an egg", "--steps", "0"),
    ("write", "Boil an egg", "--steps", "21"),
    ("write", "Boil an egg", "--steps", "-1"),
    ("write", "Boil an egg", "--steps", "1.5"),
    ("write", "Boil an egg", "--steps", "\u0665"),  # an Arabic five
    ("write", "Boil an egg", "--steps", "9" * 5000),
    ("write", "Boil an egg", "--seed", "-1"),
    ("write", "Boil an egg", "--seed", "1e3"),
    ("write", "Boil an egg", "--seed", "1234567890"),
    ("write", "Boil an egg", "-o", "egg.pdf"),
    ("write", "Boil an egg", "-o", "egg"),
    ("write", "--from", "wash-a-dog", "--steps", "3"),
    ("write", "Boil an egg", "--from", "wash-a-dog"),
    ("write", "--from", "wash-a-dog", "--image", "dog.jpg"),
    ("redraw", "x.interstep"),
    ("redraw", "x.interstep", "--step", "0"),
    ("redraw", "x.interstep", "--step", "-1"),
    ("redraw", "x.interstep", "--step", "9" * 5000),
    ("redraw", "x.interstep", "--step", "1", "--neighbours", "left"),
    ("redraw", "x.interstep", "--step", "1", "--neighbours", "none,next"),
    ("redraw", "x.interstep", "--step", "1", "--neighbours", ""),
    ("redraw", "x.interstep", "--step", "1", "--mode", "better"),
    ("redraw", "x.interstep", "--step", "1", "--mode", "fix"),
    ("redraw", "x.interstep", "--step", "1", "--instruction", "make it red"),
    ("export", "x.interstep"),
    ("export", "x.interstep", "-o", "x.pdf"),
    ("export", "x.interstep", "y.interstep", "-o", "x.html"),
    ("export", "a/x.interstep", "b/x.interstep", "-o", "out"),
    ("packs",),
    ("packs", "install"),
    ("packs", "install", "starter", "--writer", "x.gguf"),
    ("packs", "bake"),
    ("teach",),
)


@pytest.mark.parametrize("words", WRONG, ids=lambda words: " ".join(words)[:60])
def test_wrong_usage(words: tuple[str, ...], folder: Path, refusal: Refusal) -> None:
    refusal(*words, code=2)
    assert not list(folder.iterdir())


def test_what_is_not_there(folder: Path, refusal: Refusal, tmp_path: Path) -> None:
    assert "does not exist" in refusal("export", "no.interstep", "-o", "no.html", code=1)
    assert "does not exist" in refusal("redraw", "no.interstep", "--step", "1", code=1)
    refusal("write", "Boil an egg", "--image", "no.jpg", "-o", "egg.html", code=1)
    (tmp_path / "text.jpg").write_text("no picture")
    refusal("write", "Boil an egg", "--image", "../text.jpg", "-o", "egg.html", code=1)
    said = refusal("write", "--from", "wash-a-dog", "-o", "no/such/folder/dog.html", code=1)
    assert said == "interstep: The folder no/such/folder does not exist: make it first."
    assert not list(folder.iterdir())


def test_a_pack_that_is_not_there(folder: Path, empty_store: dict[str, str]) -> None:
    asked = (
        ("write", "Boil an egg", "--pack", "gigantic", "-o", "egg.html"),
        ("packs", "show", "gigantic"),
        ("packs", "verify", "starter"),
        ("packs", "remove", "starter"),
        ("packs", "install", "gigantic"),
        ("packs", "install", "../../etc"),
    )
    for words in asked:
        refused = interstep(*words, cwd=folder, env=empty_store)
        assert refused.sentence()
        assert refused.code == 1
    assert not list(folder.iterdir())


@pytest.mark.parametrize(
    ("words", "said"),
    [(("--pack", "nope"), "There is no pack 'nope'"), (("--painter", "klein"), "klein")],
)
def test_what_can_not_be_painted_is_not_in_the_way_of_the_next_try(
    words: tuple[str, ...], said: str, folder: Path, empty_store: dict[str, str]
) -> None:
    made = ("write", "--from", "wash-a-dog", "-o", "dog.html", *words)
    refused = interstep(*made, cwd=folder, env=empty_store)
    assert refused.code == 1
    assert said in refused.sentence()
    assert "kept" not in refused.err
    assert not list(folder.iterdir())


def test_a_typed_text_is_kept_though_it_can_not_be_painted(
    folder: Path, empty_store: dict[str, str]
) -> None:
    words = ("write", "--from", "-", "-o", "dog.html", "--pack", "nope")
    refused = interstep(*words, cwd=folder, env=empty_store, given=TEXT.encode())
    told = f"6 steps are kept in {folder / 'dog.interstep'}, 0 with a picture."
    assert refused.sentence().endswith(told)
    assert [path.name for path in folder.iterdir()] == ["dog.interstep"]


def test_names_are_in_the_sentence(folder: Path, refusal: Refusal) -> None:
    said = refusal("write", "Boil an egg", "-o", "egg.pdf", code=2)
    assert "end the name in .interstep, .md or .html." in said
    said = refusal("export", "a/tea.interstep", "b/tea.interstep", "-o", "out", code=2)
    assert "Two of the tutorials are named tea:" in said


# ---------------------------------------------------------------- redraw


@pytest.mark.parametrize(
    "words",
    [
        ("--step", "7"),
        ("--step", "21"),
        ("--step", "1", "--mode", "fix", "--instruction", "add a passport"),
        ("--step", "1", "--mode", "fix", "--instruction", "\ufffe <|im_end|> 'q' \x1b " * 2000),
    ],
    ids=["no step", "far too many", "no drawing", "no instruction"],
)
def test_redraw_of_what_can_not_be_drawn(words: tuple[str, ...], dog: Path) -> None:
    said = interstep("redraw", dog, *words, cwd=dog.parent).sentence()
    assert ("has 6 steps, so there is no step" in said) == (len(words) == 2)
    with TutorialFile.open(dog) as file:
        assert file.problems == ()
        assert all(len(step.pictures[0].takes) == 1 for step in file.tutorial.steps)


# ---------------------------------------------------------------- names

NAMES = (
    "two words and 'quotes' \"of\" both kinds",
    "\U0001f335 \U0001f469\u200d\U0001f373",
    "\u4ed9\u4eba\u638c\u6362\u76c6",
    "x" * 200,
    ".hidden",
    "50% off? #1 & [more] <b>",
)


@pytest.mark.parametrize("name", NAMES)
def test_any_name_of_an_output(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("write", "--from", "-", "-o", f"{name}.html")
    made = interstep(*words, cwd=folder, given=b"Wash the dog with soap.\n\nDry the dog.\n")
    assert (made.code, made.out) == (0, f"{name}.html\n"), made.err
    assert {path.name for path in folder.iterdir()} == {f"{name}.html", f"{name}.interstep"}
    assert run(["export", f"{name}.interstep", "-o", f"{name}.md"]) == 0
    assert capsys.readouterr().out == f"{name}.md\n"
    assert list((folder / f"{name}-images").glob("*.png"))


def test_a_name_that_is_too_long_for_the_disk(folder: Path, refusal: Refusal) -> None:
    for name in ("x" * 250, "\u638c" * 200, "x" * 5000):
        for words in (("write", "--from", "wash-a-dog"), ("export", "no.interstep")):
            said = refusal(*words, "-o", f"{name}.html", code=1)
            assert "too long" in said or "does not exist" in said
    assert not list(folder.iterdir())
