"""The hand-written starting tutorials: one Markdown file each, in one folder a domain.

The format is told in README.md beside this file. People start from them, the writers get the
nearest one as their example.
"""

import re
from dataclasses import dataclass
from importlib.resources import files

CALLOUT = re.compile(r"^> \*\*(Tip|Note|Caution|Warning):\*\* ")


@dataclass(frozen=True)
class ExampleStep:
    """A step of a starting tutorial; an empty description means no picture.

    scene: what the picture shows, as scene_lines.py reads it.
    """

    title: str
    body: str
    description: str
    scene: str = ""


@dataclass(frozen=True)
class Example:
    """A starting tutorial; text is the whole file as written, but for the scenes."""

    name: str
    domain: str
    title: str
    summary: str
    materials: tuple[str, ...]
    steps: tuple[ExampleStep, ...]
    text: str


def corpus() -> list[Example]:
    """Read all starting tutorials, by domain and name."""
    examples = []
    for folder in sorted(files("assets.corpus").iterdir(), key=lambda entry: entry.name):
        if folder.is_dir() and not folder.name.startswith(("_", ".")):
            for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
                if file.name.endswith(".md"):
                    text = file.read_text(encoding="utf-8")
                    examples.append(read(text, file.name.removesuffix(".md"), folder.name))
    return examples


def read(text: str, name: str, domain: str) -> Example:
    """Return the tutorial of one file; raises ValueError that names the file and what is amiss."""
    told = re.sub(r"^Scene: .*\n\n?", "", text, flags=re.MULTILINE).rstrip("\n") + "\n"
    head, *parts = re.split(r"^## ", text, flags=re.MULTILINE)
    lines = [line for line in head.splitlines() if line]
    if len(lines) < 3 or not lines[0].startswith("# ") or not lines[2].startswith("You need: "):
        raise ValueError(f"corpus/{domain}/{name}.md: title, summary and 'You need:' come first")
    return Example(
        name=name,
        domain=domain,
        title=lines[0][2:],
        summary=lines[1],
        materials=tuple(part.strip() for part in lines[2][len("You need: ") :].split(",")),
        steps=tuple(_step(part) for part in parts),
        text=told,
    )


def _step(part: str) -> ExampleStep:
    title, *lines = [line for line in part.splitlines() if line]
    pictures = [line for line in lines if line.startswith("Picture: ")]
    scenes = [line for line in lines if line.startswith("Scene: ")]
    body = [line for line in lines if not line.startswith(("Picture: ", "Scene: "))]
    return ExampleStep(
        title=title,
        body=" ".join(line for line in body if not CALLOUT.match(line)),
        description=pictures[0][len("Picture: ") :] if pictures else "",
        scene=scenes[0][len("Scene: ") :] if scenes else "",
    )
