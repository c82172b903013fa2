"""The producer: what makes messages and sends them, be it a server, a phone or a clock."""
