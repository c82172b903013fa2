/**
 * Dots drawn by the graphics processor: ten thousand and more for the same millisecond.
 *
 * Each hop is written once into a ring of 16 bytes (departure, arrival, way, colour and side); the vertex shader
 * computes where it is from the time and a texture of all lines. Times are seconds from an epoch that follows the
 * clock, because a 32-bit float loses the millisecond after a few hours.
 */

import { lateral, STEPS } from 'app/stage/ways.js';
import { LOST } from 'app/stage/words.js';

/** @typedef {import('app/stage/crowd.js').Dots} Dots */
/** @typedef {import('app/stage/hops.js').Hops} Hops */
/** @typedef {import('app/stage/ways.js').Ways} Ways */
/** @typedef {import('app/stage/types.js').Theme} Theme */
/** @typedef {import('app/stage/types.js').Camera} Camera */

const FLOATS = 4;
const REACH = 64_000_000; // µs from the epoch at which times are still exact to 8 µs
const PATIENCE = 30; // drawings between two changes of the epoch, however fast the clock runs
const DOT = 2.4;

const VERTEX = `#version 300 es
layout(location = 0) in vec4 hop; // departure, arrival, way, colour + side
uniform float now; uniform float dot; uniform vec2 size; uniform vec3 camera; uniform sampler2D ways;
flat out int colour;
void main() {
  float whole = (now - hop.x) / (hop.y - hop.x);
  if (!(whole >= 0.0 && whole < 1.0)) { gl_Position = vec4(2.0, 2.0, 0.0, 1.0); gl_PointSize = 0.0; return; }
  int look = int(hop.w);
  float part = (look >= 8 ? min(whole, 0.5) : whole) * ${(STEPS - 1).toFixed(1)};
  int step = min(int(part), ${STEPS - 2});
  vec4 before = texelFetch(ways, ivec2(step, int(hop.z)), 0);
  vec4 after = texelFetch(ways, ivec2(step + 1, int(hop.z)), 0);
  vec4 here = mix(before, after, part - float(step));
  vec2 place = (here.xy + here.zw * (fract(hop.w) - 0.5)) * camera.z + camera.xy;
  gl_Position = vec4(place.x / size.x * 2.0 - 1.0, 1.0 - place.y / size.y * 2.0, 0.0, 1.0);
  gl_PointSize = dot;
  colour = look & 7;
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
uniform vec3 colours[8];
flat in int colour; out vec4 paint;
void main() {
  float away = length(gl_PointCoord - 0.5) * 2.0;
  float cover = 1.0 - smoothstep(0.75, 1.0, away);
  paint = vec4(colours[colour] * cover, cover);
}`;

/** @param {HTMLElement} layer @returns {Dots | null} */
export function createFlow(layer) {
  const canvas = document.createElement('canvas');
  canvas.className = 'stage-dots';
  const gl = canvas.getContext('webgl2', { antialias: false, premultipliedAlpha: true });
  const program = gl && link(gl);
  if (!gl || !program) return null;
  layer.append(canvas);
  return new Flow(canvas, gl, program);
}

/** @implements {Dots} */
class Flow {
  name = 'webgl2';

  /** @param {HTMLCanvasElement} canvas @param {WebGL2RenderingContext} gl @param {WebGLProgram} program */
  constructor(canvas, gl, program) {
    this.canvas = canvas;
    this.gl = gl;
    this.buffer = gl.createBuffer();
    this.texture = gl.createTexture();
    this.ring = new Float32Array(0);
    this.written = 0;
    this.generation = -1;
    this.version = -1;
    this.epoch = 0;
    this.sinceEpoch = PATIENCE;
    this.size = { width: 1, height: 1, ratio: 1 };
    this.gone = false;
    this.colours = /** @type {Theme | null} */ (null);
    this.at = Object.fromEntries(
      ['now', 'dot', 'size', 'camera', 'ways', 'colours'].map((name) => [name, gl.getUniformLocation(program, name)]),
    );
    canvas.addEventListener('webglcontextlost', () => {
      this.gone = true;
    });
    gl.useProgram(program);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, FLOATS, gl.FLOAT, false, 0, 0);
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  /** @param {Hops} hops @param {number} now @param {Camera} camera @param {Ways} ways @param {Theme} theme */
  draw(hops, now, camera, ways, theme) {
    const { gl, at, size } = this;
    this.rebase(hops, now);
    this.write(hops);
    if (this.version !== ways.version) this.chart(ways);
    if (this.colours !== theme) this.paint(theme);
    gl.uniform1f(at.now, (now - this.epoch) / 1e6);
    gl.uniform1f(at.dot, 2 * DOT * size.ratio * Math.min(1.4, Math.max(0.8, camera.scale)));
    gl.uniform3f(at.camera, camera.x, camera.y, camera.scale);
    gl.clear(gl.COLOR_BUFFER_BIT);
    const [first, last] = [hops.tail & hops.mask, hops.head & hops.mask];
    if (hops.head === hops.tail) return;
    if (first < last) gl.drawArrays(gl.POINTS, first, last - first);
    else {
      gl.drawArrays(gl.POINTS, first, hops.capacity - first);
      if (last > 0) gl.drawArrays(gl.POINTS, 0, last);
    }
  }

