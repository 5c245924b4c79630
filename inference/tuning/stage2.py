"""Stage 2: context alignment. The reader is frozen; connector and transformer learn to paint.

Source: DuoGen, section 4.2 (stage 2): instruction and alignment data together.
"""

import shutil
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from random import Random

import torch
from accelerate.utils import set_seed

from assets.corpus import corpus
from assets.sprites.library import Library, library
from inference.painter.connector import unfolded
from inference.painter.duogen.transformer import Shape
from inference.protocol import Json
from inference.tuning.adapter import ADAPTER, patch_manifests
from inference.tuning.dialogues import split
from inference.tuning.documents import Document
from inference.tuning.export import ReadBy, write_painter
from inference.tuning.fingerprint import check, claim
from inference.tuning.objective import Painter, Sampler
from inference.tuning.preparing import (
    BASIS,
    EMBEDDINGS,
    Amounts,
    Terms,
    data_made_from,
    documents,
    embeddings,
    read_by_llama,
    read_by_torch,
    read_terms,
    save_embeddings,
)
from inference.tuning.reading import TorchReader
from inference.tuning.samples import Batch, Packer, Sample, draw
from inference.tuning.states import Basis, Half, StateCache, fit, read_basis
from inference.tuning.training import Schedule, accelerated, train
from inference.tuning.writers import Tuned, layers_of, tuned_writer, writer_files
from inference.wire import from_json, to_json
from inference.writer.states import Reader

ASSETS = Path(str(files("assets"))).resolve()
KEPT = 1.5  # the logit of the memory's first share in state, tint and place
APPEARING = -3.0  # and in whether there is a thing at all
ALIKE = 1.7  # the memory's first weight of a sprite's channels: equal sprites find each other


@dataclass(frozen=True)
class Network:
    """The transformer's shape but for its channels, which the codec tells."""

    context: int = 256
    width: int = 256
    depth: int = 6
    heads: int = 8


@dataclass(frozen=True)
class Config:
    """One run of stage 2.

    writer: the folder of a run of stage 1, or "" for the untuned writer. data: folder of what is
    prepared, shared by runs; folder: of this run. batch: samples a step and process; instruction:
    share of tutorials in a batch. corpus: share of the tutorials that is learned from. export: the
    folder that the painter is written to.
    """

    pack: str
    writer: str
    data: str
    folder: str
    seed: int
    batch: int
    instruction: float
    corpus: float
    export: str
    amounts: Amounts
    network: Network
    schedule: Schedule
    sampler: Sampler


@dataclass(frozen=True)
class Prepared(Terms):
    """The training documents with their states as well."""

    documents: list[Document]
    cache: StateCache


def read_config(path: Path) -> Config:
    """Return the configuration of a TOML file; raises ProtocolError that names the bad field."""
    return from_json(Config, tomllib.loads(path.read_text(encoding="utf-8")))


def prepare(config: Config, drawings: Library) -> Prepared:
    """Make, or find again, all that training reads."""
    writer = tuned_writer(config.pack, config.writer)
    folder = Path(config.data)
    made_from = data_made_from(writer.files, config.amounts, drawings)
    claim(folder, made_from)
    examples, _ = split(corpus())
    found = documents(examples, config.amounts, drawings, config.seed)
    reader = TorchReader(*writer.torch())
    basis = _basis(folder / BASIS, reader, writer, found, config.amounts.basis)
    known = folder / EMBEDDINGS
    if not known.exists():
        save_embeddings(known, *embeddings(drawings, reader, writer.model, basis, config.amounts))
    terms = read_terms(folder, drawings, made_from)
    cache = StateCache(folder / "states", config.amounts.basis)
    for kind, read in (
        ("instruction", lambda given: read_by_llama(Reader(writer.model, 2), basis, given)),
        ("alignment", lambda given: read_by_torch(reader, writer.model, basis, given)),
    ):
        part = [document for document in found if document.kind == kind]
        for done in cache.add(read, part):
            if done % 100 == 0:
                print(f"{kind}: {done} of {len(part)} documents read", flush=True)
    return Prepared(**vars(terms), documents=found, cache=cache)


