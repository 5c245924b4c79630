"""Any tutorial comes back from its Markdown export as it was."""

import hashlib
import io
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.exporting.writing import export
from app.tutorial.importing import read_markdown
from app.tutorial.model import CALLOUTS, Callout, Picture, Step, Take, Tutorial, new_id
from app.tutorial.notation import LABELS, MARKER, escaped, items, joined, unescaped


def painted(colour: int) -> Take:
    """Return a tiny PNG take as an engine would paint it."""
    out = io.BytesIO()
    Image.new("RGB", (4, 4), (colour, 90, 160)).save(out, "PNG")
    data = out.getvalue()
    return Take(hashlib.sha256(data).hexdigest(), "image/png", 4, 4, data, {"seed": colour}, {})


TAKES = {take.sha256: take for take in map(painted, range(5))}

ANY = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=20)
LOOKALIKE = st.sampled_from(
    [
        "## 3. x",
        "# x",
        "##",
        " ## 1. y",
        "> **Tip:** careful",
        " > **Note:** careful",
        "![alt](step-1.png)",
        "![](x-images/step-1.png)",
        "Picture: a cat",
        "Time: 5 minutes",
        "You need: a, b",
        "Tools: c",
        "```",
        "    code",
        "\\## z",
        MARKER,
        "*Rough draft by a small model: check every step before you follow it.*",
        "&#32;a\\",
        "a\\, b",
        "# a #",
        "1. one",
    ]
)
LINE = ANY | LOOKALIKE
BODY = st.lists(LINE, max_size=6).map(lambda lines: "\n".join(lines).strip("\n"))
FIELD = LINE | st.builds("{}\n{}".format, LINE, LINE)
NEED = FIELD.filter(str.strip)
CALLOUT = st.builds(Callout, st.sampled_from(CALLOUTS), FIELD)


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    chosen = draw(st.sampled_from(sorted(TAKES)))
    return Picture(id=new_id(), alt_text=draw(FIELD), takes=(chosen,), chosen=chosen)


STEP = st.builds(
    Step,
    id=st.builds(new_id),
    title=FIELD,
    body=BODY,
    callouts=st.lists(CALLOUT, max_size=2).map(tuple),
    pictures=st.lists(pictures(), max_size=3).map(tuple),
    duration=FIELD,
)


@st.composite
def tutorials(draw: st.DrawFn) -> Tutorial:
    draft = draw(st.booleans())
    steps = draw(st.lists(STEP, max_size=4))
    needs = st.lists(NEED, max_size=3).map(tuple)
    return Tutorial(
        id=new_id(),
        title=draw(FIELD),
        summary=draw(FIELD),
        materials=draw(needs),
        tools=draw(needs),
        duration=draw(FIELD),
        difficulty=draw(FIELD),
        given=tuple(draw(st.lists(st.sampled_from(sorted(TAKES)), max_size=2))),
        steps=tuple(replace(step, draft=draft) for step in steps),
    )


def without_ids(tutorial: Tutorial) -> Tutorial:
    """Return the tutorial with all ids blank."""
    steps = tuple(
        replace(step, id="", pictures=tuple(replace(picture, id="") for picture in step.pictures))
        for step in tutorial.steps
    )
    return replace(tutorial, id="", steps=steps)


@given(tutorial=tutorials())
def test_a_tutorial_comes_back_as_it_was(tutorial: Tutorial) -> None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "my (best) tutorial's #1 ☕.md"
        export(tutorial, TAKES, out)
        imported = read_markdown(out)
    assert without_ids(imported.tutorial) == without_ids(replace(tutorial, given=()))
    assert imported.notices == ()
    chosen = {picture.chosen for step in tutorial.steps for picture in step.pictures}
    assert set(imported.takes) == chosen, "photos given to the writer stay at home"
    assert all(TAKES[name].data == take.data for name, take in imported.takes.items())


@given(FIELD)
def test_a_field_comes_back_from_one_line(text: str) -> None:
    line = escaped(text)
    assert "\n" not in line
    assert unescaped(line) == text


@given(st.lists(NEED, max_size=4).map(tuple))
def test_needs_come_back_from_one_line(needs: tuple[str, ...]) -> None:
    assert items(joined(needs)) == needs


@pytest.mark.parametrize("label", LABELS)
def test_a_summary_that_looks_like_a_label_stays_a_summary(label: str, tmp_path: Path) -> None:
    tutorial = Tutorial(id="t", title="T", summary=f"{label}: nothing")
    export(tutorial, {}, tmp_path / "a.md")
    assert read_markdown(tmp_path / "a.md").tutorial.summary == f"{label}: nothing"


def test_blank_lines_around_a_body_are_all_that_changes(tmp_path: Path) -> None:
    body = "\n\n  indented\n\nlast  \n\n"
    tutorial = Tutorial(id="t", steps=(Step(id="s", body=body),))
    export(tutorial, {}, tmp_path / "a.md")
    assert read_markdown(tmp_path / "a.md").tutorial.steps[0].body == "  indented\n\nlast  "


def test_the_file_reads_well(tmp_path: Path) -> None:
    take = painted(1)
    picture = Picture("p", alt_text="A pot", takes=(take.sha256,), chosen=take.sha256)
    step = Step(
        "s",
        "Fill it",
        "Pour *slowly*.",
        (Callout("caution", "Hot!"),),
        (picture, Picture("q", description="never painted")),
        draft=True,
    )
    tutorial = Tutorial("t", "Brew tea", "A good cup.", materials=("a pot, large", "leaves"))
    tutorial = replace(tutorial, duration="5 minutes", steps=(step,))
    files = export(tutorial, TAKES, tmp_path / "tea.md")
    assert files == [tmp_path / "tea.md", tmp_path / "tea-images" / "step-1.png"]
    assert files[1].read_bytes() == take.data
    assert files[0].read_text(encoding="utf-8") == (
        "# Brew tea\n\nA good cup.\n\n"
        "*Rough draft by a small model: check every step before you follow it.*\n\n"
        "You need: a pot\\, large, leaves\n\nTime: 5 minutes\n\n"
        "## 1. Fill it\n\nPour *slowly*.\n\n> **Caution:** Hot!\n\n"
        f"![A pot](tea-images/step-1.png)\n\n{MARKER}\n"
    )