  clear() {
    this.gl.clear(this.gl.COLOR_BUFFER_BIT);
  }

  /** @param {number} width @param {number} height */
  resize(width, height) {
    const ratio = Math.min(2, globalThis.devicePixelRatio || 1);
    this.size = { width, height, ratio };
    this.canvas.width = Math.max(1, Math.round(width * ratio));
    this.canvas.height = Math.max(1, Math.round(height * ratio));
    this.gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    this.gl.uniform2f(this.at.size, width, height);
  }

  lost() {
    return this.gone || this.gl.isContextLost();
  }

  destroy() {
    this.gl.getExtension('WEBGL_lose_context')?.loseContext();
    this.canvas.remove();
  }

  /**
   * Moves the epoch to now when times have become inexact; everything is then written anew.
   * @param {Hops} hops @param {number} now
   */
  rebase(hops, now) {
    this.sinceEpoch++;
    const far = Math.abs(now - this.epoch) > REACH && this.sinceEpoch > PATIENCE;
    if (this.generation === hops.generation && this.ring.length > 0 && !far) return;
    this.epoch = now;
    this.sinceEpoch = 0;
    this.generation = hops.generation;
    this.written = hops.tail;
    if (this.ring.length > 0) return;
    this.ring = new Float32Array(hops.capacity * FLOATS);
    this.gl.bufferData(this.gl.ARRAY_BUFFER, this.ring.byteLength, this.gl.DYNAMIC_DRAW);
  }

  /** Uploads what has been added since the last drawing. @param {Hops} hops */
  write(hops) {
    const from = Math.max(this.written, hops.tail);
    for (let counter = from; counter < hops.head; counter++) {
      const place = counter & hops.mask;
      const lost = hops.flags[place] & LOST ? 8 : 0;
      this.ring[place * FLOATS] = (hops.leave[place] - this.epoch) / 1e6;
      this.ring[place * FLOATS + 1] = (hops.arrive[place] - this.epoch) / 1e6;
      this.ring[place * FLOATS + 2] = hops.way[place];
      this.ring[place * FLOATS + 3] = (hops.look[place] & 7) + lost + (lateral(hops.id[place]) + 0.5) * 0.998;
    }
    this.written = hops.head;
    if (from >= hops.head) return;
    const [first, last] = [from & hops.mask, hops.head & hops.mask];
    if (hops.head - from < hops.capacity && first < last) this.upload(first, last);
    else {
      this.upload(first, hops.capacity);
      this.upload(0, last);
    }
  }

  /** @param {number} first @param {number} last */
  upload(first, last) {
    if (last <= first) return;
    this.gl.bufferSubData(this.gl.ARRAY_BUFFER, first * FLOATS * 4, this.ring, first * FLOATS, (last - first) * FLOATS);
  }

  /** The lines, with normals as long as the river is wide. @param {Ways} ways */
  chart(ways) {
    const { gl } = this;
    this.version = ways.version;
    const rows = ways.lines.length;
    if (rows === 0) return;
    const texels = Float32Array.from(ways.table);
    for (let i = 0; i < texels.length; i += 4) {
      const width = ways.widths[Math.floor(i / (STEPS * 4))];
      texels[i + 2] *= width;
      texels[i + 3] *= width;
    }
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32F, STEPS, rows, 0, gl.RGBA, gl.FLOAT, texels);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  }

  /** @param {Theme} theme */
  paint(theme) {
    this.colours = theme;
    this.gl.uniform3fv(
      this.at.colours,
      theme.rgb.flat().map((channel) => channel / 255),
    );
  }
}

/** @param {WebGL2RenderingContext} gl @returns {WebGLProgram | null} */
function link(gl) {
  const program = gl.createProgram();
  for (const [kind, source] of /** @type {const} */ ([
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ])) {
    const shader = gl.createShader(kind);
    if (!shader) return null;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : null;
}
