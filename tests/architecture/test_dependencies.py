"""What the program pulls in, and what its dependencies may not do."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

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


def test_every_module_says_what_it_is_and_stays_small(repository: Path) -> None:
    paths = [path for folder in ("qa_pipeline", "flows") for path in (repository / folder).rglob("*.py")]
    texts = {path: path.read_text("utf-8") for path in paths}
    silent = [str(path) for path, text in texts.items() if not ast.get_docstring(ast.parse(text))]
    long = [str(path) for path, text in texts.items() if text.count("\n") > 400]
    assert ([], []) == (silent, long)


def test_no_pickles_anywhere(repository: Path) -> None:
    paths = [path for folder in ("qa_pipeline", "flows") for path in (repository / folder).rglob("*.py")]
    assert [] == [str(path) for path in paths if "import pickle" in path.read_text("utf-8")]
