"""Made-up calls in a database, for tests of what reads it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile

from qa_pipeline.domain import Evaluation, Role, ScoredCall, SignalSet, User, fingerprint
from qa_pipeline.store import calls
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import users
from qa_pipeline.testing.calls import made_up_calls

PEOPLE = (
    User(id="", login="ada", name="Ada Admin", role=Role.ADMIN),
    User(id="", login="lena", name="Lena Lead", role=Role.QA_LEAD),
    User(id="", login="rosa", name="Rosa Reviewer", role=Role.REVIEWER),
    User(id="", login="rene", name="René Reviewer", role=Role.REVIEWER, language="zh", timezone="Asia/Shanghai"),
    User(id="", login="tom", name="Tom Team", role=Role.TEAM_LEAD, team="North"),
    User(id="", login="hannah", name="Hannah Price", role=Role.AGENT, agent_id="A101"),
    User(id="", login="omar", name="Omar Haddad", role=Role.AGENT, agent_id="A102"),
    User(id="", login="audrey", name="Audrey Auditor", role=Role.AUDITOR),
)
"""One of each role, and a second one where two are needed. Nobody can sign in by password."""


def keep(store: Store, *kept: ScoredCall) -> None:
    """Takes judged calls in as the pipeline does."""
    calls.upsert_recordings(store, [one.recording for one in kept])
    for one in kept:
        call_id = one.recording.id
        heard, found = fingerprint("heard", call_id), fingerprint("found", call_id)
        calls.save_transcript(store, call_id, heard, one.transcript)
        calls.save_signals(store, call_id, found, SignalSet(kind="text", signals=one.signals, measured=one.measured))
        calls.save_evaluation(
            store,
            Evaluation(
                fingerprint=fingerprint("judged", call_id, one.score),
                call_id=call_id,
                transcript=heard,
                signal_sets=(found,),
                scorecard_fingerprint="made-up",
                findings=one.findings,
                score=one.score,
            ),
        )


def a_centre(
    store: Store, people: Iterable[User] = PEOPLE, *, each: int = 12, sounds: Path | None = None
) -> dict[str, User]:
    """The made-up call centre with `each` calls an agent at most; its people by login.

    With `sounds` every call can be heard: its recording lies in that folder, two tones in turn.
    """
    seen: dict[str, int] = {}
    chosen = []
    for one in made_up_calls():
        agent = one.recording.meta.agent_id
        seen[agent] = seen.get(agent, 0) + 1
        if seen[agent] <= each:
            chosen.append(_apart(one, sounds))
    keep(store, *chosen)
    return {user.login: users.add(store, user, "") for user in people}


def _apart(call: ScoredCall, folder: Path | None) -> ScoredCall:
    """The call with a recording of its own: content that no other has, and where a folder is given a file to play."""
    call_id = call.recording.id
    place = folder / f"{call_id}.wav" if folder else Path("made-up") / f"{call_id}.wav"
    if folder:
        os.link(_tones(folder, call.recording.media.duration_ms // 1000), place)
    return replace(call, recording=replace(call.recording, uri=str(place), sha256=fingerprint("sound", call_id)))


def _tones(folder: Path, seconds: int) -> Path:
    """Two tones in turn, one a channel; written once."""
    tones = folder / "tones.wav"
    if not tones.exists():
        rate_hz = 8000
        at = np.arange(rate_hz * seconds) / rate_hz
        first = (at.astype(int) // 5) % 2 == 0
        agent, customer = (0.2 * np.sin(2 * np.pi * hz * at) for hz in (440, 330))
        soundfile.write(tones, np.stack([agent * first, customer * ~first], axis=1), rate_hz, subtype="ULAW")
    return tones
