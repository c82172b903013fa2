"""The worker: what takes messages and does something with them, one per free seat."""
