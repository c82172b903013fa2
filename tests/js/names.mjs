/**
 * Lets Node find `app/…` where the page's import map finds it: `node --import ./tests/js/names.mjs --test tests/js`.
 *
 * Source: Node.js, "Customization hooks".
 */
import { register } from 'node:module';

const modules = new URL('../../static/js/', import.meta.url).href;
const hook = `export function resolve(name, context, next) {
  return next(name.startsWith('app/') ? ${JSON.stringify(modules)} + name.slice(4) : name, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
