"""Fitting and measuring the judgement from arrays: calibration, danger, unknowns, metrics, the gate between models."""
