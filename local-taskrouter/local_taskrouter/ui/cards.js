/* The cards: Tasks with why they wait, Workers, a Worker's desk, the clock. Each takes the shape in
   shape.py, TaskRouter's time, and `open`: whether the user may change something. A button names its
   action and values; the host sends it. */

import { callOf } from "./calls.js";
import { el } from "./dom.js";
import { button, choice, face, fold, icon, panel, pill, prose, sid, tag } from "./pieces.js";
import { age, askedOf, counted, countdown, duration, holdersOf, isOpen, joinNames } from "./words.js";

/* Every Task in a row: tag, status, age, the reason, what the lifecycle allows. */
export function tasksCard(shown, now, { open = false, lit = null, call = null } = {}) {
  const going = shown.tasks.filter(isOpen), ended = shown.tasks.filter((task) => !isOpen(task));
  const row = (task, n) => el("li", {
    class: "tr-task", "data-key": task.sid, tabindex: n ? -1 : 0, "aria-current": task.sid === lit && "true",
    "data-action": "light", "data-values": JSON.stringify({ task: task.sid }),
  },
  el("span", { class: "line" }, tag(task.name), pill(task.status), el("span", { class: "tr-soft" }, `${age(now - task.created)} · ${task.queue} · priority ${task.priority}`)),
  el("span", { class: "why" }, prose(whyOf(task, now))),
  el("span", { class: "side" }, open && nextStep(task), sid(task.sid)));
  const foot = [ended.length ? fold("ended", `${counted(ended.length, "Task")} ended lately`, list("Tasks that have ended", ended.map(row))) : null, callOf(call)];
  const more = shown.more_tasks ? el("p", { class: "tr-soft tr-body" }, "Only the oldest of the Tasks are shown.") : null;
  return panel("tasks", tasksTitle(going), {
    body: [going.length ? list("Tasks", going.map(row)) : empty("A Task shows here as soon as a program creates one."), more],
    foot: foot.some(Boolean) && foot,
  });
}

function tasksTitle(going) {
  const of = (...statuses) => going.filter((task) => statuses.includes(task.status)).length;
  const waiting = of("pending"), reserved = of("reserved"), held = of("assigned", "wrapping");
  const parts = [
    waiting && counted(waiting, "Task waits", "Tasks wait"), reserved && counted(reserved, "is reserved", "are reserved"),
    held && counted(held, "is with a Worker", "are with a Worker"),
  ].filter(Boolean);
  if (!parts.length) return "No Task is open";
  return waiting ? parts.join(", ") : parts.join(", ").replace(/^(\d+)/, (n) => counted(Number(n), "Task"));
}

function whyOf(task, now) {
  const asked = askedOf(task).filter((one) => one.deadline !== null);
  if (asked.length) return `${task.why} ${duration(asked[0].deadline - now)} left to answer.`;
  if (holdersOf(task).length) return task.says;
  return task.why || "The reason is looked for once fewer Tasks wait.";
}

/* What a program may do next with the Task, as its lifecycle allows. */
function nextStep(task) {
  if (["pending", "reserved"].includes(task.status)) return button("Cancel", "cancel", { task: task.sid }, "small", true);
  if (["assigned", "wrapping"].includes(task.status)) return button("Complete", "complete", { task: task.sid }, "small", true);
  return null;
}

const list = (name, rows) => el("ul", { class: "tr-list", "data-roving": true, "aria-label": name }, rows);
const empty = (words) => el("p", { class: "tr-body tr-soft" }, words);

/* Every Worker in a row: name, state, skills, what they do; the switch of Activities. */
export function workersCard(shown, { open = false, call = null } = {}) {
  const names = new Map(shown.tasks.map((task) => [task.sid, task.name]));
  const row = (worker, n) => el("li", { class: "tr-worker", "data-key": worker.sid, tabindex: n ? -1 : 0 },
    face(worker.name, worker.state),
    el("span", { class: "who" }, el("span", { class: "tr-strong" }, worker.name), pill(worker.state, stateWord(worker))),
    el("span", { class: "what" }, [open || stateWord(worker) === worker.activity ? "" : worker.activity, worker.skills, doing(worker, names)].filter(Boolean).join(" · ")),
    open && choice(`Activity of ${worker.name}`, "activity", shown.activities.map((activity) =>
      [activity.name, activity.available ? "available" : "offline", { worker: worker.sid, activity: activity.sid }]), worker.activity));
  const more = shown.more_workers ? el("p", { class: "tr-soft tr-body" }, "Only the first Workers are shown.") : null;
  return panel("workers", workersTitle(shown.workers), {
    body: [shown.workers.length ? list("Workers", shown.workers.map(row)) : empty("There is no Worker yet."), more],
    foot: callOf(call),
  });
}

function workersTitle(workers) {
  const available = workers.filter((worker) => worker.available).length;
  const free = workers.filter((worker) => worker.state === "available").length;
  if (!workers.length) return "No Worker yet";
  return `${available} of ${counted(workers.length, "Worker")} ${available === 1 ? "is" : "are"} available${available && !free ? ", none is free" : ""}`;
}

