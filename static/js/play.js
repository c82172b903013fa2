/**
 * The play page: joins the run, the stage, the bar and the panels.
 *
 * Everything the page knows is in the timeline and the playhead; everything it shows is drawn from them, once per animation
 * frame, by the one loop at the end. Modules of the player never call each other: they ask this one, and it asks the run.
 */
import { Strip } from 'app/charts/strip.js';
import { attachDefinitionEditors } from 'app/editor/attach.js';
import { Caption } from 'app/player/caption.js';
import { showConnection } from 'app/player/connection.js';
import { mark, need, say } from 'app/player/dom.js';
import { Executions, holderOf } from 'app/player/executions.js';
import { decodeHops, problemOf } from 'app/player/frames.js';
import { Guarantees } from 'app/player/guarantees.js';
import { fillHelp } from 'app/player/help.js';
import { Inspector } from 'app/player/inspector.js';
import { Journeys } from 'app/player/journey.js';
import { actionOf, placeOf, releaseFocus } from 'app/player/keys.js';
import { Log } from 'app/player/log.js';
import { attachNames, storedNames } from 'app/player/names.js';
import { Playhead } from 'app/player/playhead.js';
import { Present } from 'app/player/present.js';
import { Search } from 'app/player/search.js';
import { addressAt, copy, momentIn, withoutMoment } from 'app/player/share.js';
import { addressOf, RunSocket } from 'app/player/socket.js';
import { Story } from 'app/player/story.js';
import { Summary } from 'app/player/summary.js';
import { Tabs } from 'app/player/tabs.js';
import { isMoving, Timeline } from 'app/player/timeline.js';
import { refusalNote, Toasts } from 'app/player/toast.js';
import { MODE_WORDS, Transport } from 'app/player/transport.js';
import { duration, label, number, stamp } from 'app/player/words.js';
import { loadShapes } from 'app/stage/shapes/index.js';
import { createStage } from 'app/stage/stage.js';

/** @typedef {import("app/player/frames.js").Frame} Frame */
/** @typedef {import("app/player/frames.js").Hello} Hello */
/** @typedef {"aws" | "neutral"} Names */

const PANELS_EVERY = 120;
const ASK_AGAIN = 1000;

