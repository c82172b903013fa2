/**
 * Glyphs one by one, or a flow of dots: which of the two the eye can still read, and who draws the dots.
 */

/** @typedef {import('app/stage/types.js').Theme} Theme */
/** @typedef {import('app/stage/types.js').Camera} Camera */
/** @typedef {import('app/stage/hops.js').Hops} Hops */
/** @typedef {import('app/stage/ways.js').Ways} Ways */

/**
 * What draws dots. `draw` shows all hops in motion; `clear` wipes; `lost` says that the graphics system has given up
 * on it.
 * @typedef {{ name: string, draw: (hops: Hops, now: number, camera: Camera, ways: Ways, theme: Theme) => void,
 *   clear: () => void,
 *             resize: (width: number, height: number) => void, lost: () => boolean, destroy: () => void }} Dots
 */

export const GLYPHS_MOST = 400;
const GLYPHS_AGAIN = 300; // less than the limit, so that a run near it does not flicker between the two

/**
 * @param {'glyphs' | 'flow'} was @param {number} moving  hops in motion
 * @param {number} weight  how many messages one hop stands for
 * @returns {'glyphs' | 'flow'}
 */
export function decide(was, moving, weight) {
  if (weight > 1) return 'flow';
  return moving > (was === 'flow' ? GLYPHS_AGAIN : GLYPHS_MOST) ? 'flow' : 'glyphs';
}

/**
 * Opens the faster of the two ways to draw dots: WebGL2 with a graphics processor, pixels by hand without one.
 * @param {HTMLElement} layer  where the canvas goes
 * @param {boolean} [hardware]  for measuring: which of the two, whatever the machine has
 * @returns {Promise<Dots>}
 */
export async function openDots(layer, hardware = hasGraphicsProcessor()) {
  if (hardware) {
    const { createFlow } = await import('app/stage/flow.js');
    const flow = createFlow(layer);
    if (flow) return flow;
  }
  const { createRaster } = await import('app/stage/raster.js');
  return createRaster(layer);
}

/** Whether WebGL2 is there and not computed by the processor itself. */
function hasGraphicsProcessor() {
  const gl = document.createElement('canvas').getContext('webgl2');
  if (!gl) return false;
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(info ? gl.getParameter(info.UNMASKED_RENDERER_WEBGL) : '');
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return !/swiftshader|llvmpipe|software|basic render/i.test(renderer);
}
