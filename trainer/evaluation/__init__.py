"""Fitting and measuring the judgement from arrays: calibration, danger, unknowns, metrics, and the gate between models."""
