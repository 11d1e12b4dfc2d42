/* The small parts that every card is made of: icons, pills, tags, buttons, folds, switches. */

import { el, svg } from "./dom.js";
import { familyOf, shapeOf } from "./words.js";

/* One shape for each state, so that none differs by color alone. [d, filled?], 12 x 12. */
const SHAPES = {
  available: [["M6 1.8a4.2 4.2 0 1 0 0 8.4a4.2 4.2 0 1 0 0-8.4z", true]],
  offline: [["M6 1.8a4.2 4.2 0 1 0 0 8.4a4.2 4.2 0 1 0 0-8.4z"]],
  pending: [["M6 1.2a4.8 4.8 0 1 0 0 9.6a4.8 4.8 0 1 0 0-9.6z"], ["M6 3.4V6l1.8 1.3"]],
  asked: [
    ["M6 4.6a1.4 1.4 0 1 0 0 2.8a1.4 1.4 0 1 0 0-2.8z", true],
    ["M3.5 3a4.2 4.2 0 0 0 0 6M8.5 3a4.2 4.2 0 0 1 0 6M1.4 1.2a7 7 0 0 0 0 9.6M10.6 1.2a7 7 0 0 1 0 9.6"],
  ],
  assigned: [["M3.2 2l6.2 4-6.2 4z", true]],
  wrapping: [["M3.2 2l6.2 4-6.2 4z"]],
  timeout: [["M6 1.2a4.8 4.8 0 1 0 0 9.6a4.8 4.8 0 1 0 0-9.6z"], ["M6 3.4V6M2.6 9.4l6.8-6.8"]],
  canceled: [["M6 1.2a4.8 4.8 0 1 0 0 9.6a4.8 4.8 0 1 0 0-9.6z"], ["M2.8 2.8l6.4 6.4"]],
  done: [["M1.8 6.6l3 3L10.4 2.8"]],
  yes: [["M1.8 6.6l3 3L10.4 2.8"]],
  no: [["M2.5 2.5l7 7M9.5 2.5l-7 7"]],
  sent: [["M1.5 6h8.5M6.8 2.8L10 6 6.8 9.2"]],
  received: [["M10.5 6H2M5.2 2.8L2 6l3.2 3.2"]],
};

const lines = (shape) =>
  (SHAPES[shape] ?? SHAPES[shapeOf(shape)]).map(([d, solid]) => svg("path", { d, class: solid && "solid" }));

/* The icon of a status or of a shape. Its word stands beside it. */
export const icon = (name) =>
  svg("svg", { class: "tr-icon", viewBox: "0 0 12 12", "aria-hidden": "true" }, lines(name));

/* The same inside a picture. */
export const iconAt = (name, x, y, size = 12) =>
  svg("svg", { class: "ic", x, y, width: size, height: size, viewBox: "0 0 12 12" }, lines(name));

/* A state is a fill, a shape and a word. */
export const pill = (status, word = status) =>
  el("span", { class: "tr-pill", "data-state": familyOf(status) }, icon(status), word);

/* A Task is a tag with corners, a person is round. */
export const tag = (name) => el("span", { class: "tr-chip plain" }, name);
export const face = (name, state) =>
  el("span", { class: "tr-face", "data-state": familyOf(state), "aria-hidden": "true" }, [...name][0] ?? "?");

/* Only the ends of a SID are drawn; hovering and copying give all of it. */
export const sid = (whole) =>
  el("span", { class: "tr-sid", title: whole }, whole.slice(0, 2), el("span", { class: "mid" }, whole.slice(2, -6)), whole.slice(-6));

export const mark = (kind, text) => el("span", { class: `tr-${kind}` }, icon(kind), text);

/* A button that does `action` with `values`: the host of the panel listens for `data-action`. With
   other values it is another button: a press that began on the one before does nothing. */
export const button = (word, action, values = {}, kind = "", inList = false) =>
  el("button", { type: "button", class: `tr-btn ${kind}`, tabindex: inList ? -1 : null, ...pressed(action, values) }, word);

function pressed(action, values) {
  const given = JSON.stringify(values);
  return { "data-key": `${action} ${given}`, "data-action": action, "data-values": given };
}

export const fold = (key, title, ...content) =>
  el("details", { class: "tr-fold", "data-key": key }, el("summary", {}, title), el("div", {}, content));

/* A switch: one tab stop, arrow keys inside. `options` are [word, state or "", values]. */
export const choice = (label, action, options, chosen) =>
  el("span", { class: "tr-seg", role: "radiogroup", "aria-label": label, "data-roving": true },
    options.map(([word, state, values]) =>
      el("button", {
        type: "button", role: "radio", "aria-checked": String(word === chosen), tabindex: word === chosen ? 0 : -1,
        "data-state": word === chosen && state && familyOf(state), ...pressed(action, values),
      }, state && icon(state), word)));

/* A sentence across a panel, with the color and the shape of a state. */
export const banner = (state, text) =>
  el("p", { class: "tr-banner", "data-state": state }, icon(state === "refused" ? "no" : "pending"), el("span", {}, prose(text)));

/* A text with `code` in backticks; short code stays in one line. */
export const prose = (text) => text.split("`").map((part, n) => (n % 2 ? el("code", { class: part.length < 30 && "short" }, part) : part));

/* A list to choose from: `options` are [words, value]; a change does `action` with the value. */
export const chooser = (label, action, options, chosen) =>
  el("select", { class: "tr-input tr-choose", "aria-label": label, "data-action": action },
    options.map(([words, value]) => el("option", { value, selected: value === chosen }, words)));

/* A table of names and values. */
export const facts = (name, values) => el("div", { class: "tr-scroll", tabindex: 0, role: "group", "aria-label": name }, el("table", {}, el("tbody", {},
  Object.entries(values).map(([each, value]) => el("tr", {}, el("th", { scope: "row" }, each), el("td", { class: "wide" }, value === null || value === undefined ? "none" : String(value)))))));

export const INSIDE = 34; // of a panel: its padding and border

/* A panel: its title says what is true now; `top` is a row above it. On the page it is a region with
   an `id`; a notebook has dozens, so there it has the `role` group. */
export const panel = (key, title, { top = null, end = null, body = [], foot = null, kind = "", label = null, role = null } = {}) =>
  el(role ? "div" : "section", { class: `tr-panel tr ${kind}`, id: role ? null : key, role, "data-key": key, "aria-label": label ?? title },
    top && el("div", { class: "tr-above" }, top),
    el("div", { class: "tr-head" }, el(role ? "p" : "h2", { class: "tr-title" }, title), end && el("span", { class: "end tr-actions" }, end)),
    body, [foot].flat().some(Boolean) && el("div", { class: "tr-feet" }, foot));
