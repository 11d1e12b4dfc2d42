/* An exercise's self-check: what is right, what is not yet, and what to do next. */

import { el, redraw } from "./dom.js";
import { icon, prose } from "./pieces.js";

export function renderSelfCheck({ model, el: host }) {
  const root = el("div", { class: "tr" });
  host.classList.add("tr-host");
  host.append(root);
  const draw = () => redraw(root, selfCheckPanel(model.get("content")));
  draw();
  model.on("change:content", draw);
  return () => model.off("change:content", draw);
}

function selfCheckPanel({ title, solved, lines, advice, notice }) {
  const word = solved ? "Solved" : "Not yet solved";
  return el("div", { class: `tr-panel ${notice ? "tr-stale" : ""}`, role: "group", "aria-label": `Self-check: ${title}` },
    el("div", { class: "tr-body", role: "status" },
      notice && el("p", { class: "tr-banner", "data-state": "asked", "data-key": "notice" }, icon("pending"), notice),
      el("p", { class: "tr-title" }, icon(solved ? "yes" : "offline"), ` ${word}: `, prose(title)),
      el("div", { class: "tr-answers", role: "list", "data-key": "lines" }, lines.map(lineOf)),
      advice && el("p", { class: "tr-read", "data-key": "advice" }, prose(advice))));
}

const lineOf = ({ what, right, found }) =>
  el("div", { role: "listitem", "data-state": right ? "available" : "offline" }, icon(right ? "yes" : "offline"),
    el("span", {}, prose(right ? what : `${what}: ${found}`)), el("b", {}, right ? "right" : "not yet"));
