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
 * @typedef {{ id: string, from: number, to: number, kind: string }} LinkSpec
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
 *             scaling?: [from: number, to: number] | null }} WorkerView
 * @typedef {{ kind: string, count: number, busy: number, capacity: number, waiting: number, throttled: number,
 *             last: number[][], caption: string[] }} StoreView
 * @typedef {any} View  one of the four above, by the pattern of its node; null before the first frame
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
 * @typedef {Extent & { body: Extent, shape: Record<string, number> }} Size
 * @typedef {Size & { x: number, y: number }} Box
 *
 * @typedef {{ left: number, top: number, right: number, bottom: number }} Rectangle
 * @typedef {{ x: number, y: number }} Point
 * @typedef {Point & { across: boolean }} Port  where a line meets a body; `across`: it runs left to right there,
 *   else downwards
 *
 * How large things are drawn: sizes in pixels before zoom, the room there is, and how wide a text is.
 * @typedef {{ text: number, small: number, line: number, edge: number, glyph: number, slots: number,
 *   compact: boolean, flat: boolean,
 *             width: (text: string, size: number, bold?: boolean) => number }} Style
 *
 * Whether something receives from the node; whether it is a dead-letter queue; whether it has one; the most room that
 * its shape has asked for so far, in the shape's own numbers.
 * @typedef {{ shelf: boolean, dead: boolean, falls: boolean, room?: number[] }} Role
 *
 * A message at rest, in the coordinates of the map; `group` is a short name of its group and `groupName` the whole, `motif` its pattern, `state` its bits (see
 * motifs.js), `more` how many wait behind it in its batch, `tag` what else there is to say of it.
 * @typedef {{ id: number, look: number, flags: number, x: number, y: number, radius: number,
 *             place: 'waiting' | 'inflight' | 'working' | 'cold' | 'stored' | 'dead' | 'repeat', node: number, receives: number,
 *             alarm: boolean, since: number, until: number, holder: number, rank: number,
 *             group?: string, groupName?: string, motif?: number, state?: number, more?: number, tag?: string }} Resting
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
