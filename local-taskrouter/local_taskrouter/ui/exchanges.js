/* Requests and their answers: a list, and beside it the one that is open. */

import { el } from "./dom.js";
import { fold, icon, mark, sid } from "./pieces.js";
import { counted, timeOfDay } from "./words.js";

/* Parameters in view, if they were sent; the others are folded. */
const FIRST = ["TaskAttributes", "TaskAge", "TaskSid", "WorkerName", "WorkerAttributes", "ReservationSid", "WorkerSid", "EventDescription", "ResourceSid"];
const FEW = 6;
const SID = /^[A-Z]{2}[0-9a-f]{32}$/;

/* `lines` and `opened` are as in shape.py, `action` opens a line, `above` and `below` stand around what is open. */
export const inspector = (label, lines, opened, action, { none, above = null, below = null }) => el("div", { class: "tr-inspect" },
  lines.length
    ? el("ul", { role: "listbox", "aria-label": label, "data-roving": true }, lines.map((one) => line(one, one.id === opened.id, action)))
    : el("p", { class: "tr-body tr-soft" }, none),
  el("div", { class: "tr-exchange" }, above, opened && el("div", { class: "tr-opened", "data-key": opened.id }, exchangeView(opened), below)));

const statusOf = (attempt) => (attempt ? attempt.status ?? "no answer" : "on its way");
const inMs = (attempt) => (attempt ? ` · ${Math.round(attempt.seconds * 1000)} ms` : "");

const line = (one, selected, action) => el("li", {
  class: "tr-req", role: "option", "data-key": one.id, "aria-selected": String(selected), tabindex: selected ? 0 : -1,
  "data-action": action, "data-values": JSON.stringify({ exchange: one.id }),
},
icon(one.direction), el("span", { class: "verb" }, one.method), el("span", { class: "path", title: one.title }, one.title),
el("span", { class: `code ${one.failed ? "tr-no" : "tr-soft"}` }, one.failed && icon("no"), statusOf(one.attempts[0])),
el("span", { class: "meta" }, [`${timeOfDay(one.at)}${inMs(one.attempts[0])}`, one.note].filter(Boolean).join(" · ")));

/* One exchange: what happened in a sentence, each attempt, what was sent, what was answered. A notebook
   adds `uses` of the parameters, the `sender`, a `body`, the `headers`, and whether the `signature` fits. */
function exchangeView(one) {
  const rank = ([name]) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  const parameters = Object.entries(one.parameters).sort((a, b) => rank(a) - rank(b)), rest = parameters.slice(FEW);
  const [answer, ...others] = one.attempts.filter((attempt) => attempt.body);
  return [
    el("h3", { class: "tr-title" }, one.says),
    el("div", { class: "tr-near" }, one.attempts.map((attempt) => [
      el("span", { class: "name" }, mark(attempt.problem || attempt.status >= 400 ? "no" : "yes", statusOf(attempt))),
      el("span", {}, el("span", { class: "tr-url" }, breakable(`${one.method} ${attempt.url}`)), el("br"),
        el("span", { class: "tr-soft" }, `after ${Math.round(attempt.seconds * 1000)} ms${one.sender ? `, ${one.sender}` : ""}${attempt.problem ? `: ${attempt.problem}` : ""}`)),
    ])),
    typeof one.signature === "boolean" && el("p", {}, one.signature ? mark("yes", "The signature is valid.") : mark("no", "The signature is not valid.")),
    parameters.length > 0 && [el("p", { class: "tr-strong" }, "Parameters"), valueTable("Parameters", parameters.slice(0, FEW), one.uses)],
    one.body && text("Body", one.body),
    answer && text("Answer", answer.body),
    el("div", { class: "tr-folds" },
      rest.length > 0 && fold(`${one.id} more`, counted(rest.length, "more parameter"), valueTable("More parameters", rest, one.uses)),
      others.map((attempt, n) => fold(`${one.id} answer ${n}`, "Answer of the fallback", text("Answer of the fallback", attempt.body, false))),
      (one.headers ?? []).map(([name, headers]) => Object.keys(headers).length > 0 && fold(`${one.id} ${name}`, name, valueTable(name, Object.entries(headers))))),
  ];
}

/* A URL, in lines that end at a slash where they can. */
const breakable = (url) => url.split(/(?<=[/])(?=[^/])/).map((part) => [part, el("wbr")]);

/* A long text scrolls in place. */
const text = (name, content, titled = true) => [
  titled && el("p", { class: "tr-strong" }, name), el("pre", { class: "tr-long", tabindex: 0, role: "group", "aria-label": name }, content),
];

const valueTable = (name, pairs, uses = {}) => el("div", { class: "tr-scroll", tabindex: 0, role: "group", "aria-label": name },
  el("table", {}, el("tbody", {}, pairs.map(([key, value]) => el("tr", {},
    el("th", { scope: "row" }, key, uses[key] && el("div", { class: "tr-use" }, uses[key])),
    el("td", { class: "wide" }, SID.test(value) ? sid(value) : value))))));
