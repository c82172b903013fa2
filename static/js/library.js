/**
 * The library's comforts: `/` goes to the search field, and a cleared field is searched at once.
 *
 * Searching itself is htmx on a plain GET form, so the page works the same, one click later, without this file.
 */

/** @type {HTMLInputElement | null} */
const search = document.querySelector('[data-library-search]');

document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  event.preventDefault();
  search?.focus();
  search?.select();
});

/**
 * @param {EventTarget | null} target
 * @returns {boolean}
 */
function isTyping(target) {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
