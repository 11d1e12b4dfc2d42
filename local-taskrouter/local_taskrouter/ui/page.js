/* The page of the local TaskRouter: asks it about once a second, draws what it says, sends presses.
   It asks no other server. */

import { CALL_PRESSES, callTexts } from "./calls.js";
import { tasksCard, workersCard } from "./cards.js";
import { clockCard } from "./clock.js";
import { deskCard } from "./desk.js";
import { el, redraw } from "./dom.js";
import { floorPicture, places, travel } from "./floor.js";
import { listenForKeys } from "./keys.js";
import { banner, button, icon, INSIDE, panel, pill } from "./pieces.js";
import { listenForPresses } from "./presses.js";
import { trafficCard } from "./traffic.js";
import { counted, isOpen, sentence } from "./words.js";

const EVERY = 1000;
const root = document.querySelector("#page"), announcer = document.querySelector("#said"), alarm = document.querySelector("#alarm");
const state = {
  data: null, at: 0, shown: null, exchanges: [], seen: "", workspace: "", lit: null, desk: null, lost: "", refusal: "", busy: false, call: null, explained: null,
  found: { tasks: "", workers: "" }, view: { kind: "All", failedOnly: false, search: "", chosen: null },
};

/* TaskRouter's time now, counted on from the last answer. */
const now = () => (state.data ? state.data.now + (state.data.frozen ? 0 : (performance.now() - state.at) / 1000) : 0);

async function ask(path, form = null) {
  const options = form ? { method: "POST", body: new URLSearchParams(form) } : {};
  const answer = await fetch(`ui/${path}`, { ...options, cache: "no-store" });
  const body = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw Object.assign(new Error(body.message), { status: answer.status });
  return body;
}

async function refresh() {
  try {
    const data = await ask(`snapshot?${new URLSearchParams({ workspace: state.workspace, seen: state.seen })}`);
    Object.assign(state, { data, at: performance.now(), lost: "", seen: data.revision });
    if (data.workspace !== state.workspace) Object.assign(state, { workspace: data.workspace, lit: null, desk: null, shown: null });
    if (data.shown) Object.assign(state, { shown: data.shown, exchanges: data.exchanges });
    if (!data.workspace) Object.assign(state, { shown: null, exchanges: [] });
    if (data.shown) await explain();
  } catch (error) {
    state.lost = error.status === 401
      ? "This TaskRouter was started again. Run local-taskrouter ui, and open the new link."
      : "TaskRouter does not answer. This page goes on as soon as it does.";
  }
  draw();
}

/* Ask why the lit Task waits, Worker by Worker. */
async function explain() {
  const task = lit();
  state.explained = null;
  if (task?.status !== "pending") return;
  try {
    const explained = await ask(`explain?${new URLSearchParams({ workspace: state.workspace, task: task.sid })}`);
    if (lit()?.sid === task.sid) state.explained = explained;
  } catch (error) {
    if (error.status !== 404) throw error; // the Task is gone, as the next snapshot shows
  }
}

async function follow() {
  if (!document.hidden) await refresh();
  setTimeout(follow, EVERY);
}

/* What each button does: the path below /v1 and its form, or a change of this page alone. */
const inWorkspace = (path) => `Workspaces/${state.workspace}/${path}`;
const CALLS = {
  accept: ({ task, reservation }) => [inWorkspace(`Tasks/${task}/Reservations/${reservation}`), { ReservationStatus: "accepted" }],
  reject: ({ task, reservation }) => [inWorkspace(`Tasks/${task}/Reservations/${reservation}`), { ReservationStatus: "rejected" }],
  cancel: ({ task }) => [inWorkspace(`Tasks/${task}`), { AssignmentStatus: "canceled" }],
  wrap: ({ task }) => [inWorkspace(`Tasks/${task}`), { AssignmentStatus: "wrapping" }],
  complete: ({ task }) => [inWorkspace(`Tasks/${task}`), { AssignmentStatus: "completed" }],
  set_activity: ({ worker, activity }) => [inWorkspace(`Workers/${worker}`), { ActivitySid: activity }],
};
const HERE = {
  ...CALL_PRESSES,
  light: ({ task }) => {
    state.lit = task;
    return explain().catch(refresh);
  },
  open: ({ exchange }) => { state.view.chosen = exchange; },
  kind: ({ kind }) => { state.view.kind = kind; },
  failed: () => { state.view.failedOnly = !state.view.failedOnly; },
  search: ({ value }) => { state.view.search = value; },
  find: ({ kind, value }) => { state.found[kind] = value; },
  workspace: ({ value }) => {
    Object.assign(state, { workspace: value, seen: "" });
    return refresh();
  },
};

async function press(control, action, values) {
  if (HERE[action]) {
    await HERE[action](values, control);
    draw();
    return;
  }
  if (state.busy) return;
  state.busy = true;
  control.setAttribute("aria-busy", "true");
  try {
    if (action === "allow") await ask("changes", { allow: values.allow });
    else if (action === "advance") await ask("clock", { advance: values.seconds });
    else if (action === "jump") await ask("clock", { advance: Math.max(0, values.until + 1 - now()) });
    else {
      const [path, form] = CALLS[action](values);
      state.call = { by: control.closest(".tr-panel")?.id, ...callTexts(path, form, location.origin) };
      await ask(`v1/${path}`, form);
    }
    state.refusal = "";
  } catch (error) {
    state.refusal = error.status ? error.message : "TaskRouter does not answer. Nothing was changed.";
  }
  state.busy = false;
  control.removeAttribute("aria-busy");
  await refresh();
}

