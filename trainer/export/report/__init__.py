"""The report of a run: one HTML file that opens offline, written for somebody who has never trained a model."""

from __future__ import annotations

from trainer.export.report.page import write_report

__all__ = ["write_report"]