/** Everything of the page that lives as long as the run is known. */
class PlayPage {
  /**
   * @param {Hello} hello
   * @param {RunSocket} socket
   * @param {Toasts} toasts
   */
  constructor(hello, socket, toasts) {
    this.socket = socket;
    this.toasts = toasts;
    this.root = need(document, '[data-play]');
    this.timeline = new Timeline(hello);
    this.playhead = new Playhead();
    this.reduced = window.matchMedia('(prefers-reduced-motion: reduce)');
    this.panelsShown = Number.NEGATIVE_INFINITY;
    this.askedJourney = 0;
    this.shared = momentIn(location.href, hello.length);
    this.stage = this.makeStage(hello);
    const follow = (/** @type {number | null} */ id) => this.follow(id);
    const seek = (/** @type {number} */ to) => this.seek(to);
    this.transport = new Transport(need(document, '[data-transport]'), this.timeline, this.playhead, this.commands());
    this.log = new Log(need(document, '[data-log]'), this.timeline, { onSeek: seek, onFollow: follow });
    this.search = new Search(need(document, '[data-log]'), {
      onAsk: (query) => this.socket.send({ type: 'search', query }),
      onFollow: follow,
    });
    this.guarantees = new Guarantees(need(document, '[data-guarantees]'), this.timeline, {
      onGo: (guarantee) => this.goToBreak(guarantee),
      onTell: (text) => this.summary.tell(text),
    });
    this.journeys = new Journeys(need(document, '[data-journeys]'), this.timeline, { onSeek: seek, onFollow: follow });
    this.inspector = new Inspector(need(document, '#inspector'), this.timeline, {
      addressOf: (id) => `${document.body.dataset.runUrl}inspect/${encodeURIComponent(id)}/`,
      addressOfMessage: (id) => `${document.body.dataset.runUrl}journeys/${id}/`,
      onFollow: follow,
    });
    this.executions = new Executions(need(document, '#inspector'), this.root, {
      chartOf: () => this.timeline.charts[this.playhead.node ?? -1] ?? null,
      onSeek: seek,
      drawing: async () => (await import('app/stage/execution.js')).drawExecution,
    });
    this.story = new Story(need(document, '[data-story]'), {
      onGoOn: () => this.ask({ type: 'play' }),
      onShow: (beat) => beat.node >= 0 && this.select(beat.node, null),
      onFollow: follow,
      nameOf: (id) => label(id, hello.prefixes),
      mayControl: () => this.timeline.may('control'),
    });
    this.summary = new Summary(this.root, this.stage);
    this.caption = new Caption(need(document, '[data-caption]'));
    const tell = (/** @type {string} */ text) => this.summary.tell(text);
    this.present = new Present(this.root, need(document, '[data-act=present]'), tell);
    this.strip = new Strip(need(document, '[data-charts]'), hello.charts, {
      words: { duration, number, stamp },
      onPoint: (time) => this.transport.track.point(time),
      onSeek: seek,
      titleOf: (node) => hello.nodes[node]?.title ?? '',
    });
    this.tabs = new Tabs(need(document, '[data-tabs]'), this.root);
    mark(this.transport.story, 'aria-pressed', String(hello.story));
    this.listen();
    const first = hello.charts[0]?.node ?? (hello.nodes.length > 0 ? 0 : null);
    if (first !== null) this.select(first, null);
    void this.strip.load();
  }

  /** @param {Hello} hello */
  makeStage(hello) {
    const host = need(document, '[data-stage]');
    const stage = createStage(host, hello, {
      onSelect: (node, link, state) => {
        this.passOn();
        this.select(node, link);
        if (state !== null) this.executions.choose(state);
      },
      onFollow: (id) => this.lookInto(id),
      names: storedNames(),
    });
    new ResizeObserver(() => stage.resize()).observe(host);
    document.addEventListener('waystation:theme', () => {
      stage.retheme();
      this.strip.redraw();
    });
    return stage;
  }

  /** @returns {import("app/player/transport.js").Commands} */
  commands() {
    return {
      toggle: () => this.toggle(),
      step: (back) => this.ask(back ? { type: 'step', back: true } : { type: 'step' }),
      seek: (to) => this.seek(to),
      pace: (rate) => this.setPace(rate),
      fork: () => this.fork(this.playhead.now),
      tell: (text) => this.summary.tell(text),
      story: (on) => {
        if (this.ask({ type: 'story', on })) mark(this.transport.story, 'aria-pressed', String(on));
      },
    };
  }

  listen() {
    document.addEventListener('keydown', (event) => {
      const action = actionOf(event, placeOf(event.target instanceof Element ? event.target : null));
      if (action !== null && this.act(action)) event.preventDefault();
    });
    document.addEventListener('click', releaseFocus);
    for (const button of document.querySelectorAll('[data-act]')) {
      button.addEventListener('click', () => this.act(button.getAttribute('data-act') ?? ''));
    }
    attachNames((names) => this.stage.rename(names));
    fillHelp(helpDialog());
  }

  /**
   * Do what a key or a button is called; false when nobody here knows it.
   * @param {string} name
   */
  act(name) {
    if (name === 'search') {
      if (this.present.on) this.present.toggle();
      this.tabs.show('log');
      this.log.focusSearch();
    } else if (name === 'help') helpDialog().showModal();
    else if (name === 'present') this.present.toggle();
    else if (name === 'share') void this.share();
    else if (name === 'escape') return this.escape();
    else return this.transport.act(name);
    return true;
  }

