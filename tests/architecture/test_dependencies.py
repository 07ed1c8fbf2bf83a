"""What the program pulls in, and what its dependencies may not do."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("torch", "prefect", "pandas", "spacy", "sklearn", "transformers", "faster_whisper", "whisper", "onnxruntime")


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], env=environment or None, capture_output=True, text=True, check=False, timeout=200
    )


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['qa', '--help']\n"
        "from qa_pipeline.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = python(code)
    assert "[]" == done.stderr.strip()
    assert "nightly" in done.stdout


def test_the_resolved_versions_fit_together() -> None:
    """Prefect's server breaks at import with a FastAPI that is too new: a bad resolve must fail loudly."""
    done = python("import prefect.server.api.server", **(os.environ | {"PREFECT_SERVER_ANALYTICS_ENABLED": "false"}))
    assert (0, "") == (done.returncode, done.stderr)


@pytest.mark.models
@pytest.mark.slow
def test_no_dependency_leaves_a_trace_in_the_home_folder(tmp_path: Path, repository: Path, weights) -> None:  # noqa: ANN001 - a fixture
    """Outside CI, where libraries tell the truth: the whole way of a call writes nothing into an empty home."""
    weights("whisper-base")
    weights("multilingual-e5-small")
    home, here = tmp_path / "home", tmp_path / "here"
    home.mkdir()
    here.mkdir()
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LD_LIBRARY_PATH")}
    environment |= {"HOME": str(home), "QA_MODELS_DIR": os.environ.get("QA_MODELS_DIR", str(repository / "weights"))}
    call = str(repository / "samples" / "audio" / "en-09.flac")
    done = subprocess.run(
        [sys.executable, "-c", "from qa_pipeline.cli import main; main()", "call", call],
        cwd=here, env=environment, capture_output=True, text=True, check=False, timeout=250,
    )  # fmt: skip
    assert 0 == done.returncode, done.stderr
    assert [] == sorted(str(path.relative_to(home)) for path in home.rglob("*"))
    assert [] == list(here.iterdir())


def test_every_module_says_what_it_is_and_stays_small(repository: Path) -> None:
    paths = [path for folder in ("qa_pipeline", "flows") for path in (repository / folder).rglob("*.py")]
    texts = {path: path.read_text("utf-8") for path in paths}
    silent = [str(path) for path, text in texts.items() if not ast.get_docstring(ast.parse(text))]
    long = [str(path) for path, text in texts.items() if text.count("\n") > 400]
    assert ([], []) == (silent, long)


def test_no_pickles_anywhere(repository: Path) -> None:
    paths = [path for folder in ("qa_pipeline", "flows") for path in (repository / folder).rglob("*.py")]
    assert [] == [str(path) for path in paths if "import pickle" in path.read_text("utf-8")]
