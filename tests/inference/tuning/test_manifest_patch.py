"""The row of `<BOV>` that stage 1 learnt gets into the manifests of the packs that use it."""

import json
import shutil
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from inference.packs.manifest import Patch, read_manifest
from inference.protocol import to_json
from inference.tuning.adapter import PATCH, patch_manifests


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return Path(shutil.copytree(str(files("assets") / "packs"), tmp_path / "packs"))


def test_a_run_patches_the_manifests_of_its_adapter(packs: Path, tmp_path: Path) -> None:
    own = {path: path.read_bytes() for path in packs.iterdir()}
    starter = read_manifest(json.loads(own[packs / "starter.json"]))
    assert starter.reader.patch is not None
    before = to_json(starter.reader.patch)
    run = {**before, "data": "AAAA", "after": "f" * 64}
    (tmp_path / PATCH).write_text(json.dumps(run))
    patch_manifests(packs, tmp_path)
    for path, data in own.items():
        old = read_manifest(json.loads(data))
        new = read_manifest(json.loads(path.read_bytes()))
        for was, item in zip(old.parts(), new.parts(), strict=True):
            if was.adapter:
                assert item == replace(
                    was, sha256="f" * 64, patch=Patch(**before | {"data": "AAAA"})
                )
            else:
                assert item == was
        assert old.reader.adapter or path.read_bytes() == data
    (tmp_path / PATCH).write_text(json.dumps({**before, "after": starter.reader.sha256}))
    patch_manifests(packs, tmp_path)
    assert {path: path.read_bytes() for path in packs.iterdir()} == own


def test_a_run_of_another_file_patches_no_manifest(packs: Path, tmp_path: Path) -> None:
    own = {path: path.read_bytes() for path in packs.iterdir()}
    run = {"offset": 0, "data": "AAAA", "before": "e" * 64, "after": "f" * 64}
    (tmp_path / PATCH).write_text(json.dumps(run))
    with pytest.raises(ValueError, match="not the file that was trained"):
        patch_manifests(packs, tmp_path)
    assert {path: path.read_bytes() for path in packs.iterdir()} == own
