/**
 * What the stage speaks of, as types: the messages of the protocol it draws, and the boxes and glyphs it draws them
 * with.
 *
 * Nothing here runs; other modules import the types. The shapes of hello and views are those of docs/PROTOCOL.md.
 *
 * @typedef {{ neutral: string, aws: string }} Names
 * @typedef {'neutral' | 'aws'} Naming
 * @typedef {{ id: string, title: string, pattern: string, role: string, kind: string, at: [number, number] | null,
 *             names: Names, sentence: string }} NodeSpec
 * @typedef {{ id: string, from: number, to: number, kind: string, part?: string }} LinkSpec
 * @typedef {{ nodes: NodeSpec[], links: LinkSpec[], looks: string[], prefixes: string[] }} Hello
 *
 * A queue's `move` with `to` "" goes back to where each message came from.
 * @typedef {{ waiting: number, delayed: number, inflight: number, oldest: number | null, limit: number, dead: boolean,
 *             head: number[][], shelf: number[][], caption: string[], fifo?: boolean,
 *             groups?: import('app/stage/motifs.js').Group[], groupCount?: number, deduplicated?: number,
 *             move?: [moved: number, total: number, perSecond: number, to: string] | null,
 *             refusals?: [time: number, code: string, count: number] | null,
 *             repeat?: [id: number, look: number, flags: number, time: number] | null,
 *             overtook?: [id: number, older: number, time: number] | null,
 *             calls?: [billed: number, empty: number, microDollars: number] }} QueueView
 * @typedef {{ kind: string, rate: number, sent: number, paused: boolean, caption: string[] }} ProducerView
 * @typedef {{ kind: string, seats: number[][], concurrency: number, busy: number, done: number, failed: number,
 *             doubled: number, crashed: number, p95: number | null, caption: string[], throttled?: number,
 *             pollers?: [active: number, running: number, most: number] | null,
 *             batch?: [gathered: number, size: number, due: number] | null,
 *             scaling?: [from: number, to: number] | null,
 *             events?: [waiting: number, oldest: number, retry: number] | null }} WorkerView
 * @typedef {{ kind: string, count: number, busy: number, capacity: number, waiting: number, throttled: number,
 *             last: number[][], caption: string[] }} StoreView
 * @typedef {[link: number, protocol: string, state: number, delivered: number, filtered: number, failed: number,
 *   retrying: number, retry: number, tries: number, of: number, reason: string, time: number]} Subscription
 * @typedef {[kept: number, replaying: boolean, replayed: number]} Archive
 * @typedef {{ fifo: boolean, published: number, subscriptions: Subscription[], count: number, heap: number[][],
 *             archive: Archive | null, caption: string[] }} TopicView  a heap's row: id, look, flags, link, time
 * @typedef {[name: string, state: number, matched: number, time: number, clause: string, targets: number,
 *   delivered: number, failed: number, retrying: number, retry: number]} Rule
 * @typedef {{ received: number, rules: Rule[], count: number,
 *             latest: [id: number, look: number, flags: number, time: number] | null,
 *             archive: [kept: number, state: string, replayed: number] | null, dropped: number,
 *             caption: string[] }} EventBusView
 * @typedef {{ kind: string, received: number, failed: number, busy: number, last: number[][], state: string,
 *             rate: number, doubled?: number,
 *             buffer?: [records: number, bytes: number, most: number, due: number] | null,
 *             caption: string[] }} EndpointView
 * @typedef {[name: string, next: number, state: number, fired: number, window: number, local: string]} Schedule
 * @typedef {{ kind: string, schedules: Schedule[], count: number, failed: number, caption: string[] }} SchedulerView
 * @typedef {{ state: string, received: number, filtered: number, enriched: number, delivered: number, failed: number,
 *             batch: number[][], enrichment: string, reason: string, caption: string[] }} PipeView
 * A chart is what a state machine consists of; the states of a scope begin with the one it starts at.
 * @typedef {[name: string, type: string, parent: number, branch: number]} ChartState
 * @typedef {[from: number, to: number, kind: number, label: string]} ChartEdge  kind: 0 next, 1 choice, 2 default, 3 catch
 * @typedef {{ version: number, start: number, states: ChartState[], edges: ChartEdge[] }} Chart
 * @typedef {[state: number, here: number, entered: number, failed: number, caught: number, retrying: number]} StateRow
 * @typedef {[id: number, look: number, flags: number, state: number, since: number, until: number, tries: number,
 *   of: number, bits: number, execution: number, from: number, kind: number]} TokenRow  bits: 1 waits for a timer, 2 for
 *   a task, 4 for a token, 8 for a retry, 16 has failed there
 * @typedef {[state: number, items: number, done: number, failed: number, running: number, most: number]} MapRow
 * @typedef {[id: number, look: number, flags: number, status: number, time: number]} LastRow  status: 0 succeeded,
 *   1 failed, 2 timed out, 3 aborted
 * @typedef {{ kind: string, chart: number, graph?: Chart, running: number, succeeded: number, failed: number,
 *   timedOut: number, aborted: number, states: StateRow[], tokens: TokenRow[], maps: MapRow[], last: LastRow[],
 *   caption: string[] }} MachineView  `graph`: the chart of that version, which the page adds
 * @typedef {any} View  one of those above, by the pattern of its node; null before the first frame
 *
 * @typedef {['node' | 'link', number, string, number]} FaultRow  target, index, name, end (0: until somebody ends it)
 *
 * @typedef {{ count: number, id: Float64Array, link: Uint16Array, back: Uint8Array, look: Uint16Array,
 *   flags: Uint8Array,
 *             leave: Float64Array, arrive: Float64Array, weight: number }} HopBatch
 *
 * @typedef {{ node?: number | null, link?: number | null } | number | null} Selection  a plain number is a node's index
 *
 * @typedef {{ now: number, mode: string, views: View[], faults: FaultRow[], weight: number, followed: number | null,
 *             reduced: boolean, looks: string[], travel: boolean, selected: Selection }} Scene
 *
 * Extents are distances from a station's origin (the middle of its body), all positive.
 * @typedef {{ up: number, down: number, left: number, right: number }} Extent
 *
 * A measured station: all it covers with its labels, its body (what links arrive at), and what its shape needs to know.
 * @typedef {Extent & { body: Extent, shape: Record<string, number>, spokes?: Spoke[],
 *   chart?: { graph: Chart, fitted: import('app/stage/shapes/state_machine/fitting.js').Fitted } }} Size
 * @typedef {Size & { x: number, y: number }} Box
 *
 * @typedef {{ left: number, top: number, right: number, bottom: number }} Rectangle
 * @typedef {{ x: number, y: number }} Point
 * @typedef {Point & { across: boolean }} Port  where a line meets a body; `across`: it runs left to right there,
 *   else downwards
 *
 * How large things are drawn: sizes in pixels before zoom, the room there is, and how wide a text is.
 * @typedef {{ text: number, small: number, line: number, edge: number, glyph: number, slots: number,
 *   compact: boolean, flat: boolean, low?: boolean,
 *             width: (text: string, size: number, bold?: boolean) => number }} Style
 *
 * A link out of a station, but for dead letters; `part` is the part of the station that it leaves from.
 * @typedef {{ link: number, to: number, title: string, part: string }} Exit
 *
 * Where an exit begins: along `lead`, from within the station to its edge, in coordinates of the station; `across` as in
 * Port; `room` how far those that begin at the same place may be spread.
 * @typedef {Exit & { lead: Point[], across: boolean, room: number }} Spoke
 *
 * Whether something receives from the node; whether it is a dead-letter queue; whether it has one; the most room that
 * its shape has asked for so far, in the shape's own numbers; its exits, in the order of where they lead.
 * @typedef {{ shelf: boolean, dead: boolean, falls: boolean, room?: number[], exits?: Exit[] }} Role
 *
 * A message at rest, in the coordinates of the map; `group` is a short name of its group and `groupName` the whole, `motif` its pattern, `state` its bits (see
 * motifs.js), `more` how many wait behind it in its batch, `tag` what else there is to say of it, `bits` what an execution waits for, `from` where it bounced off.
 * @typedef {{ id: number, look: number, flags: number, x: number, y: number, radius: number,
 *             place: 'waiting' | 'inflight' | 'working' | 'cold' | 'stored' | 'dead' | 'repeat' | 'heap' | 'latest' | 'state' | 'ended',
 *             node: number, receives: number,
 *             alarm: boolean, since: number, until: number, holder: number, rank: number,
 *             bits?: number, group?: string, groupName?: string, motif?: number, state?: number, more?: number, tag?: string, from?: Point }} Resting
 *
 * @typedef {{ stage: string, panel: string, raised: string, line: string, track: string, slot: string, text: string,
 *   soft: string,
 *             faint: string, accent: string, ok: string, warn: string, bad: string, m: string[], rgb: [number,
 *             number, number][],
 *             font: string, textSize: number, smallSize: number, leastSize: number, lineWidth: number, edgeWidth: number, glyph: number,
 *             letters: boolean }} Theme
 *
 * @typedef {{ scale: number, x: number, y: number }} Camera  screen = map * scale + (x, y), in CSS pixels of the host
 */

export {};
