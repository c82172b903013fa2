"""The endpoint: what a topic or a bus delivers to outside: a webhook, an API, a mailbox, a phone, a delivery stream."""
