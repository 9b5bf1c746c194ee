"""Holds a dataset against the truth, a kind of metadata in each file."""
