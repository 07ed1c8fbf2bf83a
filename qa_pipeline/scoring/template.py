"""Starting a scorecard from another."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from qa_pipeline.domain import ConfigurationError, Scorecard

NAME = re.compile(r"[a-z][a-z0-9_-]*")
_CASES = {
    "en": """\
# What you know to be right. `qa scorecard test` runs it; a night refuses a scorecard whose cases fail.
- name: A closing question in other words
  turns:
    - customer: Right, that is everything sorted then.
    - agent: Lovely. Is there anything else I can help you with today?
    - customer: No, thank you.
    - agent: Thank you for calling, goodbye.
  expect:
    {criterion}: {verdict}
""",
    "zh": """\
# 您确定正确的例子。`qa scorecard test` 会逐条运行；例子不通过，夜间任务不会使用这张评分表。
- name: 结束前的询问
  turns:
    - customer: 好的，那就这样。
    - agent: 好的，请问还有其他问题可以帮您吗？
    - customer: 没有了，谢谢。
    - agent: 感谢您的来电，祝您生活愉快，再见。
  expect:
    {criterion}: {verdict}
""",
}


def start(name: str, like: Path, folder: Path, read: Callable[[Path], Scorecard]) -> Path:
    """Writes `<folder>/<name>/scorecard.yaml` after the scorecard file `like`, and a first case; returns the file.

    Raises ConfigurationError for a name that cannot be one or that is taken.
    """
    if not NAME.fullmatch(name):
        raise ConfigurationError(
            f"{name!r} cannot be a scorecard's name.", code="scorecard_name", hint="Small letters, digits, - and _."
        )
    target = folder / name / "scorecard.yaml"
    if target.exists():
        raise ConfigurationError(f"{target} is there already.", code="scorecard_name")
    model = read(like)
    text = re.sub(r"(?m)^name: .*$", f"name: {name}", like.read_text(encoding="utf-8"), count=1)
    text = re.sub(r"(?m)^version: .*$", 'version: "0.1"', text, count=1)
    text = re.sub(r"(?m)^(effective_from|effective_to): .*\n", "", text)
    target.parent.mkdir(parents=True)
    target.write_text(text, encoding="utf-8")
    cases = target.parent / "cases"
    cases.mkdir()
    asked = next((one for one in model.criteria if one.check == "closing_check"), None)
    if asked:
        case = _CASES[model.language].format(criterion=asked.name, verdict="pass")
        (cases / "first.yaml").write_text(case, encoding="utf-8")
    return target
