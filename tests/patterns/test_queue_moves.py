"""Message move tasks: their rate, their end, their states, and what the service says to a wrong one."""

import pickle

import pytest

from patterns.queue.moves import CANCELLED, CANCELLING, COMPLETED, FAILED, LONGEST, RUNNING, Moves, MoveTask
from simulator.engine.clock import SECOND, Micros
from simulator.engine.errors import ServiceError
from simulator.engine.kernel import Kernel

ARN = "arn:aws:sqs:us-east-1:123456789012:emails-dead"


class DeadLetters:
    """A dead-letter queue that only counts: how many wait, and when each was moved."""

    def __init__(self, waiting: int) -> None:
        self.kernel = Kernel()
        self.waiting = waiting
        self.moved: list[Micros] = []
        self.ended: list[str] = []
        self.closed = False
        self.refused = False
        self.moves = Moves(self.kernel, "emails-dead", self.move, self.note)

    def move(self) -> bool | None:
        if self.closed:
            return None
        if not self.waiting:
            return False
        if self.refused:
            assert self.moves.active is not None
            self.moves.active.fail("emails is of another type")
            return True
        self.waiting -= 1
        self.moved.append(self.kernel.now)
        return True

    def note(self, task: MoveTask) -> None:
        self.ended.append(task.status)

    def start(self, per_second: int | None = None, destination: str | None = None) -> MoveTask:
        return self.moves.start(destination, per_second, self.waiting)


def code_and_sentence(error: ServiceError) -> tuple[str, str]:
    return error.code, error.message


