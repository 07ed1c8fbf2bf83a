"""Writing files so that a reader never sees half of one, under names that no agent can choose."""

from __future__ import annotations

import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
# Names that Windows keeps for devices, whatever follows the dot.
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])", re.IGNORECASE)
_LIST = "pages.txt"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file beside `path` to write to; it takes `path`'s place when all went well and vanishes when not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=f".part{path.suffix}")
    os.close(handle)
    part = Path(name)
    try:
        yield part
        # mkstemp makes files that only their owner may read; reports are for a team.
        part.chmod(0o644)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Writes UTF-8 whole or not at all."""
    with replacing(path) as part:
        part.write_bytes(clean(text).encode("utf-8"))


def clean(text: str) -> str:
    r"""The text as every file format takes it: lines end in \n, control characters and halves of characters are "�".

    >>> clean("a\x00b\udc80c\r\n")
    'a�b�c\n'
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]", "\ufffd", lines)


def page_names(agent_ids: Iterable[str]) -> dict[str, str]:
    """A file name for each agent id: the id where it is plain and alone, else what is plain in it and a digest.

    >>> page_names(["A1", "../x", ""])
    {'A1': 'A1.html', '../x': 'x.d6b96a97d1.html', '': '_not-named.html'}
    """
    ids = list(dict.fromkeys(agent_ids))
    # Two ids that differ in case only would be one file on Windows and macOS.
    twins = Counter(agent_id.casefold() for agent_id in ids)
    return {agent_id: _page_name(agent_id, alone=twins[agent_id.casefold()] == 1) for agent_id in ids}


def _page_name(agent_id: str, *, alone: bool) -> str:
    if not agent_id:
        return "_not-named.html"
    plain = re.sub(r"[^A-Za-z0-9]+", "-", agent_id).strip("-")[:40]
    if not plain or _DEVICES.fullmatch(plain):
        plain = f"agent-{plain}".strip("-")
    elif alone and _PLAIN.fullmatch(agent_id):
        return f"{agent_id}.html"
    digest = sha256(agent_id.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    # The dot keeps these names apart from plain ids.
    return f"{plain}.{digest}.html"


def remove_stale(folder: Path, names: Iterable[str]) -> None:
    """Removes the pages that an earlier run listed and that are not among `names`, and lists these instead.

    Files that no run has listed are left alone.
    """
    listed = folder / _LIST
    keep = sorted(names)
    if listed.exists():
        for name in listed.read_text(encoding="utf-8").splitlines():
            if name not in keep and name == Path(name).name and name.endswith(".html"):
                (folder / name).unlink(missing_ok=True)
    write_text(listed, "".join(f"{name}\n" for name in keep))
