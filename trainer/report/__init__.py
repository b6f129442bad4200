"""The report of a run or of an evaluation: one HTML file that opens offline.

Written for somebody who has never trained a model.
"""

from __future__ import annotations

from trainer.report.page import write_evaluation, write_report

__all__ = ["write_evaluation", "write_report"]
