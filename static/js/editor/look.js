/**
 * The editor's colours and sizes, all from the names in tokens.css, so that they follow the theme by themselves.
 *
 * They reach the page as a constructed style sheet of the editor's shadow root, which the content-security policy allows.
 */
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const FONT = 'ui-monospace, "Cascadia Mono", "Liberation Mono", monospace';

const frame = EditorView.theme({
  '&.cm-editor': {
    height: 'var(--definition-height, 32rem)',
    minHeight: '12rem',
    resize: 'vertical',
    overflow: 'hidden',
    border: '1px solid var(--track)',
    borderRadius: '6px',
    backgroundColor: 'var(--stage)',
    color: 'var(--text)',
    fontSize: 'var(--definition-text, 0.9rem)',
  },
  '&.cm-focused': { outline: '3px solid var(--accent)', outlineOffset: '1px' },
  '.cm-scroller': { fontFamily: FONT, lineHeight: '1.5' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)', borderLeftWidth: '2px' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 28%, transparent)',
  },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--slot) 25%, transparent)' },
  '.cm-gutters': { backgroundColor: 'var(--raised)', color: 'var(--soft)', borderRight: '1px solid var(--line)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--slot)', color: 'var(--text)' },
  '.cm-foldGutter span': { cursor: 'pointer', padding: '0 0.25em' },
  '.cm-foldPlaceholder': {
    backgroundColor: 'var(--raised)',
    border: '1px solid var(--track)',
    color: 'var(--text)',
    padding: '0 0.4em',
  },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'transparent', outline: '1px solid var(--accent)' },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'transparent', outline: '1px solid var(--bad)' },
});

const problems = EditorView.theme({
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--bad)',
    textDecorationSkipInk: 'none',
    textUnderlineOffset: '3px',
  },
  '.cm-lint-marker-error': {
    content: 'normal',
    width: '1.1em',
    height: '1.1em',
    margin: '0.2em 0',
    borderRadius: '50%',
    backgroundColor: 'var(--bad)',
    color: 'var(--stage)',
    font: '700 0.8em/1.35 system-ui, sans-serif',
    textAlign: 'center',
  },
  '.cm-lint-marker-error::before': { content: '"!"' },
  '.cm-tooltip': {
    maxWidth: '36rem',
    border: '1px solid var(--track)',
    borderRadius: '6px',
    backgroundColor: 'var(--panel)',
    color: 'var(--text)',
    font: '1rem/1.4 system-ui, sans-serif',
  },
  '.cm-diagnostic': { padding: '0.5rem 0.75rem', borderLeft: '4px solid var(--bad)', whiteSpace: 'normal' },
  '.problem-what': { display: 'block', fontWeight: '600' },
  '.problem-rest': { display: 'block', color: 'var(--soft)' },
  '.cm-panels': { backgroundColor: 'var(--panel)', color: 'var(--text)', fontFamily: 'system-ui, sans-serif' },
  '.cm-panels-bottom': { borderTop: '1px solid var(--track)' },
  '.problems': { maxHeight: '11rem', overflow: 'auto', padding: '0.4rem 0.75rem', fontSize: 'max(0.9rem, 14px)' },
  '.problems p': { margin: '0', fontWeight: '600' },
  '.problems .problems-keys': { color: 'var(--soft)', fontWeight: '400' },
  '.problems ul': { margin: '0.25rem 0 0', padding: '0', listStyle: 'none' },
  '.problems button': {
    display: 'block',
    width: '100%',
    padding: '0.3rem 0.5rem',
    border: '0',
    borderLeft: '4px solid var(--bad)',
    borderRadius: '0',
    background: 'none',
    color: 'var(--text)',
    font: 'inherit',
    lineHeight: '1.4',
    textAlign: 'left',
    cursor: 'pointer',
  },
  '.problems button:hover': { backgroundColor: 'var(--raised)' },
  '.problems button:focus-visible': { outline: '3px solid var(--accent)', outlineOffset: '-3px' },
  '.problems .problem-line': { color: 'var(--soft)', fontVariantNumeric: 'tabular-nums' },
  '.cm-panel.cm-search :is(input, button, label)': { font: 'inherit', color: 'var(--text)' },
  '.cm-textfield, .cm-button': {
    border: '1px solid var(--track)',
    backgroundColor: 'var(--stage)',
    backgroundImage: 'none',
    color: 'var(--text)',
  },
});

const words = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--accent)' },
  { tag: tags.string, color: 'var(--ok)' },
  { tag: tags.number, color: 'var(--warn)' },
  { tag: [tags.bool, tags.null], color: 'var(--warn)', fontWeight: '600' },
  { tag: [tags.separator, tags.squareBracket, tags.brace], color: 'var(--soft)' },
  { tag: tags.invalid, color: 'var(--bad)' },
]);

export const look = [frame, problems, syntaxHighlighting(words)];
