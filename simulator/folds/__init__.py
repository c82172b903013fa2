"""Folds: what can be known of a run from its trace and its nodes' views. Records in, values out; nothing flows back."""
