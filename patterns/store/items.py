"""Items: what lies in a store under which key, for those who ask for it or change a part of it.

Only a store that is asked keeps items, and of very many only the last that were written. What is put, updated or
deleted costs write capacity; a read costs none here. A table's items have DynamoDB's own JSON (`{"S": "text"}`), and
what a plain message writes is put into it; a bucket keeps objects as they are.
Source: DynamoDB API Reference, GetItem, PutItem, UpdateItem, DeleteItem; S3 API Reference, GetObject, PutObject,
ListObjectsV2.
"""

from hashlib import md5
from typing import Any

from patterns.store.conditions import holds
from patterns.store.updates import updated
from simulator.engine.errors import ServiceError
from simulator.engine.message import as_text
from simulator.engine.template import size

MOST = 10_000
MOST_BYTES = 4_000_000
LARGEST = 400 * 1024
"""Bytes of one item. Source: DynamoDB Developer Guide, "Quotas in Amazon DynamoDB"."""

GET, PUT, UPDATE, DELETE = "getItem", "putItem", "updateItem", "deleteItem"
GET_OBJECT, PUT_OBJECT, LIST_OBJECTS = "getObject", "putObject", "listObjectsV2"
READS = (GET, GET_OBJECT, LIST_OBJECTS)
ACTIONS = (GET, PUT, UPDATE, DELETE, GET_OBJECT, PUT_OBJECT, LIST_OBJECTS)

MOST_LISTED = 1000

Item = dict[str, Any]


class Items:
    """The items of one store, the last written at the end. `key` is the name of the member that tells them apart."""

    __slots__ = ("_bytes", "_items", "_sizes", "key")

    def __init__(self, key: str) -> None:
        self.key = key
        self._items: dict[str, Any] = {}
        self._sizes: dict[str, int] = {}
        self._bytes = 0

    def keep(self, name: str, item: Any) -> None:
        """Lay something under a name, in place of what was there."""
        self.drop(name)
        self._items[name] = item
        self._sizes[name] = size(item)
        self._bytes += self._sizes[name]
        while len(self._items) > MOST or (self._bytes > MOST_BYTES and len(self._items) > 1):
            self.drop(next(iter(self._items)))

    def drop(self, name: str) -> None:
        if name in self._items:
            del self._items[name]
            self._bytes -= self._sizes.pop(name)

    def keep_message(self, name: str, body: Any, is_table: bool) -> None:
        """What a plain message writes."""
        if not is_table:
            self.keep(name, body)
        elif isinstance(body, dict):
            self.keep(name, {member: marshalled(value) for member, value in body.items()})

    def perform(self, action: str, request: Any) -> tuple[str | None, Any]:
        """The name of what was written, None for nothing, and the answer. Raises ServiceError."""
        given = request if isinstance(request, dict) else {}
        if action in (GET_OBJECT, PUT_OBJECT, LIST_OBJECTS):
            return self._of_bucket(action, given)
        if action == PUT:
            return self._put(given)
        name = self._name(given.get("Key"))
        before: Item | None = self._items.get(name)
        if action == GET:
            return None, {} if before is None else {"Item": before}
        self._check(given, before)
        if action == DELETE:
            self.drop(name)
            return name, _returned(given, before, None)
        after = updated({**given["Key"], **(before or {})}, given)
        _check_size(after)
        self.keep(name, after)
        return name, _returned(given, before, after)

    def _put(self, given: Item) -> tuple[str, Any]:
        item = given.get("Item")
        if not isinstance(item, dict):
            raise _invalid("Item is missing, or no map of attributes.")
        name = self._name(item)
        before = self._items.get(name)
        self._check(given, before)
        _check_size(item)
        self.keep(name, item)
        return name, _returned(given, before, item)

    def _check(self, given: Item, before: Item | None) -> None:
        if not holds(given, before):
            raise ServiceError("ConditionalCheckFailedException", "The conditional request failed")

    def _name(self, key: Any) -> str:
        """What an item is known by. Raises ServiceError where it has no key."""
        if not isinstance(key, dict) or not key:
            raise _invalid("The provided key element does not match the schema")
        value = key.get(self.key, next(iter(key.values())) if self.key not in key else None)
        return as_text(plain(value))

    def _of_bucket(self, action: str, given: Item) -> tuple[str | None, Any]:
        key = str(given.get("Key", ""))
        if action == PUT_OBJECT:
            body = given.get("Body", "")
            self.keep(key, body)
            etag = md5(as_text(body).encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
            return key, {"ETag": f'"{etag}"'}
        if action == LIST_OBJECTS:
            prefix = str(given.get("Prefix", ""))
            found = [name for name in sorted(self._items) if name.startswith(prefix)][:MOST_LISTED]
            return None, {"Contents": [{"Key": name, "Size": self._sizes[name]} for name in found]}
        if key not in self._items:
            raise ServiceError("NoSuchKey", "The specified key does not exist.")
        body = self._items[key]
        return None, {"Body": as_text(body), "ContentLength": self._sizes[key]}


def marshalled(value: Any) -> Item:
    """A JSON value as DynamoDB writes it. Source: API Reference, AttributeValue."""
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int | float):
        return {"N": as_text(value)}
    if isinstance(value, dict):
        return {"M": {name: marshalled(inner) for name, inner in value.items()}}
    return {"L": [marshalled(inner) for inner in value]} if isinstance(value, list) else {"S": str(value)}


def plain(attribute: Any) -> Any:
    """What an AttributeValue of text or number says, anything else as it is."""
    if isinstance(attribute, dict) and len(attribute) == 1:
        [(kind, value)] = attribute.items()
        if kind in ("S", "N", "BOOL"):
            return value
    return attribute


def _returned(given: Item, before: Item | None, after: Item | None) -> Item:
    """Attributes as ReturnValues asks for them. Source: API Reference, UpdateItem, ReturnValues."""
    asked = given.get("ReturnValues", "NONE")
    told = before if asked in ("ALL_OLD", "UPDATED_OLD") else after if asked in ("ALL_NEW", "UPDATED_NEW") else None
    return {"Attributes": told} if told else {}


def _check_size(item: Item) -> None:
    if size(item) > LARGEST:
        raise _invalid("Item size has exceeded the maximum allowed size")


def _invalid(said: str) -> ServiceError:
    return ServiceError("ValidationException", said)
