"""How to read the stage: the glyphs, the keys, the terms, and what is true to the real services."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@dataclass(frozen=True)
class Glyph:
    """A drawing of the legend: `drawing` names the part of the template that draws it."""

    drawing: str
    name: str
    meaning: str


GLYPHS = (
    Glyph("message", "A message", "Its colour is its type, and stays the same for its whole life."),
    Glyph(
        "flight",
        "In flight",
        "A ring: received by a consumer and hidden from the others. The filling is the time left.",
    ),
    Glyph(
        "retried",
        "×2 – received again",
        "How often it has been handed out. Red: one more time, and it is dead-lettered.",
    ),
    Glyph("duplicate", "A duplicate", "A double outline: a second copy of a message that is already there."),
    Glyph("poison", "Poison", "Spiky: its processing can't succeed, however often it is tried."),
    Glyph("lost", "Lost", "A cross on the line: it did not get through, and the log says why."),
    Glyph("reply", "An answer", "Hollow: an acknowledgement travelling back, such as the delete of a message."),
    Glyph("refused", "Refused", "It bounces off and travels back to its sender, with the reason."),
    Glyph(
        "group",
        "A message group",
        "Strokes on a message, and a name below it: messages of one group (or tenant) have the same.",
    ),
    Glyph(
        "held",
        "Held",
        "A lock: another message of its group is in flight, and the next is handed out only when that is deleted.",
    ),
    Glyph("blocked", "Blocked", "A red lock: the first of its group came back, and those behind it still wait."),
    Glyph("noisy", "Noisy", "Dashes: a tenant that sends more than its share; the quiet ones are served first."),
    Glyph(
        "repeat",
        "Sent twice",
        "Bounces off the tail: a FIFO queue accepted it five minutes ago at most, and does not store it again.",
    ),
    Glyph("filtered", "Filtered out", "Pale, on a heap: a copy that the filter of a subscription kept back."),
    Glyph("batch", "A batch", "A number on a stack: how many messages of its batch a function still has before it."),
)
STATIONS = (
    Glyph("producer", "Producer", "A machine that sends: server, EC2 instance, phone, browser, device or schedule."),
    Glyph(
        "queue",
        "Queue",
        "A tube of messages, the next to be handed out at the consumer's end; above it the shelf of those in flight.",
    ),
    Glyph(
        "fifo",
        "FIFO queue",
        "Its tube ends in a point: what is in it keeps its order within its group. Below it each group has a lane.",
    ),
    Glyph(
        "worker",
        "Worker",
        "A bench with as many seats as it can work on at once; the arc is the progress of each. Grey: crashed.",
    ),
    Glyph(
        "intake",
        "Pollers",
        "What an event source mapping does for a function: dots that ask the queue, and the batch they gather.",
    ),
    Glyph(
        "inbox",
        "Waiting events",
        "Sheets beside a function: events that it took over and has not worked on yet, some to be tried again.",
    ),
    Glyph(
        "topic",
        "Topic",
        "A hub with a spoke to each subscriber: a message parts into its copies at the rim. A funnel there is a "
        "filter, a ring that drains the time until the next try. Arrowheads point outwards only: nobody asks it.",
    ),
    Glyph(
        "event_bus",
        "Event bus",
        "A board of rule cards: an event lights those it matched, the others show the clause that failed.",
    ),
    Glyph(
        "endpoint",
        "Endpoint",
        "Where a push arrives: a door for a webhook, an envelope, a bubble, a phone, a funnel, a plug for an API.",
    ),
    Glyph("scheduler", "Scheduler", "A clock that shows when it fires next, and the list of what it plans."),
    Glyph("pipe", "Pipe", "Four sections – source, filter, enrichment, target – with its batch in them."),
    Glyph(
        "state_machine",
        "State machine",
        "Its own flow chart: each token is one execution. Diamonds choose, stacks are Maps, red dashes catch errors; a "
        "ring that drains is a wait, 2/3 a retry.",
    ),
    Glyph(
        "store", "Store", "Where effects end up: a database, bucket, warehouse or cluster, with what was written last."
    ),
)
KEYS = (
    (("Space", ".", "b"), "Play or pause"),
    (("←", "→"), "One event back or forward; with Shift ten seconds"),
    (("PageUp", "PageDown"), "To the previous or next mark on the time track"),
    (("+", "−"), "Faster or slower"),
    (("/",), "Search the log, or the library"),
    (("p",), "The stage alone, for a projector, and back"),
    (("Esc",), "Stop following a message, close what is open"),
    (("?",), "All keys"),
)
TERMS = (
    (
        "Run",
        "One playing of a scenario with a seed. Same seed, same interventions: the same run, message for message.",
    ),
    ("Virtual time", "The clock of the run. Pausing, rewinding and changing the pace never change what happens in it."),
    ("Follow", "A pace that slows down while something travels and races through times in which nothing moves."),
    (
        "Intervention",
        "Something you do to the run: send a message, crash a node, change a setting. The journal keeps it.",
    ),
    ("Fork", "A run of your own that shares the past up to a moment: what would have happened if …?"),
    (
        "Visibility timeout",
        "How long a received message is hidden from other consumers. Not deleted by then, it comes back.",
    ),
    ("Dead-letter queue", "Where a queue puts a message that was received too often without being deleted."),
    (
        "Message group",
        "Messages with one MessageGroupId: a FIFO queue keeps their order, a fair queue their share.",
    ),
    (
        "Filter policy, event pattern",
        "What a subscription or a rule asks of a message. The bench tries one against an event, field by field.",
    ),
    ("Redrive", "Dead letters are moved back to the queue they came from, at a rate that can be set."),
    ("At least once", "What a standard queue promises: no message is forgotten, and some may be delivered twice."),
)


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "help/page.html", {"glyphs": GLYPHS, "stations": STATIONS, "keys": KEYS, "terms": TERMS})
