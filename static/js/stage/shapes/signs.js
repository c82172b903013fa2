/**
 * Small signs that several shapes share: what kind of subscriber a line leads to, a filter, a lock, a clock, a drawer
 * for an archive.
 *
 * Each is drawn within about ±8 of the origin, with strokes only, so that it can be read in any theme.
 */

import { element } from 'app/stage/shapes/svg.js';

/** @type {Record<string, string>} */
const PROTOCOLS = {
  sqs: 'M-4-5H4A5 5 0 0 1 4 5H-4A5 5 0 0 1-4-5ZM-3 0h.01M3 0h.01',
  lambda: 'M-5-7H-2.500L5 7M-.5-2L-5 7',
  http: 'M-7 0A7 7 0 1 0 7 0A7 7 0 1 0-7 0ZM-7 0H7M0-7C-4.500-3-4.500 3 0 7C4.500 3 4.500-3 0-7',
  email: 'M-7.500-5H7.500V5H-7.500ZM-7.500-4.500L0 1.500L7.500-4.500',
  sms: 'M-7-6H7V3H0L-4 7V3H-7ZM-3.500-1.500h.01M0-1.500h.01M3.500-1.500h.01',
  application: 'M-4.500-8H4.500V8H-4.500ZM-1 5H1',
  firehose: 'M-8-6H8L2.500 1V7H-2.500V1Z',
  api: 'M-2-7C-6-7-3-1-7 0C-3 1-6 7-2 7M2-7C6-7 3-1 7 0C3 1 6 7 2 7',
};

/** Other names of the same. @type {Record<string, string>} */
const ALIKE = { https: 'http', 'email-json': 'email', push: 'application', queue: 'sqs', worker: 'lambda' };

const WORDS = /** @type {Record<string, string>} */ ({
  sqs: 'a queue',
  lambda: 'a function',
  http: 'a webhook',
  email: 'e-mail',
  sms: 'SMS',
  application: 'a phone',
  firehose: 'Firehose',
  api: 'an API',
});

/** What a protocol leads to, in words. @param {string} protocol */
export function protocolWords(protocol) {
  return WORDS[ALIKE[protocol] ?? protocol] ?? protocol;
}

/** The path of a protocol's sign. @param {string} protocol */
export function protocolPath(protocol) {
  return PROTOCOLS[ALIKE[protocol] ?? protocol] ?? 'M-5-5H5V5H-5Z';
}

/** A funnel that points along a line, at this angle in degrees. @param {number} x @param {number} y @param {number} angle */
export function funnel(x, y, angle) {
  return element('path', {
    class: 'funnel',
    d: 'M-6-10L7-3.500V3.500L-6 10Z',
    transform: `translate(${short(x)} ${short(y)}) rotate(${short(angle)})`,
  });
}

/** An arrowhead on a line. @param {number} x @param {number} y @param {number} angle  in degrees */
export function chevron(x, y, angle) {
  return element('path', {
    class: 'outward',
    d: 'M-3.500-6L4 0L-3.500 6',
    transform: `translate(${short(x)} ${short(y)}) rotate(${short(angle)})`,
  });
}

/** A lock that is shut. @param {number} x @param {number} y */
export function lock(x, y) {
  return element(
    'g',
    { class: 'padlock', transform: `translate(${short(x)} ${short(y)})`, visibility: 'hidden' },
    element('path', { class: 'bow', d: 'M-3.200-1V-3.500A3.200 3.200 0 0 1 3.200-3.500V-1' }),
    element('rect', { x: -5, y: -1, width: 10, height: 8, rx: 1.5 }),
  );
}

/** A clock, for what comes by schedule. @param {number} x @param {number} y @param {number} radius */
export function clock(x, y, radius) {
  return element(
    'g',
    { class: 'icon', transform: `translate(${short(x)} ${short(y)})` },
    element('circle', { class: 'thin', r: radius }),
    element('path', {
      class: 'thin',
      d: `M0 ${short(-radius * 0.6)}V0L${short(radius * 0.45)} ${short(radius * 0.3)}`,
    }),
  );
}

/**
 * The part of a ring that is left, as a path around the origin.
 * @param {number} part  0 to 1 @param {number} radius
 */
export function arc(part, radius) {
  if (part <= 0) return '';
  const angle = Math.min(0.999, part) * Math.PI * 2;
  const [x, y] = [Math.sin(angle) * radius, -Math.cos(angle) * radius];
  return `M0 ${short(-radius)}A${short(radius)} ${short(radius)} 0 ${part > 0.5 ? 1 : 0} 1 ${short(x)} ${short(y)}`;
}

/** @param {number} value */
function short(value) {
  return Math.round(value * 10) / 10;
}
