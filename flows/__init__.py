"""Prefect flows: thin shells over qa_pipeline.batch. The only package that imports Prefect."""

from qa_pipeline.quiet import no_telemetry

no_telemetry()  # a worker imports this package before anything else of ours: telemetry is off from the start
