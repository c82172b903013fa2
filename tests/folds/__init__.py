"""Tests of the folds: what can be known of a run from its trace."""