  /** Leave what is open, the innermost first: a field, a note, the text view, the followed message, the stage alone. */
  escape() {
    const active = document.activeElement;
    if (active instanceof HTMLElement && placeOf(active) === 'typing') active.blur();
    else if (this.toasts.dismiss()) return true;
    else if (!this.summary.panel.hidden) this.summary.show(false);
    else if (this.playhead.followed !== null) this.follow(null);
    else if (this.present.on) this.present.toggle();
    else return false;
    return true;
  }

  /**
   * Say something to the run; a note when there is no line.
   * @param {{type: string} & Record<string, unknown>} message
   */
  ask(message) {
    const sent = this.socket.send(message);
    if (!sent)
      this.toasts.show({
        title: 'Not connected at the moment.',
        text: 'It goes on by itself as soon as the server answers.',
        tone: 'warn',
      });
    return sent;
  }

  toggle() {
    if (isMoving(this.timeline.mode)) this.ask({ type: 'pause' });
    else if (this.timeline.mode !== 'finished') this.ask({ type: 'play' });
    else if (this.seek(0)) this.ask({ type: 'play' });
  }

  /**
   * Ask for a pace, and take it as given until a frame says otherwise, so that pressing + thrice goes three steps.
   * @param {number | null} rate null: follow
   */
  setPace(rate) {
    const kind = rate === null ? 'follow' : 'steady';
    if (
      !this.timeline.may('control') ||
      !this.ask(rate === null ? { type: 'pace', kind } : { type: 'pace', kind, rate })
    )
      return;
    this.timeline.pace = { kind, rate: rate ?? 0, asked: rate ?? 1, slowed: false, skipping: '' };
  }

  /** @param {number} to */
  seek(to) {
    const target = Math.round(to);
    if (!this.timeline.may('control')) {
      this.toasts.show({
        title: 'You are watching this run.',
        text: 'Fork it to move through time by yourself.',
        offer: this.forkOffer(target),
      });
      return false;
    }
    if (!this.ask({ type: 'seek', to: target })) return false;
    this.playhead.target = target;
    return true;
  }

  /** @param {number} at */
  forkOffer(at) {
    return { text: `Fork from ${stamp(at)}`, act: () => this.fork(at) };
  }

  /** @param {number} at */
  fork(at) {
    this.ask({ type: 'fork', at: Math.round(at) });
  }

  /**
   * @param {number | null} node
   * @param {number | null} link
   * @param {string} [query] what of its panel to show
   */
  select(node, link, query = '') {
    if (node === null && link === null) return;
    this.playhead.node = node;
    this.playhead.link = link;
    const { nodes, links } = this.timeline.hello;
    this.inspector.show(node !== null ? nodes[node].id : links[link ?? 0].id, query);
    if (node !== null) this.strip.choose(node);
    if (this.playhead.followed === null || query !== '') this.tabs.show('inspector');
    this.panelsShown = Number.NEGATIVE_INFINITY;
  }

  /**
   * Follow a message somebody has pointed at; one that is an execution is opened where it is.
   * @param {number | null} id
   */
  lookInto(id) {
    this.follow(id);
    const node = id === null ? -1 : holderOf(this.timeline.viewsAt(this.playhead.now), id);
    if (node >= 0) this.select(node, null, `?tab=executions&message=${id}`);
  }

  /** Somebody looks at something else while time runs: the story card has had its turn. */
  passOn() {
    if (isMoving(this.timeline.mode)) this.story.hide();
  }

  /** @param {number | null} id */
  follow(id) {
    if (id !== null) this.passOn();
    this.playhead.followed = id;
    this.panelsShown = Number.NEGATIVE_INFINITY;
    if (id === null) return;
    this.tabs.show('journey');
    this.askJourney(id, performance.now());
  }

