import pytest

from assets.sprites.library import Library, library


@pytest.fixture(scope="session")
def drawings() -> Library:
    return library()
