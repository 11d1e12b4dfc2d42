/* The cards of the Tasks with why they wait, and of the Workers. Each takes the shape in shape.py,
   TaskRouter's time, and `open`: whether the user may change something. A button names its action and
   values; the host sends it. */

import { callOf } from "./calls.js";
import { el } from "./dom.js";
import { button, choice, face, fold, mark, panel, pill, prose, sid, tag } from "./pieces.js";
import { age, askedOf, counted, holdersOf, isOpen, joinNames, remaining } from "./words.js";

const FEW_ROWS = 12, MOST_ROWS = 50; // rows without a search field; rows that are drawn

/* Every Task in a row: tag, status, age, the reason, what the lifecycle allows. With `light`, a row
   lights the Task's way on the floor; `text` is what a row must contain, `explained` why one of them
   waits, see ShownExplanation in shape.py. */
export function tasksCard(shown, now, { open = false, light = true, lit = null, explained = null, call = null, text = "", ...how } = {}) {
  const found = shown.tasks.filter((task) => contains(task, text));
  const going = found.filter(isOpen), ended = found.filter((task) => !isOpen(task));
  const row = (task, n) => el("li", {
    class: "tr-task", "data-key": task.sid, tabindex: n ? -1 : 0, "aria-current": light && task.sid === lit && "true",
    "data-action": light && "light", "data-values": light && JSON.stringify({ task: task.sid }),
  },
  el("span", { class: "line" }, tag(task.name), pill(task.status),
    el("span", { class: "tr-soft", title: task.attributes }, `${age(now - task.created)} · ${task.queue} · priority ${task.priority} · ${task.about}`)),
  el("span", { class: "why" }, prose(whyOf(task, now))),
  el("span", { class: "side" }, open && nextStep(task), sid(task.sid)),
  explained?.task_sid === task.sid && explanation(explained));
  return panel("tasks", shown.tasks_say, {
    end: search("tasks", shown.tasks, text),
    body: [
      going.length ? list("Tasks", going, row) : empty(shown.tasks.length ? "" : "A Task shows here as soon as a program creates one."),
      note(shown.tasks, found, text),
    ],
    foot: [ended.length > 0 && fold("ended", `${counted(ended.length, "Task")} ended lately`, list("Tasks that have ended", ended, row)), callOf(call)],
    ...how,
  });
}

function whyOf(task, now) {
  const asked = askedOf(task).filter((one) => one.deadline !== null);
  if (asked.length) return `${task.why} ${remaining(asked[0], now)} left to answer.`;
  if (holdersOf(task).length) return task.says;
  return task.why || "The reason is looked for once fewer Tasks wait.";
}

/* What to change, and each Worker with what keeps them from the Task. */
const explanation = ({ cures, candidates, more }) => fold("explanation", "Worker by Worker", el("div", { class: "tr-near" },
  candidates.map(({ name, can_take: can, says }) => [
    el("span", { class: "name" }, can === null ? name : mark(can ? "yes" : "no", name)), el("span", {}, prose(says)),
  ])),
more > 0 && el("p", { class: "tr-soft" }, `and ${counted(more, "other Worker")}`),
cures.map((cure) => el("p", {}, "→ ", prose(cure))));

/* What a program may do next with the Task, as its lifecycle allows. */
function nextStep(task) {
  if (["pending", "reserved"].includes(task.status)) return button("Cancel", "cancel", { task: task.sid }, "small", true);
  if (["assigned", "wrapping"].includes(task.status)) return button("Complete", "complete", { task: task.sid }, "small", true);
  return null;
}

/* Every Worker in a row: name, state, skills, what they do; the switch of Activities. */
export function workersCard(shown, { open = false, call = null, text = "", ...how } = {}) {
  const names = new Map(shown.tasks.map((task) => [task.sid, task.name]));
  const found = shown.workers.filter((worker) => contains(worker, text));
  const row = (worker, n) => el("li", { class: "tr-worker", "data-key": worker.sid, tabindex: n ? -1 : 0 },
    face(worker.name, worker.state),
    el("span", { class: "who" }, el("span", { class: "tr-strong" }, worker.name), pill(worker.state, stateWord(worker))),
    el("span", { class: "what" }, [open || stateWord(worker) === worker.activity ? "" : worker.activity, worker.skills, doing(worker, names)].filter(Boolean).join(" · ")),
    open && activityChoice(shown.activities, worker));
  return panel("workers", shown.workers_say, {
    end: search("workers", shown.workers, text),
    body: [
      found.length ? list("Workers", found, row) : empty(shown.workers.length ? "" : "A Worker shows here as soon as a program creates one."),
      note(shown.workers, found, text),
    ],
    foot: callOf(call),
    ...how,
  });
}

function list(name, items, row) {
  return el("ul", { class: `tr-list ${items.length > FEW_ROWS ? "long" : ""}`, "data-roving": true, "aria-label": name }, items.slice(0, MOST_ROWS).map(row));
}

const empty = (words) => words && el("p", { class: "tr-body tr-soft" }, words);

/* A search field, once there are many rows. */
const search = (kind, items, text) => items.length > FEW_ROWS && el("input", {
  class: "tr-input tr-search", type: "search", placeholder: "Search", "aria-label": `Search the ${kind === "tasks" ? "Tasks" : "Workers"}`,
  "data-action": "find", "data-values": JSON.stringify({ kind }), value: text,
});

/* Whether one of the values of a Task or a Worker contains the text. */
const contains = (item, text) =>
  Object.values(item).some((value) => typeof value === "string" && value.toLowerCase().includes(text.toLowerCase()));

/* How many rows were found, and whether all of them are drawn. */
function note(items, found, text) {
  const parts = [
    text && `${found.length} of ${items.length} contain “${text}”.`,
    found.length > MOST_ROWS && `The first ${MOST_ROWS} are shown: search to find the others.`,
  ].filter(Boolean);
  return parts.length > 0 && el("p", { class: "tr-soft tr-body" }, parts.join(" "));
}

/* The switch of a Worker's Activities. */
const activityChoice = (activities, worker) =>
  choice(`Activity of ${worker.name}`, "set_activity", activities.map((activity) =>
    [activity.name, activity.available ? "available" : "offline", { worker: worker.sid, activity: activity.sid }]), worker.activity);

/* One Worker's switch; `summary` is what follows from the Activity. */
export const activityCard = ({ worker, activities, summary, call }) =>
  panel("activity", summary, {
    role: "group", label: `Activity of ${worker.name}`,
    body: el("div", { class: "tr-body" }, activityChoice(activities, worker)), foot: [callOf(call), sid(worker.sid)],
  });

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