function stateWord(worker) {
  const count = counted(worker.reservations.length, "Task");
  if (worker.state === "asked") return "asked";
  if (worker.state === "assigned") return worker.available ? count : `${worker.activity}, ${count}`;
  return worker.activity;
}

function doing(worker, names) {
  const of = (test) => worker.reservations.filter(test).map((one) => names.get(one.task_sid) ?? "a Task");
  const asked = of((one) => one.status === "pending"), held = of((one) => one.status !== "pending");
  const parts = [asked.length && `has been asked about ${joinNames(asked)}`, held.length && `has ${joinNames(held)}`].filter(Boolean);
  return parts.join(" and ") || "has no Task";
}

/* A Worker's desk: who asks, how long there is to answer, one main action; then the next step. */
export function deskCard(shown, worker, now, { call = null } = {}) {
  const one = worker.reservations.find((each) => each.status === "pending") ?? worker.reservations[0] ?? null;
  const task = one && shown.tasks.find((each) => each.sid === one.task_sid);
  const workflow = task && shown.workflows.find((each) => each.sid === task.workflow_sid);
  const total = one?.deadline ? one.deadline - one.created : workflow?.timeout ?? 0;
  return panel("desk", deskTitle(worker, one, task), {
    label: `${worker.name}'s desk`, kind: "tr-desk",
    end: [face(worker.name, worker.state), el("span", { class: "tr-strong" }, `${worker.name}'s desk`), pill(worker.state, stateWord(worker))],
    body: el("div", { class: "tr-body" },
      task && el("p", { class: "tr-soft" }, `${task.name} · ${task.about} · came ${age(now - task.created)} ago · priority ${task.priority}`),
      one?.deadline && [
        el("progress", { value: Math.max(0, one.deadline - now), max: total, "aria-label": "Time left to answer" }),
        el("p", { class: "tr-count" }, el("b", {}, countdown(one.deadline - now)), `left to answer, of ${duration(total)}`),
      ],
      one && el("div", { class: "tr-actions" }, deskActions(one))),
    foot: [one && fold("fields", "Every field", facts({ ...one, task: task?.name, attributes: task?.attributes })), callOf(call), one && sid(one.sid)],
  });
}

function deskTitle(worker, reservation, task) {
  if (!reservation) return `${worker.name} has nothing to answer`;
  if (reservation.status === "pending") return `${worker.name} is asked about ${task?.name ?? "a Task"}`;
  return `${worker.name} ${reservation.status === "wrapping" ? "is wrapping up" : "has"} ${task?.name ?? "a Task"}`;
}

/* The buttons keep the SIDs of the Reservation they were drawn for. */
function deskActions(one) {
  const values = { task: one.task_sid, reservation: one.sid };
  if (one.status === "pending") return [button("Accept", "accept", values, "main"), button("Reject", "reject", values)];
  return [button("Complete", "complete", { task: one.task_sid }, "main")];
}

/* A table of names and values. */
export const facts = (values) => el("div", { class: "tr-scroll", tabindex: 0, role: "group", "aria-label": "Fields" }, el("table", {}, el("tbody", {},
  Object.entries(values).map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", { class: "wide" }, value === null || value === undefined ? "none" : String(value)))))));

/* TaskRouter's time, what is due next, and, if open, how to move there. */
export function clockCard(shown, clock, now, { open = false } = {}) {
  const next = shown ? nextDeadline(shown) : null;
  const due = next ? `${next.worker}'s time to answer ends in ${duration(next.deadline - now)}` : "No Worker has to answer.";
  return el("section", { class: "tr-panel tr full", id: "clock", "data-key": "clock", "aria-label": "Clock" }, el("div", { class: "tr-clock" },
    el("span", {}, el("b", {}, new Date(now * 1000).toLocaleTimeString("en-GB")), " ", el("span", { class: "tr-soft" }, pace(clock))),
    el("span", { class: "next" }, icon("pending"), el("span", {}, next ? "Next: " : "", next ? el("strong", {}, due) : due),
      open && next && button("Jump there", "advance", { seconds: Math.max(0, Math.ceil(next.deadline - now)) }, "small main")),
    open && el("span", { class: "end tr-actions" }, [[10, "10 s"], [120, "2 min"], [1200, "20 min"]].map(([seconds, word]) => button(word, "advance", { seconds }, "small")))));
}

const nextDeadline = (shown) => shown.tasks.flatMap(askedOf).filter((one) => one.deadline !== null)
  .reduce((first, one) => (!first || one.deadline < first.deadline ? one : first), null);

function pace({ ahead, frozen }) {
  if (frozen) return "stopped: it moves only when a program moves it";
  if (Math.abs(ahead) < 1) return "as your computer's clock";
  return `${duration(Math.abs(ahead))} ${ahead > 0 ? "ahead of" : "behind"} your computer`;
}