def _basis(
    path: Path, reader: TorchReader, writer: Tuned, found: Sequence[Document], size: int
) -> Basis:
    if not path.exists():
        texts = found[: max(1, len(found) // 50)]
        tokens = [[writer.model.tokenize(chunk) for chunk in one.chunks] for one in texts]
        fit(reader.features(tokens, lambda features: features), size).save(path)
    return read_basis(path)


class Samples:
    """Batches of samples, each a pure function of the step and the process."""

    def __init__(self, config: Config, prepared: Prepared) -> None:
        self._config = config
        self._cache = prepared.cache
        self._features = prepared.cache.open()
        self._packer = Packer(prepared.codec)
        self._documents = prepared.documents
        tutorials = [k for k, one in enumerate(prepared.documents) if one.kind == "instruction"]
        # They lie by domain: the first ones would be fewer domains, not fewer of each.
        count = max(1, round(config.corpus * len(tutorials)))
        self._tutorials = sorted(Random(f"{config.seed}/corpus").sample(tutorials, count))
        self._made_up = [k for k, one in enumerate(prepared.documents) if one.kind == "alignment"]

    def batch(self, step: int, process: int) -> Batch:
        """Return the batch of one process."""
        config = self._config
        random = Random(f"{config.seed}/{step}/{process}")
        samples = []
        for _ in range(config.batch):
            of_tutorials = random.random() < config.instruction
            number = random.choice(self._tutorials if of_tutorials else self._made_up)
            samples.append(self.drawn(number, self._documents[number], random))
        told = [self.told(self._documents[one.document], one.chunks) for one in samples]
        return self._packer.pack(samples, told)

    def drawn(self, number: int, document: Document, random: Random) -> Sample:
        """Return one sample of a document."""
        return draw(number, document, random)

    def told(self, document: Document, chunks: int) -> list[Half]:
        """Return the features of a document's first chunks."""
        row, lengths = self._cache.place(document)
        parts: list[Half] = []
        for length in lengths[:chunks]:
            parts.append(self._features[row : row + length])
            row += length
        return parts


def fresh(config: Config, prepared: Terms) -> Painter:
    """Return an untrained painter whose connector begins with what tells drawings apart.

    The discriminants' rows are the first channels of a slot: what it shows, then its state.
    """
    channels = prepared.codec.channels
    network = config.network
    shape = Shape(channels, network.context, network.width, network.depth, network.heads)
    painter = Painter(config.amounts.basis, shape, prepared.codec)
    maps, offset = (torch.from_numpy(part) for part in (prepared.first.maps, prepared.first.offset))
    count = len(maps)
    what, how = (prepared.codec.parts[name] for name in ("sprite", "state"))
    with torch.no_grad():
        # GELU keeps one sign only: each direction is there twice.
        for sign, start in ((1, 0), (-1, count)):
            painter.connector.linear.weight[start : start + count] = sign * maps
            painter.connector.linear.bias[start : start + count] = sign * offset
            value = painter.transformer.pointer.value.weight.unflatten(0, (-1, channels))
            value[..., start : start + count] = 0
            for head, part in enumerate((what, how)):
                value[head, part, start : start + count] = sign * torch.eye(count)[part]
        # What a thing is comes from the text, how and where it is from the picture before.
        painter.transformer.memory.mixed.bias[what] = 0
        painter.transformer.memory.mixed.bias[what.stop : -1] = KEPT
        painter.transformer.memory.mixed.bias[-1] = APPEARING
        for side in (painter.transformer.memory.query, painter.transformer.memory.key):
            side.weight[what, :] *= 0.1
            side.weight[what, what] += ALIKE * torch.eye(what.stop)
    return painter


def export(path: Path) -> None:
    """Write the trained painter of a run for the program, with the writer's adapter beside it.

    Where that is the folder that ships, the packs' manifests get the adapter's patch.
    """
    config = read_config(path)
    drawings = library()
    files = writer_files(config.pack, config.writer)
    made_from = data_made_from(files, config.amounts, drawings)
    prepared = read_terms(Path(config.data), drawings, made_from)
    check(Path(config.folder), _made_from(config, prepared))
    painter = fresh(config, prepared)
    learnt = torch.load(Path(config.folder) / "painter.pt", "cpu", weights_only=True)
    painter.load_state_dict(learnt)
    write(config, prepared, painter)
    if config.writer:
        shutil.copyfile(Path(config.writer) / ADAPTER, Path(config.export) / ADAPTER)
        if Path(config.export).resolve() == ASSETS / "starter":
            patch_manifests(ASSETS / "packs", Path(config.writer))


def write(config: Config, prepared: Terms, painter: Painter) -> None:
    """Write a painter as the program reads it, to the folder that the configuration names."""
    directions, mean = (
        torch.from_numpy(p) for p in (prepared.basis.directions, prepared.basis.mean)
    )
    connector = unfolded(painter.connector, directions, mean)
    files = writer_files(config.pack, config.writer)
    adapter = files[1] if config.writer else None
    write_painter(
        Path(config.export),
        connector,
        painter.transformer,
        ReadBy(layers_of(files), files[0], adapter),
        prepared.embedded,
        config.sampler,
    )


def run(path: Path) -> Painter:
    """Train as the config file says, or go on where a run was cut; return the averaged painter."""
    config = read_config(path)
    # The first process makes what the others then find.
    with accelerated().main_process_first():
        prepared = prepare(config, library())
    return learn(config, prepared, Samples(config, prepared))


def _made_from(config: Config, prepared: Terms) -> Json:
    """Return the fingerprint of a run: all that decides what its weights become."""
    told = to_json(config)
    for name in ("pack", "writer", "data", "folder", "export", "sampler"):
        del told[name]  # of these only what lies there matters
    return {**told, **prepared.made_from}


def learn(config: Config, prepared: Prepared, samples: Samples) -> Painter:
    """Train on these samples; write the averaged painter to the run's folder and return it."""
    accelerator = accelerated()
    with accelerator.main_process_first():
        claim(Path(config.folder), _made_from(config, prepared))
    set_seed(config.seed)
    painter = fresh(config, prepared)
    process = accelerator.process_index
    trained = train(
        accelerator,
        painter,
        lambda step: samples.batch(step, process),
        config.schedule,
        Path(config.folder),
    )
    assert isinstance(trained, Painter)
    trained.cpu()
    if accelerator.is_main_process:
        torch.save(trained.state_dict(), Path(config.folder) / "painter.pt")
    return trained