  /**
   * Show how a guarantee was broken: the moment at which it was, and the message that did it.
   * @param {import("app/player/frames.js").Guarantee} guarantee
   */
  goToBreak([, , , time, message]) {
    if (time !== null) this.seek(time);
    if (message === 0) return;
    this.journeys.wanted = time;
    this.follow(message);
    need(document, '#panel-journey').focus({ preventScroll: true });
  }

  /**
   * @param {number} id
   * @param {number} wall
   */
  askJourney(id, wall) {
    this.askedJourney = wall;
    this.socket.send({ type: 'journey', message: id });
  }

  async share() {
    const address = addressAt(location.href, this.playhead.now);
    if (await copy(address)) this.toasts.show({ title: `The link to ${stamp(this.playhead.now)} is copied.` });
    else this.toasts.show({ title: `The link to ${stamp(this.playhead.now)}`, field: address });
  }

  /**
   * Take one message of the run.
   * @param {any} message
   */
  hear(message) {
    if (message.type === 'frame') this.hearFrame(message);
    else if (message.type === 'history') this.hearHistory(message);
    else if (message.type === 'journey') this.hearJourney(message);
    else if (message.type === 'found') this.search.hear(message);
    else if (message.type === 'forked') location.assign(message.url);
    else if (message.type === 'error') this.hearRefusal(message);
    else if (message.type === 'hello') this.hearHello(message);
  }

  /** @param {Frame} frame */
  hearFrame(frame) {
    const problem = problemOf(frame);
    if (problem !== '') {
      this.toasts.show({ title: "The server sent something this page can't show.", text: problem, tone: 'bad' });
      return;
    }
    const last = this.timeline.frame;
    const kind = this.timeline.file(frame, this.playhead.now);
    if (kind === 'gap') this.socket.send({ type: 'resume', after: Math.max(0, last) });
    if (frame.key) this.stage.clearHops();
    const hops = decodeHops(frame);
    if (hops.count > 0) this.stage.addHops(hops);
    this.playhead.receive(frame, performance.now(), isMoving(frame.mode));
    document.body.dataset.frame = String(frame.n);
    if (!frame.key) return;
    this.panelsShown = Number.NEGATIVE_INFINITY;
    if (this.playhead.followed !== null) this.askJourney(this.playhead.followed, performance.now());
    this.openShared();
  }

  /** Go to the moment the address named, once. */
  openShared() {
    const at = this.shared;
    if (at === null) return;
    this.shared = null;
    history.replaceState(null, '', withoutMoment(location.href));
    if (this.timeline.may('control')) this.seek(at);
    else
      this.toasts.show({
        title: `This link names ${stamp(at)}.`,
        text: 'You are watching; the clock is not yours.',
        offer: this.forkOffer(at),
      });
  }

  /** @param {import("app/player/frames.js").History} history */
  hearHistory(history) {
    this.timeline.fileHistory(history);
    this.transport.showHistory();
    this.strip.show(history.series, history.furthest);
    this.strip.update(this.playhead.now);
  }

  /** @param {import("app/player/frames.js").Journey} journey */
  hearJourney(journey) {
    this.timeline.fileJourney(journey);
    this.panelsShown = Number.NEGATIVE_INFINITY;
  }

  /** @param {import("app/player/frames.js").Refusal} refusal */
  hearRefusal(refusal) {
    this.playhead.target = null;
    this.toasts.show(refusalNote(refusal, () => this.fork(this.playhead.now)));
  }

  /** The greeting after a reconnect: what this reader may do can have changed. @param {Hello} hello */
  hearHello(hello) {
    this.timeline.hello.may = hello.may;
    this.transport.allow();
  }

  /**
   * Show the run as it stands at this wall time.
   * @param {number} wall
   */
  draw(wall) {
    const { timeline, playhead } = this;
    const now = playhead.tick(wall);
    const views = timeline.viewsAt(now);
    this.stage.draw({
      now,
      mode: timeline.mode,
      views,
      faults: timeline.faultsAt(now),
      weight: timeline.weight,
      followed: playhead.followed,
      reduced: this.reduced.matches,
      looks: timeline.looks,
      travel: !this.reduced.matches,
      selected: { node: playhead.node, link: playhead.link },
    });
    this.transport.update();
    this.showMode();
    if (wall - this.panelsShown >= PANELS_EVERY) this.drawPanels(wall, now, views);
  }

