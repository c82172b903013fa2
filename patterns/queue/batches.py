"""Batches: up to ten entries in one request, each of which goes well or wrong by itself.

A request that is wrong as a whole changes nothing; else it is answered with what was Successful and what Failed.
Source: SQS API Reference, SendMessageBatch, DeleteMessageBatch and ChangeMessageVisibilityBatch.
"""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from patterns.queue import receiving, refusing
from patterns.queue.config import MOST_AT_ONCE
from simulator.engine.errors import ServiceError
from simulator.engine.operations import Call

if TYPE_CHECKING:
    from patterns.queue.node import QueueNode

_PREFIX = "AWS.SimpleQueueService."
_ID = re.compile(r"[A-Za-z0-9_-]{1,80}", re.ASCII)


def problem(ids: Sequence[str], what: str) -> ServiceError | None:
    """What is wrong with the request as a whole; `what` is the name of one entry in the service's own words."""
    error = size_problem(len(ids), what)
    if error is not None:
        return error
    if not all(_ID.fullmatch(one) for one in ids):
        return ServiceError(
            f"{_PREFIX}InvalidBatchEntryId",
            "A batch entry id can only contain alphanumeric characters, hyphens and underscores. "
            "It can be at most 80 letters long.",
        )
    repeated = next((one for place, one in enumerate(ids) if one in ids[:place]), None)
    if repeated is not None:
        return ServiceError(f"{_PREFIX}BatchEntryIdsNotDistinct", f"Id {repeated} repeated.")
    return None


def size_problem(count: int, what: str) -> ServiceError | None:
    """What is wrong with the number of entries."""
    if not count:
        return ServiceError(f"{_PREFIX}EmptyBatchRequest", f"There should be at least one {what} in the request.")
    if count > MOST_AT_ONCE:
        return ServiceError(
            f"{_PREFIX}TooManyEntriesInBatchRequest",
            f"Maximum number of entries per request are {MOST_AT_ONCE}. You have sent {count}.",
        )
    return None


def of_handles(
    queue: "QueueNode", call: Call, verb: str, each: Callable[[Sequence[Any]], list[ServiceError | None]]
) -> None:
    """Answer a request that names messages by their receipt handles; `each` says of every handle what is wrong.

    A consumer is answered by a list in the order of its handles, a person in the service's shape.
    """
    given, error = _handles(call, f"{verb}RequestEntry")
    if error is not None:
        refusing.reject(queue, call, verb, error)
        return
    if not queue.is_open and refusing.refused(queue, call, verb, refusing.groups_of(queue, given)):
        return
    queue.bill.charge(verb)
    results = each(given)
    if queue.polls and queue.visible.ready:
        receiving.serve(queue)
    call.reply(results if call.link is not None else answer(ids(call), results))


def _handles(call: Call, what: str) -> tuple[Sequence[Any], ServiceError | None]:
    """The receipt handles of a request, a consumer's or a person's, and what is wrong with it as a whole."""
    if call.link is not None:
        return call.arguments.handles, size_problem(len(call.arguments.handles), what)
    return [one.ReceiptHandle for one in call.arguments.Entries], problem(ids(call), what)


def ids(call: Call) -> list[str]:
    """How a person's request names its entries."""
    return [one.Id for one in call.arguments.Entries]


def too_long(size: int, largest: int) -> ServiceError:
    """The entries together are larger than one message may be."""
    return ServiceError(
        f"{_PREFIX}BatchRequestTooLong",
        f"Batch requests cannot be longer than {largest} bytes. You have sent {size} bytes.",
    )


def answer(ids: Sequence[str], results: Sequence[dict[str, Any] | ServiceError | None]) -> dict[str, Any]:
    """What a person hears, entry by entry. Source: SQS API Reference, BatchResultErrorEntry."""
    successful, failed = [], []
    for name, result in zip(ids, results, strict=True):
        if isinstance(result, ServiceError):
            failed.append({"Id": name, "SenderFault": True, "Code": result.code, "Message": result.message})
        else:
            successful.append({"Id": name, **(result or {})})
    return {"Successful": successful, "Failed": failed}
