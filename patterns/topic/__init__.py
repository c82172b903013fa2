"""The topic: what is published once goes to every subscriber that wants it, as SNS does."""
