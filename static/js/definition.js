/** Entry point of pages with a definition in a form, such as a scenario's document in the administration. */
import { attachDefinitionEditors } from 'app/editor/attach.js';

attachDefinitionEditors(document);
