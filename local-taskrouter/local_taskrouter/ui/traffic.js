/* Deliveries and requests of the page: which of them are listed, and which one is open. */

import { el } from "./dom.js";
import { inspector } from "./exchanges.js";
import { choice, panel } from "./pieces.js";
import { counted } from "./words.js";

const KINDS = [["All", null], ["Deliveries", "sent"], ["Requests", "received"]];

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
    body: inspector("Deliveries and requests, newest first", shown, chosen, "open", {
      none: exchanges.length ? "None of them fits." : "Callbacks to your server, and requests, are listed here.",
    }),
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
