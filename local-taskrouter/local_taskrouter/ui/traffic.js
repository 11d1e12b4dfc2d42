/* Deliveries and requests: a list, and one of them open. */

import { el } from "./dom.js";
import { choice, facts, fold, icon, mark, panel } from "./pieces.js";
import { counted, timeOfDay } from "./words.js";

const KINDS = [["All", null], ["Deliveries", "sent"], ["Requests", "received"]];
/* Parameters in view, if they were sent; the others are folded. */
const FIRST = ["TaskAttributes", "TaskAge", "TaskSid", "WorkerName", "WorkerAttributes", "WorkerSid", "ReservationSid", "EventDescription", "ResourceSid"];
const FEW = 6;

/* `view`: { kind, failedOnly, search, chosen } as the user of the page left it. */
export function trafficCard(exchanges, view) {
  const shown = exchanges.filter((one) => isWanted(one, view));
  const chosen = shown.find((one) => one.id === view.chosen) ?? shown[0];
  const tools = [
    el("input", { class: "tr-input tr-search", type: "search", placeholder: "Search", "aria-label": "Search the traffic", "data-action": "search", value: view.search }),
    choice("Kind", "kind", KINDS.map(([word]) => [word, "", { kind: word }]), view.kind),
    el("button", { type: "button", class: "tr-btn small", "aria-pressed": String(view.failedOnly), "data-action": "failed", "data-values": "{}" }, "Failed only"),
  ];
  return panel("traffic", titleOf(exchanges), {
    kind: "full", end: tools, label: "Traffic",
    body: shown.length
      ? el("div", { class: "tr-inspect" },
        el("ul", { role: "listbox", "aria-label": "Deliveries and requests, newest first", "data-roving": true }, shown.map((one) => line(one, one === chosen))),
        exchangeView(chosen))
      : el("p", { class: "tr-body tr-soft" }, exchanges.length ? "None of them fits." : "Callbacks to your server, and requests, are listed here."),
  });
}

function isWanted(one, { kind, failedOnly, search }) {
  const direction = KINDS.find(([word]) => word === kind)?.[1];
  const text = `${one.title} ${one.note} ${one.says} ${JSON.stringify(one.parameters)}`.toLowerCase();
  return (!direction || one.direction === direction) && (!failedOnly || one.failed) && text.includes(search.toLowerCase());
}

function titleOf(exchanges) {
  const parts = [["sent", "delivery", "deliveries"], ["received", "request", "requests"]].map(([direction, one, several]) => {
    const of = exchanges.filter((each) => each.direction === direction), failed = of.filter((each) => each.failed).length;
    return of.length && `${counted(of.length, one, several)}${failed ? `, ${failed} failed` : ""}`;
  }).filter(Boolean);
  return parts.join("; ") || "No request and no delivery yet";
}

const statusOf = (attempt) => (attempt ? attempt.status ?? "no answer" : "on its way");
const inMs = (attempt) => (attempt ? ` · ${Math.round(attempt.seconds * 1000)} ms` : "");

const line = (one, selected) => el("li", {
  class: "tr-req", role: "option", "data-key": one.id, "aria-selected": String(selected), tabindex: selected ? 0 : -1,
  "data-action": "open", "data-values": JSON.stringify({ exchange: one.id }),
},
icon(one.direction), el("span", { class: "verb" }, one.method), el("span", { class: "path", title: one.title }, one.title),
el("span", { class: `code ${one.failed ? "tr-no" : "tr-soft"}` }, one.failed && icon("no"), statusOf(one.attempts[0])),
el("span", { class: "meta" }, `${timeOfDay(one.at)}${inMs(one.attempts[0])} · ${one.note}`));

/* One exchange: what happened in a sentence, each attempt, what was sent. */
function exchangeView(one) {
  const rank = ([name]) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  const parameters = Object.entries(one.parameters).sort((a, b) => rank(a) - rank(b));
  const few = Object.fromEntries(parameters.slice(0, FEW)), rest = parameters.slice(FEW);
  return el("div", { class: "tr-exchange", "data-key": one.id },
    el("h3", { class: "tr-title" }, one.says),
    el("div", { class: "tr-near" }, one.attempts.map((attempt) => [
      el("span", { class: "name" }, mark(attempt.problem ? "no" : "yes", statusOf(attempt))),
      el("span", {}, el("span", { class: "tr-url" }, `${one.method} ${attempt.url}`), el("br"),
        el("span", { class: "tr-soft" }, `after ${Math.round(attempt.seconds * 1000)} ms${attempt.problem ? `: ${attempt.problem}` : ""}`)),
    ])),
    parameters.length > 0 && [el("p", { class: "tr-strong" }, "What was sent"), facts("What was sent", few)],
    el("div", { class: "tr-folds" },
      rest.length > 0 && fold(`${one.id} more`, counted(rest.length, "more parameter"), facts("More parameters", Object.fromEntries(rest))),
      one.attempts.filter((attempt) => attempt.body).map((attempt, n) =>
        fold(`${one.id} answer ${n}`, n ? "Answer of the fallback" : "Answer", el("pre", { tabindex: 0, role: "group", "aria-label": "Answer" }, attempt.body)))));
}
