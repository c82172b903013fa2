"""Where what is said about a queue's settings and arguments comes from."""

API = "SQS API Reference"
GUIDE = "SQS Developer Guide"
