"""What all tests share: the starter pack, installed as a person would."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from inference.packs.install import install
from inference.packs.manifest import shipped
from inference.packs.store import Store, default_folder

settings.register_profile("interstep", deadline=None)  # speed is for the benchmarks to judge
settings.load_profile("interstep")
os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before anything imports Qt


@pytest.fixture(scope="session")
def starter_gguf() -> Path:
    """The starter's writer in this account's own folder of packs; fetched once, if need be."""
    store = Store(default_folder())
    manifest = shipped("starter")
    if store.missing(manifest):
        for _ in install(store, manifest):
            pass
    return store.path(manifest.writer)
