/* A panel of a notebook: draws what its model holds, sends presses, and counts TaskRouter's time on.
   `render` is called for each place that shows a model, see shared.js. */

import { CALL_PRESSES } from "./calls.js";
import { activityCard, tasksCard, workersCard } from "./cards.js";
import { clockPanel } from "./clock.js";
import { reservationPanel } from "./desk.js";
import { el, redraw } from "./dom.js";
import { floorPicture, places, travel } from "./floor.js";
import { listenForKeys } from "./keys.js";
import { lifecyclePanel } from "./lifecycle.js";
import { banner, INSIDE, panel } from "./pieces.js";
import { playground } from "./playground.js";
import { isField, listenForPresses, pressOf } from "./presses.js";
import { renderQuestion } from "./question.js";
import { requestsCard } from "./requests.js";
import { renderSelfCheck } from "./self_check.js";
import { taskForm } from "./task_form.js";
import { isOpen, sentence } from "./words.js";

const LOST = "jupyter-widgets-disconnected", LOST_SAYS = "The kernel was restarted, or has ended. Run the notebook from its first cell.";

/* What draws each kind of panel: (content, view) => element. `view` is what belongs to this place in
   the page: `now`, TaskRouter's time; `width` in pixels; and what the presses in HERE keep. */
const DRAWINGS = {
  floor: floorPanel, activity: activityCard, reservation: reservationPanel, clock: clockPanel, lifecycle: lifecyclePanel,
  form: taskForm, playground, requests: requestsCard,
  tasks: ({ shown, call }, { now, lit, text }) => tasksCard(shown, now, { open: true, light: hasFloor(), lit, call, text, role: "group" }),
  workers: ({ shown, call }, { text }) => workersCard(shown, { open: true, call, text, role: "group" }),
};

/* Presses that change the view in the page alone: (values, control, view). The model gets the others. */
const HERE = {
  ...CALL_PRESSES,
  light: ({ task }) => { document.dispatchEvent(new CustomEvent(LIGHT, { detail: task })); }, // in every panel
  find: ({ value }, _, view) => { view.text = value; },
};
const LIGHT = "taskrouter-light";
const hasFloor = () => document.querySelector(".tr-panel[data-key='floor']") !== null;

const STILL = { question: renderQuestion, "self-check": renderSelfCheck }; // these send nothing

export const render = (place) => (STILL[place.model.get("kind")] ?? renderPanel)(place);

function renderPanel({ model, el: host }) {
  const root = el("div", { class: "tr" }), said = el("p", { class: "tr-hide", role: "status" }), alarm = el("p", { class: "tr-hide", role: "alert" });
  const view = { width: 0, now: 0, lit: null, text: "", pressedIn: null }, sent = new Map(), later = new Map();
  let since = performance.now();
  host.classList.add("tr-host");
  host.append(root, said, alarm);

  function draw() {
    if (!view.width) return;
    const isLost = host.classList.contains(LOST), before = places(root);
    const content = { ...model.get("content"), ...(isLost && { notice: LOST_SAYS, busy: true }) };
    view.now = content.now + (performance.now() - since) / 1000;
    const drawn = DRAWINGS[model.get("kind")](content, view);
    addOutcome(drawn, content, view.pressedIn);
    for (const control of senders(drawn)) {
      if (sent.has(pressOf(control))) control.setAttribute("aria-busy", "true");
      if (content.busy) control.setAttribute("aria-disabled", "true");
      if (isLost && control.matches(".tr-btn")) control.remove();
    }
    for (const one of drawn.querySelectorAll("[data-action]")) if (isField(one) && sent.has(pressOf(one))) one.dataset.held = "true";
    for (const one of drawn.querySelectorAll("select, [data-roving]")) one.dataset.lmSuppressShortcuts = "true"; // JupyterLab's arrow keys move between cells
    redraw(root, drawn);
    travel(root, before);
    say(said, drawn.dataset.says ?? (drawn.querySelector(".tr-title")?.textContent ?? ""));
    say(alarm, content.error || content.notice);
  }
  function receive() {
    since = performance.now();
    for (const [press, number] of sent) if (model.get("content").presses >= number) sent.delete(press);
    for (const [press, message] of later) if (!sent.has(press)) { later.delete(press); send(press, message); }
    draw();
  }
  function send(press, message) {
    sent.set(press, model.get("content").presses + sent.size + 1);
    model.send(message);
  }
  async function press(control, action, values) {
    const key = pressOf(control), message = { press: action, values };
    if (HERE[action]) await HERE[action](values, control, view);
    else if (host.classList.contains(LOST)) return;
    else if (sent.has(key)) later.set(key, message); // a field changed again
    else {
      if (!isField(control)) view.pressedIn = control.closest("li[data-key]")?.dataset.key;
      send(key, message);
    }
    draw();
  }
  const sizes = new ResizeObserver(([entry]) => {
    const width = Math.floor(entry.contentRect.width);
    if (width === view.width) return;
    view.width = width;
    draw();
  });
  function lose() {
    host.classList.add(LOST); // anywidget drops the listener of ipywidgets that does
    draw();
  }
  const ticking = setInterval(() => { if (!document.hidden && !host.classList.contains(LOST) && counts(model.get("content"))) draw(); }, 1000);
  function light({ detail }) {
    view.lit = detail;
    draw();
  }
  listenForKeys(root);
  listenForPresses(root, press);
  root.addEventListener("focusout", ({ target }) => { if (target.dataset.held) queueMicrotask(draw); });
  document.addEventListener(LIGHT, light);
  model.on("change:content", receive);
  model.on("comm_live_update", lose);
  model.send({ ask: "content" }); // what a reloaded page got may be from long ago
  sizes.observe(host);
  return () => {
    sizes.disconnect();
    clearInterval(ticking);
    document.removeEventListener(LIGHT, light);
    model.off("change:content", receive);
    model.off("comm_live_update", lose);
  };
}

/* Whether something drawn changes with time alone, as the age of an open Task does. */
const counts = ({ shown, ticks }) => ticks ?? shown?.tasks.some(isOpen);

/* One announcement for each change of the text. */
function say(line, text) {
  if (line.textContent !== text) line.textContent = text;
}

/* Why the panel shows old data is said first; why the last press failed, in the card that was pressed. */
function addOutcome(drawn, { notice, error }, pressedIn) {
  const card = [...drawn.querySelectorAll("li[data-key]")].find((one) => one.dataset.key === pressedIn);
  if (notice) drawn.classList.add("tr-stale");
  if (notice) drawn.prepend(banner("asked", notice));
  if (!error) return;
  if (card) card.append(banner("refused", error));
  else drawn.insertBefore(banner("refused", error), drawn.querySelector(":scope > .tr-feet"));
}

/* The buttons that send a press to the kernel. */
const senders = (drawn) => [...drawn.querySelectorAll("button[data-action]")].filter((one) => !HERE[one.dataset.action]);

/* The way of the Task that was chosen in a panel of Tasks is lit, else that of `shown.lit`. */
function floorPanel({ shown }, { now, width, lit: chosen }) {
  const find = (sid) => shown.tasks.find((task) => task.sid === sid), lit = find(chosen) ?? find(shown.lit);
  const drawn = panel("floor", sentence(shown, lit, now), {
    role: "group", label: "Floor",
    body: el("div", { class: "tr-body" }, floorPicture(shown, Math.max(300, width - INSIDE), now, lit?.sid)),
  });
  drawn.dataset.says = lit ? lit.says : "";
  return drawn;
}
