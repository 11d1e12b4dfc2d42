/* TaskRouter's time, what is due next, and, if `open`, how to move there. */

import { callOf } from "./calls.js";
import { el } from "./dom.js";
import { button, icon, panel } from "./pieces.js";
import { duration, timeOfDay } from "./words.js";

const MOVES = [[10, "10 seconds later"], [120, "2 minutes later"], [1200, "20 minutes later"]];

/* `clock`: `ahead` of this computer in seconds, `frozen`, `next`: { says, at } or null. */
export function clockCard({ ahead, frozen, next }, now, { open = false, role = null, outcome = "", call = null } = {}) {
  const due = next ? `${next.says} in ${duration(Math.ceil(next.at - now))}` : "Nothing is due";
  return el(role ? "div" : "section", { class: "tr-panel tr full", id: role ? null : "clock", role, "data-key": "clock", "aria-label": "Clock" },
    el("div", { class: "tr-clock" },
      el("span", {}, el("b", {}, timeOfDay(now)), " ", el("span", { class: "tr-soft" }, pace(ahead, frozen))),
      el("span", { class: "next" }, el("span", {}, icon("pending"), next ? " Next: " : " ", next ? el("strong", {}, due) : due),
        open && next && button("Jump there", "jump", { until: next.at }, "small main")),
      open && el("span", { class: "tr-actions" }, MOVES.map(([seconds, word]) => button(word, "advance", { seconds }, "small")))),
    outcome && el("p", { class: "tr-read" }, outcome),
    call && el("div", { class: "tr-feet" }, callOf(call)));
}

/* The panel of a notebook. */
export function clockPanel({ next, frozen, outcome, is_local: isLocal, call }, { now }) {
  if (!isLocal) return panel("clock", outcome, { role: "group", label: "Clock", kind: "tr-stale" });
  const drawn = clockCard({ ahead: now - Date.now() / 1000, frozen, next }, now, { open: true, role: "group", outcome, call });
  drawn.dataset.says = outcome;
  return drawn;
}

function pace(ahead, frozen) {
  if (frozen) return "TaskRouter's time, stopped until a program moves it";
  if (Math.abs(ahead) < 5) return "TaskRouter's time, the same as your computer's";
  return `TaskRouter's time, ${duration(Math.abs(ahead))} ${ahead > 0 ? "ahead of" : "behind"} your computer`;
}
