"""Replaying: one subscriber gets again what the archive has kept, in its order; no other notices anything.

While a replay goes on, what is published meanwhile is delivered by it too, so that the order is kept. Without an end it
goes over into what follows; with one, nothing is delivered after it until the replay policy is taken away.
Simplified: a replay is pending for a second and then delivers 500 messages a second.
Source: SNS Developer Guide, "Message replay for FIFO topic subscribers"; SNS API Reference, SetSubscriptionAttributes
(ReplayPolicy) and GetSubscriptionAttributes (ReplayStatus).
"""

from itertools import islice
from typing import TYPE_CHECKING

from patterns.topic.envelopes import Envelopes
from patterns.topic.policies import ReplayPolicy, micros_of
from patterns.topic.published import Published
from patterns.topic.publishing import copy, deliver, objection_of
from simulator.engine.clock import MILLISECOND, SECOND, Micros
from simulator.engine.kernel import Timer

if TYPE_CHECKING:
    from patterns.topic.node import Topic
    from patterns.topic.subscription import Subscription

PENDING, RUNNING, COMPLETED = "Pending", "In progress", "Completed"

PREPARATION: Micros = SECOND
STEP: Micros = 20 * MILLISECOND
AT_ONCE = 10


class Replay:
    """One replay. `start` and `end` (None: no end) are times of the run, `count` what was delivered once more."""

    __slots__ = ("_begun", "_next", "_timer", "count", "end", "policy", "start", "status", "subscription")

    def __init__(self, subscription: "Subscription", policy: ReplayPolicy) -> None:
        topic = subscription.topic
        begins = topic.run.scenario.begins
        self.subscription = subscription
        self.policy = policy
        self.start = micros_of(policy.StartingPoint, begins)
        self.end = micros_of(policy.EndingPoint, begins) if policy.EndingPoint is not None else None
        self.status = PENDING
        self.count = 0
        self._begun: Micros = 0
        self._next = 0
        self._timer: Timer | None = topic.kernel.after(PREPARATION, self.begin)
        topic.record("replay_pending", 0, subscription.link.index)

    def begin(self) -> None:
        """Find the first message."""
        topic = self.subscription.topic
        self.status = RUNNING
        self._begun = topic.kernel.now
        topic.record("replay_started", 0, self.subscription.link.index)
        archive = topic.archive
        first = archive.since(self.start) if archive is not None else 0
        self._next = first or topic.numbered + 1
        self.step()

    def step(self) -> None:
        """Deliver the next few; then wait, or be over."""
        self._timer = None
        topic = self.subscription.topic
        archive = topic.archive
        following = list(islice(archive.starting_with(self._next), AT_ONCE)) if archive is not None else []
        for given in following:
            if self.end is not None and given.time > self.end:
                self._complete()
                return
            self._next = given.number + 1
            if given.time >= self.start:
                self._deliver(given)
        if len(following) == AT_ONCE:
            self._timer = topic.kernel.after(STEP, self.step)
        elif self.end is None or topic.kernel.now > self.end:
            self._complete()
        else:
            self._timer = topic.kernel.after(self.end + 1 - topic.kernel.now, self.step)

    def takes_over(self, given: Published) -> bool:
        """Whether a message that is published now does not go to the subscriber as usual."""
        if self.status != COMPLETED:
            return True
        if self.end is None:
            return False
        subscription = self.subscription
        reason = "its replay has ended, and nothing follows until its ReplayPolicy is taken away"
        subscription.topic.record("withheld", given.message.id, subscription.link.index, reason)
        return True

    def wake(self) -> None:
        """Something was published: go on at once where it waits for that."""
        if self.status == RUNNING and self._timer is not None and self._caught_up:
            self.subscription.topic.kernel.cancel(self._timer)
            self.step()

    def cancel(self) -> None:
        """The policy is another one now, or none."""
        if self._timer is not None:
            self.subscription.topic.kernel.cancel(self._timer)
            self._timer = None

    @property
    def _caught_up(self) -> bool:
        """Whether there is only the message that has just been published."""
        return self._next >= self.subscription.topic.numbered

    def _deliver(self, given: Published) -> None:
        subscription = self.subscription
        topic = subscription.topic
        reason = objection_of(subscription, given, {})
        if reason:
            topic.record("filtered_out", given.message.id, subscription.link.index, reason)
            subscription.filtered += 1
            subscription.note(reason)
            return
        replayed = given.time < self._begun
        self.count += replayed
        topic.replayed += replayed
        deliver(copy(subscription, given, Envelopes(topic, given, replayed)))

    def _complete(self) -> None:
        self.status = COMPLETED
        topic = self.subscription.topic
        topic.record("replay_ended", 0, self.subscription.link.index, COMPLETED, self.count)


def use(topic: "Topic", subscription: "Subscription") -> None:
    """Have the replay that the settings of a subscription say; one that goes on goes on."""
    policy, replay = subscription.settings.ReplayPolicy, subscription.replay
    if (replay.policy if replay is not None else None) == policy:
        return
    if replay is not None:
        replay.cancel()
    subscription.replay = Replay(subscription, policy) if policy is not None else None
    topic.replays = [one.replay for one in topic.subscriptions.values() if one.replay is not None]
