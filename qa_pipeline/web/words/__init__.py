"""The words of the page, English and Chinese side by side so that none can lack: one module for each group of pages."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from qa_pipeline.reporting.wording import say as say_report

Words = dict[str, tuple[str, str]]


def _all() -> Words:
    found: Words = {}
    for module in iter_modules(__path__):
        words: Words = import_module(f"{__name__}.{module.name}").WORDS
        twice = found.keys() & words.keys()
        if twice:
            raise KeyError(f"{module.name} says again: {', '.join(sorted(twice))}")
        found |= words
    return found


WORDS = _all()


def say(language: str, key: str, **values: object) -> str:
    """The words for `key`; those that the page does not have are the reports' (verdicts, parties, measures).

    A "|" parts the singular from the plural; `n` decides.
    """
    if key not in WORDS:
        return say_report(language, key, **values)
    text = WORDS[key][1 if language == "zh" else 0]
    one, bar, more = text.partition("|")
    chosen = one if not bar or values.get("n") == 1 else more
    return chosen.format(**values) if values else chosen
