"""Which of llama.cpp's ways to multiply a model is loaded for."""

import llama_cpp
import pytest

from inference.writer.model import has_tiles


@pytest.mark.parametrize(
    ("built_for", "tiles"),
    [
        (b"CPU : AVX512_BF16 = 1 | AMX_INT8 = 1 | LLAMAFILE = 1 | REPACK = 1 | ", True),
        (b"CPU : AVX512_BF16 = 1 | AMX_INT8 = 0 | LLAMAFILE = 1 | REPACK = 1 | ", False),
        (b"CPU : NEON = 1 | ARM_FMA = 1 | REPACK = 1 | ", False),
    ],
)
def test_a_build_with_tiles_is_known(built_for: bytes, tiles: bool) -> None:
    assert has_tiles(built_for) is tiles


def test_llama_cpp_still_tells_what_it_is_built_for() -> None:
    assert llama_cpp.llama_print_system_info().count(b" = 1") > 1
