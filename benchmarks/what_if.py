"""How long a what-if takes: other weights over many judged calls in a temporary database.

    .venv/bin/python benchmarks/what_if.py --calls 10000

Calls are copies of the made-up call centre's. Prints seconds and calls a second, of reading and folding together.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from qa_pipeline.domain import Scope, ScoredCall, fingerprint
from qa_pipeline.scoring import whatif
from qa_pipeline.store.engine import open_store
from qa_pipeline.testing.calls import AGENTS, made_up_calls, made_up_scorecards
from qa_pipeline.testing.stored import keep
from qa_pipeline.trials import try_out

BATCH = 500


def many(count: int) -> Iterator[ScoredCall]:
    """English calls, each with an id of its own."""
    each = -(-count // 3)
    agents = tuple(replace(agent, calls=each) for agent in AGENTS if agent.language == "en")
    for number, call in enumerate(islice(made_up_calls(agents), count)):
        meta = replace(call.recording.meta, call_id=f"call-{number:06d}")
        yield replace(call, recording=replace(call.recording, meta=meta, sha256=fingerprint("sound", number)))


def main() -> None:
    """Makes the calls, tries other weights, prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--calls", type=int, default=10_000)
    count = parser.parse_args().calls
    present = made_up_scorecards()["general-en", "1"]
    worths = {one.name: whatif.worth(one) for one in present.criteria}
    worths["greeting"] = replace(worths["greeting"], weight=8.0)
    draft = whatif.changed(present, worths, critical_cap=50, max_undecided=0.25, bands=present.bands)
    with tempfile.TemporaryDirectory() as folder, open_store(f"sqlite:///{folder}/qa.db") as store:
        waiting = many(count)
        began = time.perf_counter()
        while batch := list(islice(waiting, BATCH)):
            keep(store, *batch)
        print(f"{count} calls made in {time.perf_counter() - began:.1f} s")
        began = time.perf_counter()
        found = try_out(store, Scope(), present, whatif.plan(present, draft), newest=None, min_calls=10)
        took = time.perf_counter() - began
        print(f"what-if over {found.n} calls: {took:.2f} s, {found.n / took:.0f} calls a second")
        print(f"{len(found.moved)} calls change band; mean {found.before} -> {found.after}")


if __name__ == "__main__":
    main()
