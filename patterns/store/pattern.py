"""The store as a pattern."""

from patterns.store.config import USUAL, StoreSettings
from patterns.store.events import check_events
from patterns.store.kinds import KINDS
from patterns.store.node import Store
from simulator.engine.faults import SLOW, Fault, Nothing, Share, unavailable_node
from simulator.engine.link import LinkSettings
from simulator.engine.pattern import LinkKind, Measure, Pattern


def names(settings: StoreSettings) -> dict[str, str]:
    usual = USUAL[settings.kind]
    return {"neutral": usual.neutral, "aws": usual.aws}


def kind_of(settings: StoreSettings) -> str:
    return settings.kind


def throttle(store: Store, share: Share | None) -> None:
    store.refused_share = share.probability if share is not None else 0.0


PATTERN = Pattern(
    module=__name__,
    name="store",
    role="consumer",
    sentence="A store keeps one item per key, writes as fast as it can, and refuses what is more than that.",
    Settings=StoreSettings,
    Node=Store,
    names=names,
    kind_of=kind_of,
    kinds=KINDS,
    links=(LinkKind("events", "A bus hears of every object that is written.", LinkSettings, check=check_events),),
    faults=(
        SLOW,
        Fault("unavailable", "Unavailable", "refuses every write", Nothing, unavailable_node),
        Fault("throttle", "Throttle", "refuses some of the writes", Share, throttle),
    ),
    measures=(
        Measure("writes", "written", "writes/s", counts=("stored",)),
        Measure("throttled", "refused", "writes/s", counts=("throttled", "turned_away"), beside="writes"),
        Measure("busy", "writing", "writes", gauge="busy"),
        Measure("waiting", "waiting", "writes", gauge="waiting", beside="busy"),
        Measure("write_time", "write time", "s", values=("stored", "took")),
    ),
    takes=("send",),
    copies=True,
)
