"""Fitting and measuring the decision policy from arrays: calibration, danger, unknowns, metrics, the gate of models."""
