"""No dependency may talk to the outside: the switches that keep them silent, set before they are imported."""

from __future__ import annotations

import os

SWITCHES = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime writes a device id into the home folder when it is imported
    "RAY_USAGE_STATS_ENABLED": "0",
    "TOKENIZERS_PARALLELISM": "false",
}


def no_telemetry() -> None:
    """Switch off telemetry and downloads of every dependency, for this process and its children.

    Weights from a hub are fetched by qa_pipeline.weights alone, so the hub's own client stays offline always.
    """
    os.environ.update(SWITCHES)
