"""Collecting openly licensed photos through GBIF: the only package of the project that touches the network."""
