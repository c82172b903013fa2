"""The pure discrete-event engine: a scenario, a seed and a journal in; a trace out."""
