"""Chunks of a context and their hashes."""

from hypothesis import given
from hypothesis import strategies as st

from inference.context import chunk_hashes, step_chunk

CHUNKS = st.lists(st.text(max_size=30), max_size=6)


def test_a_chunk_is_the_step_as_the_writer_wrote_it() -> None:
    assert step_chunk(2, "Fill the pot", "Use *fresh* soil.", "A pot of soil.") == (
        "## 2. Fill the pot\nUse *fresh* soil.\nPicture: A pot of soil.\n"
    )
    assert step_chunk(3, "Wait", "One day.", "") == "## 3. Wait\nOne day.\n"


@given(CHUNKS, CHUNKS)
def test_a_hash_names_all_chunks_up_to_its_own(chunks: list[str], more: list[str]) -> None:
    hashes = chunk_hashes(chunks)
    assert len(hashes) == len(chunks)
    assert chunk_hashes([*chunks, *more])[: len(chunks)] == hashes
    assert len(set(hashes)) == len(hashes)


@given(CHUNKS, st.integers(0, 5), st.text(max_size=5))
def test_a_change_changes_all_hashes_from_there_on(chunks: list[str], at: int, new: str) -> None:
    changed = [new if i == at else chunk for i, chunk in enumerate(chunks)]
    for i, (before, after) in enumerate(
        zip(chunk_hashes(chunks), chunk_hashes(changed), strict=True)
    ):
        assert (before == after) == (chunks[: i + 1] == changed[: i + 1])


def test_where_one_chunk_ends_matters() -> None:
    assert chunk_hashes(["a", "b"])[-1] != chunk_hashes(["ab"])[-1]
    assert chunk_hashes(["a", "b"])[-1] != chunk_hashes(["a\nb"])[-1]
    assert chunk_hashes([]) == []
