/* A panel of a notebook: draws what its model holds, and counts TaskRouter's time on. anywidget calls
   `renderPanel` for each place that shows the model. */

import { el, redraw } from "./dom.js";
import { floorPicture, places, travel } from "./floor.js";
import { listenForKeys } from "./keys.js";
import { icon, panel } from "./pieces.js";
import { isOpen, sentence } from "./words.js";

const INSIDE = 34; // of a panel: its padding and border

/* What draws each kind of panel: (content, TaskRouter's time, width in pixels) => element. */
const DRAWINGS = { floor: floorPanel };

export function renderPanel({ model, el: host }) {
  const root = el("div", { class: "tr" }), said = el("p", { class: "tr-hide", role: "status" });
  const view = { width: 0, since: performance.now() };
  host.classList.add("tr-host");
  host.append(root, said);

  function draw() {
    if (!view.width) return;
    const content = model.get("content"), now = content.now + (performance.now() - view.since) / 1000;
    const before = places(root), drawn = DRAWINGS[model.get("kind")](content, now, view.width);
    redraw(root, drawn);
    travel(root, before);
    if (said.textContent !== drawn.dataset.says) said.textContent = drawn.dataset.says;
  }
  function receive() {
    view.since = performance.now();
    draw();
  }
  const sizes = new ResizeObserver(([entry]) => {
    const width = Math.floor(entry.contentRect.width);
    if (width === view.width) return;
    view.width = width;
    draw();
  });
  const ticking = setInterval(() => { if (!document.hidden && counts(model.get("content"))) draw(); }, 1000);
  listenForKeys(root);
  model.on("change:content", receive);
  model.send({ ask: "content" }); // what a reloaded page got may be from long ago
  sizes.observe(host);
  return () => {
    sizes.disconnect();
    clearInterval(ticking);
    model.off("change:content", receive);
  };
}

/* Whether something drawn changes with time alone: the age of an open Task. */
const counts = ({ shown }) => shown.tasks.some(isOpen);

function floorPanel({ shown, notice }, now, width) {
  const lit = shown.tasks.find((task) => task.sid === shown.lit);
  const drawn = panel("floor", sentence(shown, lit, now), {
    role: "group", kind: notice ? "tr-stale" : "", label: "Floor",
    body: el("div", { class: "tr-body" }, floorPicture(shown, Math.max(300, width - INSIDE), now)),
  });
  if (notice) drawn.prepend(el("p", { class: "tr-banner", "data-state": "asked", role: "status" }, icon("pending"), notice));
  drawn.dataset.says = lit ? lit.says : "";
  return drawn;
}
