"""The queue: messages wait until a consumer takes them, one at a time, and deletes them when it is done."""