  /**
   * The panels need not move sixty times a second.
   * @param {number} wall
   * @param {number} now
   * @param {(import("app/player/frames.js").View | null)[]} views
   */
  drawPanels(wall, now, views) {
    this.panelsShown = wall;
    const { followed } = this.playhead;
    this.log.update(now);
    this.inspector.update(now, views, this.playhead.node);
    this.executions.update(now, views[this.playhead.node ?? -1] ?? null, wall);
    this.journeys.update(now, followed);
    this.guarantees.update(now, wall);
    this.strip.update(now);
    this.summary.update(wall);
    const moving = isMoving(this.timeline.mode);
    this.caption.update(this.timeline.lines, now, moving, wall);
    this.story.update(this.timeline.beatAt(now), moving, wall);
    if (followed === null || wall - this.askedJourney < ASK_AGAIN) return;
    const journey = this.timeline.journeys.get(followed);
    if (journey === undefined || (moving && !journey.complete)) this.askJourney(followed, wall);
  }

  /** The frame round the stage, its word, and the states that tests wait for. */
  showMode() {
    const { timeline, playhead } = this;
    const [sign, word] = MODE_WORDS[timeline.mode];
    mark(this.root, 'data-mode', timeline.mode);
    say(need(this.root, '[data-mode-sign]'), sign);
    say(need(this.root, '[data-mode-word]'), word);
    const fresh = timeline.frame >= 0 && timeline.mode === 'paused' && playhead.now === 0 && timeline.furthest === 0;
    mark(this.root, 'data-fresh', String(fresh));
    need(this.root, '[data-first-play]').hidden = !fresh || !timeline.may('control');
    const { dataset } = document.body;
    dataset.mode = timeline.mode;
    dataset.now = String(Math.round(playhead.now / 1000));
    if (timeline.frame >= 0) dataset.ready = 'yes';
  }
}

/** @returns {HTMLDialogElement} */
function helpDialog() {
  return /** @type {HTMLDialogElement} */ (need(document, '[data-help]'));
}

function main() {
  need(document, '[data-play]').hidden = false;
  const toasts = new Toasts(need(document, '[data-toasts]'));
  /** @type {PlayPage | null} */
  let page = null;
  /** @type {Parameters<PlayPage["hear"]>[0][]} What came while the drawings were being loaded. */
  const early = [];
  let greeted = false;
  const socket = new RunSocket(addressOf(location, document.body.dataset.run ?? ''), {
    onMessage: (message) => {
      if (page !== null) page.hear(message);
      else if (greeted) early.push(message);
      else if (message.type === 'hello') {
        greeted = true;
        void loadShapes(message.nodes.map((/** @type {{ pattern: string }} */ node) => node.pattern)).then(() => {
          page = new PlayPage(message, socket, toasts);
          const { stage, timeline, playhead } = page;
          Object.assign(window, { waystation: { stage, timeline, playhead } });
          for (const later of early.splice(0)) page.hear(later);
        });
      } else if (message.type === 'error') toasts.show(refusalNote(message, () => undefined));
    },
    onState: showConnection,
    lastFrame: () => page?.timeline.frame ?? -1,
  });
  need(document, '[data-connection-retry]').addEventListener('click', () => socket.retry());
  document.addEventListener('htmx:load', ({ target }) => {
    if (target instanceof Element) attachDefinitionEditors(target);
  });
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && socket.retry());
  socket.open();
  const turn = (/** @type {number} */ wall) => {
    requestAnimationFrame(turn);
    page?.draw(wall);
  };
  turn(performance.now());
}

main();
