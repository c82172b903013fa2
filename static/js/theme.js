/**
 * The theme switch: Auto, Dark, Light, Projector.
 *
 * A classic script in the head, before any style sheet, so that the page never flashes in the wrong colours; the choice is kept in
 * this browser. Auto means that no attribute is set and the style sheet follows the system. Whoever draws with colours (the stage,
 * the charts) listens for `waystation:theme` on the document.
 */
(() => {
  const STORE = 'waystation:theme';
  const NAMES = { auto: 'Auto', dark: 'Dark', light: 'Light', projector: 'Projector' };

  /** @returns {string} */
  function chosen() {
    try {
      const stored = window.localStorage.getItem(STORE) ?? '';
      return stored in NAMES ? stored : 'auto';
    } catch {
      return 'auto'; // storage is off: the page still works
    }
  }

  /** @param {string} theme */
  function wear(theme) {
    const root = document.documentElement;
    if (theme === 'auto') delete root.dataset.theme;
    else root.dataset.theme = theme;
  }

  /** @param {string} theme */
  function choose(theme) {
    try {
      window.localStorage.setItem(STORE, theme);
    } catch {
      // Not kept, yet worn for this page.
    }
    wear(theme);
    show(theme);
    document.dispatchEvent(new CustomEvent('waystation:theme', { detail: { theme } }));
  }

  /** @param {string} theme */
  function show(theme) {
    for (const radio of radios()) radio.checked = radio.value === theme;
    for (const label of document.querySelectorAll('[data-theme-name]')) {
      label.textContent = NAMES[/** @type {keyof typeof NAMES} */ (theme)];
    }
  }

  /** @returns {HTMLInputElement[]} */
  function radios() {
    return [...document.querySelectorAll('input[name="theme"]')].filter((found) => found instanceof HTMLInputElement);
  }

  wear(chosen());
  document.addEventListener('DOMContentLoaded', () => {
    show(chosen());
    for (const radio of radios()) radio.addEventListener('change', () => choose(radio.value));
    for (const part of document.querySelectorAll('[data-needs-script]')) part.removeAttribute('hidden');
  });
  window.addEventListener('storage', (event) => {
    if (event.key !== STORE) return;
    wear(chosen());
    show(chosen());
    document.dispatchEvent(new CustomEvent('waystation:theme', { detail: { theme: chosen() } }));
  });
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    if (chosen() === 'auto') document.dispatchEvent(new CustomEvent('waystation:theme', { detail: { theme: 'auto' } }));
  });
})();
