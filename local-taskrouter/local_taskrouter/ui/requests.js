/* The request inspector of a notebook: what it sent and its server received; to send again or edited. */

import { callOf } from "./calls.js";
import { el } from "./dom.js";
import { inspector } from "./exchanges.js";
import { field, labelled, pointed, selectFrom, textArea, textInput } from "./forms.js";
import { button, choice, mark, panel } from "./pieces.js";

export function requestsCard({ title, filters, directions, methods, lines, opened, editor, problem, outcome, call }) {
  const [text, direction, failedOnly] = filters, [chosen] = directions.find(([, kind]) => kind === direction);
  const tools = [
    textInput("text", "search", text, { label: "Search in requests", kind: "tr-search", placeholder: "Search" }),
    choice("Direction", "show_direction", directions.map(([word, kind]) => [word, "", { direction: kind }]), chosen),
    el("button", { type: "button", class: "tr-btn small", "aria-pressed": String(failedOnly), "data-action": "toggle_failed" }, "Failed only"),
  ];
  return panel("requests", title, {
    role: "group", end: tools, label: "Requests",
    body: inspector("Requests, newest first", lines, opened, "choose", {
      none: "No request fits the filters.",
      above: [editor && editorOf(editor, methods, problem), outcome && el("p", { class: "tr-read", role: "status", "data-key": "outcome" }, outcome)],
      below: opened && el("div", { class: "tr-actions" },
        button("Send again", "send_again", { exchange: opened.id }), button("Edit, then send", "edit", { exchange: opened.id })),
    }),
    foot: callOf(call),
  });
}

const editorOf = ({ key, line, direction, method, url, form, before, after, signed }, methods, problem) =>
  el("form", { class: "tr-form tr-editor", "data-key": `edit ${key}`, "aria-label": `Send ${line} again` },
    el("p", { class: "tr-title" }, `Send ${line} again`),
    field("Method", "", selectFrom("method", null, methods.map((one) => [one, one]), method)),
    field("URL", "", textInput("url", null, url, { kind: "mono" })),
    field("Parameters", "JSON", textArea("form", "write", form, { rows: 6, invalid: problem }), pointed(problem)),
    signed && labelled("Signature", mark("yes", "signed anew, so your server accepts it")),
    [["Answer before", before], ["Answer now", after]].map(([name, answer]) =>
      answer && labelled(name, el("pre", { class: "tr-long", tabindex: 0, role: "group", "aria-label": name }, answer))),
    el("div", { class: "tr-actions" }, button("Send", "send", {}, "small main"), button("Close", "close_editor", {}, "small"),
      direction === "received" && el("span", { class: "tr-soft" }, "It goes to your server only. TaskRouter's state does not change.")));
