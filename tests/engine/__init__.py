"""Tests of the engine, on stations of their own (`station.py`) where a pattern would only be in the way."""
