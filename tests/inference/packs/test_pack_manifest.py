import json
from dataclasses import replace
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.packs.manifest import catalogue, read_manifest, shipped
from inference.protocol import to_json
from inference.writer.prompt import FORMATS


def test_two_packs_are_known_to_the_last_byte_and_have_the_same_reader() -> None:
    assert [pack.id for pack in catalogue() if pack.resolved()] == ["laptop", "starter"]
    laptop, starter = shipped("laptop"), shipped("starter")
    assert laptop.reader == starter.reader == starter.writer
    assert (laptop.writer.size, starter.size()) == (1_117_320_768, 98_362_432)
    assert [source.kind for source in laptop.writer.sources] == ["hub", "wheels"]
    assert len(laptop.writer.sources[1].parts) == 22
    assert laptop.weak
    assert starter.weak


def test_what_is_not_resolved_says_that_it_was_not_tried() -> None:
    for pack in catalogue():
        if not pack.resolved():
            assert "as published" in pack.summary, pack.id
            assert {source.kind for item in pack.weights() for source in item.sources} >= {"hub"}


def test_packs_for_cards_are_permissive_or_experimental() -> None:
    packs = [pack for pack in catalogue() if pack.card]
    assert {pack.card // 10**9 for pack in packs} == {8, 12, 16, 24}
    for pack in packs:
        permissive = {item.licence for item in pack.weights()} == {"Apache-2.0"}
        assert permissive == (not pack.gated) == (not pack.experimental), pack.id
        assert pack.networks


def test_each_pack_names_its_prompt_format_and_its_begin_of_vision() -> None:
    formats = {known.name for known in FORMATS}
    for pack in catalogue():
        assert pack.chat_format in formats, pack.id
        assert pack.begin_of_vision, pack.id
        assert pack.begin_of_vision.startswith("<"), pack.id


def test_no_writer_begins_with_thinking() -> None:
    """Qwen3-VL is there as Instruct, which never thinks; SmolLM3 is told that it has."""
    for pack in catalogue():
        name = pack.writer.name.lower()
        if "smollm3" in name:
            (chat,) = (known for known in FORMATS if known.name == pack.chat_format)
            assert chat.assistant.endswith("<think>\n\n</think>\n")
            assert "Reasoning Mode: /no_think\n" in chat.system
        assert "thinking" not in name, pack.id
        assert "qwen3" not in name or "instruct" in name, pack.id


def test_a_manifest_survives_json() -> None:
    for manifest in catalogue():
        assert read_manifest(json.loads(json.dumps(to_json(manifest)))) == manifest


def changed(field: str, value: object) -> object:
    raw = to_json(shipped("laptop"))
    *path, last = field.split(".")
    place = raw
    for key in path:
        place = place[int(key)] if key.isdigit() else place[key]
    place[last] = value
    return raw


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "../starter"),
        ("writer.name", "../../outside.gguf"),
        ("writer.name", "a/b.gguf"),
        ("writer.sha256", "../" + "a" * 61),
        ("writer.size", 0),
        ("writer.size", 1_117_320_769),
        ("writer.sources.0.file", "../x.gguf"),
        ("writer.sources.0.repo", "https://elsewhere/x"),
        ("writer.sources.0.revision", "--help"),
        ("writer.sources.0.revision", "a/../b"),
        ("writer.sources.1.parts", []),
        ("writer.sources.1.parts.0.project", "-r"),
        ("writer.sources.1.parts.0.version", "1 --index-url=x"),
        ("writer.patch", {"offset": -1, "data": "", "before": "a" * 64}),
        ("writer.patch", {"offset": 1_117_320_766, "data": "AAAA", "before": "a" * 64}),
        ("writer.patch", {"offset": 0, "data": "?", "before": "a" * 64}),
        ("writer.patch", {"offset": 0, "data": "", "before": "../x"}),
        ("writer.adapter", "../writer.lora.gguf"),
        ("gated", "https://example.org/ --help"),
        ("gated", "file:///licence"),
        ("writer.sha256", ""),
        ("painter", "other"),
        ("memory_free", "6 GB"),
        ("surprise", 1),
    ],
)
def test_a_bad_field_is_refused(field: str, value: object) -> None:
    named = r"not allowed|do not add up|its patch|one source" if "." in field else field
    with pytest.raises(ValueError, match=named):
        read_manifest(changed(field, value))


@given(st.text())
def test_no_accepted_name_leaves_its_folder(name: str) -> None:
    starter = shipped("starter")
    raw = to_json(replace(starter, writer=replace(starter.writer, name=name)))
    try:
        accepted = read_manifest(raw).writer.name
    except ValueError:
        return
    path = PurePosixPath(accepted)
    assert path.parts == (accepted,)
    assert accepted not in {".", ".."}
    assert "\\" not in accepted