function draw() {
  const { data, shown } = state;
  if (!data) {
    if (state.lost) redraw(root, el("p", { class: "tr-empty" }, state.lost));
    return;
  }
  const before = places(root), open = data.may_change && !state.lost, options = { open, lit: lit()?.sid };
  redraw(root, top(data), problem(), el("main", { class: "tr-main" },
    clockCard(data, now(), { open }),
    shown ? [floorCard(shown), columns(shown, options), trafficCard(state.exchanges, state.view)] : emptyCard()), foot());
  travel(root, before);
  document.title = shown ? sentence(shown, lit(), now()).replace(/ \d.*$/, "") : "Local TaskRouter";
  if (shown) say(lit()?.says ?? "");
  if (alarm.textContent !== (state.refusal || state.lost)) alarm.textContent = state.refusal || state.lost;
}

/* The chosen Task while it exists, else the one that TaskRouter lights. */
const lit = () => state.shown?.tasks.find((task) => task.sid === state.lit) ?? state.shown?.tasks.find((task) => task.sid === state.shown.lit);

const callBy = (id) => (state.call?.by === id ? state.call : null);

function columns(shown, options) {
  const tasks = tasksCard(shown, now(), { ...options, explained: state.explained, call: callBy("tasks"), text: state.found.tasks });
  const workers = workersCard(shown, { open: options.open, call: callBy("workers"), text: state.found.workers });
  const asked = shown.workers.filter((worker) => worker.state === "asked");
  const aboutLit = asked.find((worker) => worker.reservations.some((one) => one.task_sid === options.lit));
  const kept = shown.workers.find((worker) => worker.sid === state.desk && worker.reservations.length);
  const worker = kept?.state === "asked" ? kept : aboutLit ?? asked[0] ?? kept;
  state.desk = worker?.sid ?? null;
  const desk = options.open && worker ? deskCard(deskOf(shown, worker), now(), { call: callBy("desk") }) : null;
  return [el("div", { class: "stack", "data-key": "left" }, desk, tasks), el("div", { class: "stack", "data-key": "right" }, workers)];
}

function deskOf(shown, worker) {
  const reservation = worker.reservations.find((each) => each.status === "pending") ?? worker.reservations[0];
  const { reservations, ...task } = shown.tasks.find((each) => each.sid === reservation.task_sid);
  return { reservation, task, worker, fields: { Reservation: reservation, Task: task } };
}

function floorCard(shown) {
  const width = Math.max(300, Math.min(1248, document.documentElement.clientWidth - (innerWidth < 900 ? 24 : 32)) - INSIDE);
  return panel("floor", sentence(shown, lit(), now()), {
    kind: "full", label: "Floor", end: shown.tasks.length > 1 ? el("span", { class: "tr-soft" }, "Choose a Task to light its way") : null,
    body: el("div", { class: "tr-body" }, floorPicture(shown, width, now(), lit()?.sid)),
  });
}

function top(data) {
  const tasks = state.shown?.tasks.filter(isOpen).length ?? 0, workers = state.shown?.workers.length ?? 0;
  const parts = [["floor", "Floor"], ["tasks", `Tasks ${tasks}`], ["workers", `Workers ${workers}`], ["traffic", `Traffic ${state.exchanges.length}`]];
  const chosen = data.workspaces.length ? data.workspaces : [{ sid: "", name: "No Workspace" }];
  return el("header", { class: "tr-top" }, el("div", { class: "tr" },
    el("h1", { class: "tr-brand" }, el("img", { src: "ui/mark.svg", width: 26, height: 20, alt: "" }), "Local TaskRouter"),
    el("select", { class: "tr-input", "aria-label": "Workspace", "data-action": "workspace" },
      chosen.map((one) => el("option", { value: one.sid, selected: one.sid === state.workspace }, one.name))),
    el("nav", { "aria-label": "Parts of this page" }, state.shown && parts.map(([id, word]) => el("a", { href: `#${id}` }, word))),
    el("span", { class: "end" },
      state.lost ? pill("refused", "no answer") : el("span", { class: "tr-live" }, el("span", { class: "tr-yes" }, icon("available")), "live"),
      data.may_change ? pill("asked", "changes allowed") : el("span", { class: "tr-soft" }, "Read-only"),
      !state.lost && button(data.may_change ? "Make read-only" : "Allow changes", "allow", { allow: String(!data.may_change) }, "small"))));
}

function problem() {
  const text = state.refusal || state.lost;
  return text && el("div", { class: "tr tr-page-banner", "data-key": "problem" }, banner(state.refusal ? "refused" : "asked", text));
}

function emptyCard() {
  const example = [`client.taskrouter.base_url = "${location.origin}"`, "workspace = client.taskrouter.v1.workspaces.create(", '    "Support", template="FIFO")'].join("\n");
  return panel("floor", "There is no Workspace yet", {
    kind: "full", body: el("div", { class: "tr-body" },
      el("p", { class: "tr-soft" }, "This page shows it as soon as a program creates one. Nothing has to be reloaded."),
      el("p", { class: "tr-strong" }, "From Python"), el("pre", { tabindex: 0, role: "group", "aria-label": "From Python" }, el("code", {}, example))),
  });
}

const foot = () => el("footer", { class: "tr-foot" },
  `Local TaskRouter at ${location.host}, with ${counted(state.data.workspaces.length, "Workspace")}. It keeps its state when it stops. Nothing on this page asks another server.`);

/* One polite announcement for each change of the sentence. */
function say(text) {
  if (text && announcer.textContent !== text) announcer.textContent = text;
}

listenForPresses(root, press);
listenForKeys(root);
addEventListener("resize", draw);
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
if (location.search) history.replaceState(null, "", location.pathname); // the link works once
follow();
