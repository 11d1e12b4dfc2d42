/* The cards of the Tasks with why they wait, and of the Workers. Each takes the shape in shape.py,
   TaskRouter's time, and `open`: whether the user may change something. A button names its action and
   values; the host sends it. */

import { callOf } from "./calls.js";
import { el } from "./dom.js";
import { button, choice, face, fold, panel, pill, prose, sid, tag } from "./pieces.js";
import { age, askedOf, counted, duration, holdersOf, isOpen, joinNames } from "./words.js";

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
    open && activityChoice(shown.activities, worker));
  const more = shown.more_workers ? el("p", { class: "tr-soft tr-body" }, "Only the first Workers are shown.") : null;
  return panel("workers", workersTitle(shown.workers), {
    body: [shown.workers.length ? list("Workers", shown.workers.map(row)) : empty("There is no Worker yet."), more],
    foot: callOf(call),
  });
}

/* The switch of a Worker's Activities. */
const activityChoice = (activities, worker) =>
  choice(`Activity of ${worker.name}`, "set_activity", activities.map((activity) =>
    [activity.name, activity.available ? "available" : "offline", { worker: worker.sid, activity: activity.sid }]), worker.activity);

/* One Worker's switch; `says` is what follows from the Activity. */
export const activityCard = ({ worker, activities, says, call }) =>
  panel("activity", says, {
    role: "group", label: `Activity of ${worker.name}`,
    body: el("div", { class: "tr-body" }, activityChoice(activities, worker)), foot: [callOf(call), sid(worker.sid)],
  });

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