def test_a_task_moves_so_many_messages_a_second_until_all_are_moved():
    """Source: SQS API Reference, StartMessageMoveTask (MaxNumberOfMessagesPerSecond)."""
    dead = DeadLetters(waiting=7)
    task = dead.start(per_second=2)

    dead.kernel.run(2 * SECOND)
    halfway = (task.status, task.moved)
    dead.kernel.run(60 * SECOND)

    assert halfway == (RUNNING, 4)
    assert dead.moved == [place * SECOND // 2 for place in range(1, 8)]
    assert (task.status, task.moved, dead.ended) == (COMPLETED, 7, [COMPLETED])
    assert dead.kernel.peek() is None


def test_the_rate_is_exact_over_time():
    dead = DeadLetters(waiting=3000)
    dead.start(per_second=300)

    dead.kernel.run(10 * SECOND)

    assert len(dead.moved) == 3000
    assert dead.moved[-1] == 10 * SECOND


@pytest.mark.parametrize("waiting, per_second", [(3, 10), (1000, 100), (50_000, 500)])
def test_without_a_rate_it_suits_the_backlog(waiting: int, per_second: int):
    """Source: SQS API Reference, StartMessageMoveTask: the system optimizes the rate by the size of the backlog."""
    dead = DeadLetters(waiting)
    dead.start()

    dead.kernel.run(SECOND)

    assert len(dead.moved) == min(waiting, per_second)


def test_what_comes_after_the_start_is_not_moved():
    """Source: SQS API Reference, ListMessageMoveTasks: the number to move is taken when the task starts."""
    dead = DeadLetters(waiting=3)
    task = dead.start(per_second=1)

    dead.kernel.run(SECOND)
    dead.waiting += 5  # they failed again
    dead.kernel.run(60 * SECOND)

    assert (task.to_move, task.moved, task.status, dead.waiting) == (3, 3, COMPLETED, 5)


def test_a_task_is_over_when_others_have_taken_the_rest():
    dead = DeadLetters(waiting=10)
    task = dead.start(per_second=1)

    dead.kernel.run(SECOND)
    dead.waiting = 0
    dead.kernel.run(60 * SECOND)

    assert (task.moved, task.status) == (1, COMPLETED)


def test_an_empty_queue_completes_at_once():
    dead = DeadLetters(waiting=0)
    task = dead.start()

    dead.kernel.run(SECOND)

    assert (task.moved, task.status) == (0, COMPLETED)


def test_a_queue_that_is_away_for_a_while_only_delays_its_task():
    dead = DeadLetters(waiting=3)
    task = dead.start(per_second=1)

    dead.closed = True
    dead.kernel.run(5 * SECOND)
    dead.closed = False
    dead.kernel.run(60 * SECOND)

    assert (dead.moved, task.status) == ([6 * SECOND, 7 * SECOND, 8 * SECOND], COMPLETED)


def test_a_cancelled_task_stops_and_what_it_moved_stays_moved():
    """Source: SQS API Reference, CancelMessageMoveTask."""
    dead = DeadLetters(waiting=10)
    task = dead.start(per_second=1)
    dead.kernel.run(3 * SECOND)

    moved = dead.moves.cancel(task.handle)
    at_once = task.status
    dead.kernel.run(60 * SECOND)

    assert (moved, at_once, task.status) == (3, CANCELLING, CANCELLED)
    assert (dead.waiting, dead.ended) == (7, [CANCELLED])


def test_a_task_whose_destination_refuses_a_message_has_failed():
    """Source: SQS API Reference, ListMessageMoveTasks (FailureReason)."""
    dead = DeadLetters(waiting=10)
    task = dead.start(per_second=1)
    dead.kernel.run(SECOND)

    task.fail("emails does not take it")
    task.fail("again")
    dead.kernel.run(60 * SECOND)

    assert (task.status, dead.ended, dead.waiting) == (FAILED, [FAILED], 9)
    assert dead.moves.listed(ARN, 1)[0]["FailureReason"] == "emails does not take it"


def test_a_task_that_fails_while_it_moves_a_message_ends_there():
    dead = DeadLetters(waiting=1)
    dead.refused = True
    task = dead.start(per_second=1)

    dead.kernel.run(60 * SECOND)

    assert (task.status, task.moved, dead.ended) == (FAILED, 0, [FAILED])


def test_a_task_has_thirty_six_hours():
    """Source: SQS Developer Guide, "Amazon SQS message quotas" (dead-letter queue redrive)."""
    dead = DeadLetters(waiting=1_000_000)
    dead.closed = True
    task = dead.start(per_second=1)

    dead.kernel.run(LONGEST - 1)
    before = task.status
    dead.kernel.run(LONGEST + SECOND)

    assert (before, task.status) == (RUNNING, FAILED)
    assert task.reason == "The task is not done after 1 d 12 h."


def test_only_one_task_of_a_queue_is_at_work():
    """Source: SQS API Reference, StartMessageMoveTask: one active task per source queue."""
    dead = DeadLetters(waiting=3)
    first = dead.start(per_second=1)

    with pytest.raises(ServiceError) as refused:
        dead.start()
    first.cancel()
    with pytest.raises(ServiceError):
        dead.start()
    dead.kernel.run(SECOND)
    second = dead.start()

    assert code_and_sentence(refused.value) == (
        "InvalidParameterValue",
        "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
    )
    assert dead.moves.active is second


@pytest.mark.parametrize("per_second", [0, 501, -1])
def test_a_rate_out_of_range_is_refused(per_second: int):
    """Source: SQS API Reference, StartMessageMoveTask: at most 500 messages a second."""
    with pytest.raises(ServiceError, match=f"Value {per_second} for parameter MaxNumberOfMessagesPerSecond is invalid"):
        DeadLetters(waiting=3).start(per_second=per_second)


@pytest.mark.parametrize("handle", ["emails-dead-move-1", "emails-dead-move-9", ""])
def test_a_task_that_is_not_running_cannot_be_cancelled(handle: str):
    """Source: SQS API Reference, CancelMessageMoveTask (ResourceNotFoundException)."""
    dead = DeadLetters(waiting=1)
    dead.start(per_second=500)
    dead.kernel.run(SECOND)
    dead.waiting = 3
    dead.start(per_second=1)

    with pytest.raises(ServiceError, match=r"Task does not exist\."):
        dead.moves.cancel(handle)


def test_tasks_are_listed_newest_first_with_a_handle_only_while_they_run():
    """Source: SQS API Reference, ListMessageMoveTasks (at most ten, TaskHandle only while RUNNING)."""
    dead = DeadLetters(waiting=1)
    dead.start(per_second=500)
    dead.kernel.run(3 * SECOND)
    dead.waiting = 4
    dead.start(per_second=2, destination="arn:elsewhere")

    dead.kernel.run(4 * SECOND)

    assert dead.moves.listed(ARN, 10) == [
        {
            "Status": RUNNING,
            "SourceArn": ARN,
            "ApproximateNumberOfMessagesMoved": 2,
            "ApproximateNumberOfMessagesToMove": 4,
            "StartedTimestamp": 3000,
            "TaskHandle": "emails-dead-move-2",
            "DestinationArn": "arn:elsewhere",
            "MaxNumberOfMessagesPerSecond": 2,
        },
        {
            "Status": COMPLETED,
            "SourceArn": ARN,
            "ApproximateNumberOfMessagesMoved": 1,
            "ApproximateNumberOfMessagesToMove": 1,
            "StartedTimestamp": 0,
            "MaxNumberOfMessagesPerSecond": 500,
        },
    ]
    assert len(dead.moves.listed(ARN, 1)) == 1
    for most in (0, 11):
        with pytest.raises(ServiceError, match="MaxResults"):
            dead.moves.listed(ARN, most)


def test_the_ten_latest_tasks_are_remembered():
    dead = DeadLetters(waiting=0)
    for _ in range(12):
        dead.start()
        dead.kernel.run(dead.kernel.now + SECOND)

    assert len(dead.moves.listed(ARN, 10)) == 10


def test_a_task_that_is_pickled_goes_on_as_it_was():
    dead = DeadLetters(waiting=5)
    dead.start(per_second=1)
    dead.kernel.run(2 * SECOND)

    again = pickle.loads(pickle.dumps(dead))
    again.kernel.run(60 * SECOND)
    dead.kernel.run(60 * SECOND)

    assert again.moved == dead.moved
    assert again.ended == [COMPLETED]
