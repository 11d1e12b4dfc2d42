/* Fields that a user fills in. Each names the action that its changes send; a button in the same form
   sends the values of all. A redraw leaves the value, the caret and the selection alone, unless the host has
   another value than it had, and the user is not typing. */

import { el } from "./dom.js";
import { icon } from "./pieces.js";

const BEFORE = 40, AFTER = 25; // characters in view around the place of an error

/* A field with its label; what is `under` it says what is wrong, or what the value means. */
export const field = (label, hint, input, ...under) => row(el("label", { class: "labelled" }, labelOf(label, hint), input), under);

/* The same for a switch, which names itself, or for what is no field. */
export const labelled = (label, content, ...under) => row(el("div", { class: "labelled" }, labelOf(label), content), under);

const row = (content, under) => el("div", { class: "tr-field" }, content, under.flat().some(Boolean) && el("div", { class: "under" }, under));
const labelOf = (label, hint) => el("span", { class: "label" }, label, hint && el("small", {}, ` ${hint}`));

const fieldAttributes = (name, action, kind, invalid) => ({ class: `tr-input ${kind}`, name, "data-action": action, "aria-invalid": invalid ? "true" : null });

export const textInput = (name, action, value, { label = null, kind = "", mode = null, invalid = false, placeholder = null } = {}) =>
  el("input", { ...fieldAttributes(name, action, kind, invalid), type: "text", value, inputmode: mode, placeholder, "aria-label": label, spellcheck: "false", "data-live": true });

export const textArea = (name, action, value, { rows = 2, invalid = false, placeholder = null } = {}) =>
  el("textarea", { ...fieldAttributes(name, action, "mono", invalid), rows, placeholder, spellcheck: "false", "data-live": true }, value);

/* `options` are [word, value]. */
export const selectFrom = (name, action, options, chosen) =>
  el("select", fieldAttributes(name, action, "", false), options.map(([word, value]) => el("option", { value, selected: value === chosen }, word)));

/* An error: the reason and, if it has a place, the line with a caret under the character. */
export function pointed(message) {
  if (!message) return null;
  const [reason, line, caret] = message.split("\n");
  return el("div", { class: "tr-error", role: "alert" }, el("p", {}, icon("no"), reason),
    caret && el("pre", { "aria-hidden": "true" }, excerpt([...line], caret.length - 1)));
}

function excerpt(line, at) {
  const from = Math.max(0, at - BEFORE), lead = from ? "…" : "", rest = line.length > at + AFTER ? "…" : "";
  return `${lead}${line.slice(from, at + AFTER).join("")}${rest}\n${" ".repeat(lead.length + at - from)}^`;
}
