/* A Worker's desk: who asks, how long there is to answer, one main action; then the next step. The
   buttons keep the SIDs of the Reservation they were drawn for. */

import { callOf } from "./calls.js";
import { el } from "./dom.js";
import { button, chooser, face, facts, fold, panel, pill, prose, sid } from "./pieces.js";
import { age, countdown, duration, isOpen } from "./words.js";

/* `desk`: the `reservation` with its `task` and `worker`, null once they are deleted, `back`, the
   Activity in which the Worker is available again, and `fields`: names and values, by heading. */
export function deskCard({ reservation: one, task, worker, back = null, fields }, now, { call = null, foot = null, ...how } = {}) {
  const name = `${one.worker}'s desk`, word = one.status === "pending" ? "asked" : one.status, actions = nextSteps(one, worker, back);
  return panel("desk", one.says, {
    label: name, kind: "tr-desk", ...how,
    top: [face(one.worker, one.status), el("span", { class: "tr-strong" }, name), el("span", { class: "end" }, pill(word))],
    body: el("div", { class: "tr-body" },
      task && el("p", { class: "tr-soft" }, [task.about, isOpen(task) && `came ${age(now - task.created)} ago`, `priority ${task.priority}`].filter(Boolean).join(" · ")),
      one.deadline !== null && timeLeft(one, now),
      sentencesAfter(one, task, worker).map((text) => el("p", { class: "tr-read" }, prose(text))),
      actions.length > 0 && el("div", { class: "tr-actions" }, actions)),
    foot: [fold("fields", "Every field", Object.entries(fields).map(fieldsOf)), callOf(call), foot, sid(one.sid)],
  });
}

function timeLeft(one, now) {
  const total = one.deadline - one.created, left = Math.max(0, one.deadline - now);
  return [
    el("progress", { value: left, max: total, "aria-label": "Time left to answer" }),
    el("p", { class: "tr-count" }, el("b", {}, countdown(left)), `left to answer, of ${duration(total)}`),
  ];
}

/* The panel of a notebook: the desk of the newest or the `chosen` Reservation, and the choice. */
export function reservationPanel({ says, desk, options, chosen, call }, { now }) {
  const others = options.length > 2 && chooser("Reservation", "choose", options, chosen);
  if (!desk.reservation) {
    const hint = desk.task?.says ?? "It shows here as soon as TaskRouter asks a Worker.";
    return panel("desk", says, { role: "group", label: "Reservation", body: el("p", { class: "tr-body tr-read" }, prose(hint)), foot: call && callOf(call) });
  }
  const drawn = deskCard(desk, now, { role: "group", call, foot: others });
  drawn.dataset.says = deskSays(desk, now);
  return drawn;
}

/* What a screen reader says: the title, and once each when time runs out. */
function deskSays({ reservation: one }, now) {
  const left = one.deadline === null ? Infinity : one.deadline - now;
  return left > 60 ? one.says : `${one.says} ${left > 10 ? "1 min" : left > 0 ? "10 s" : "No time is"} left to answer.`;
}

const needsBack = (one, worker) => worker && !worker.available && ["rejected", "timeout"].includes(one.status);

/* What the Reservation's status means for what comes next. */
function sentencesAfter(one, task, worker) {
  switch (one.status) {
    case "pending":
    case "completed":
      return [];
    case "accepted":
      return ["Complete the Task when the customer has been served. Wrap it up first if there is something to write down."];
    case "wrapping":
      return [`The conversation is over. Until the Task is completed, it takes ${one.worker}'s capacity.`];
    default:
      return [
        needsBack(one, worker) && `${one.worker} is ${worker.activity}, and is asked about no Task until that changes.`,
        task?.says,
      ].filter(Boolean);
  }
}

function nextSteps(one, worker, back) {
  const values = { task: one.task_sid, reservation: one.sid }, ofTask = { task: one.task_sid };
  if (one.status === "pending") return [button("Accept", "accept", values, "main"), button("Reject", "reject", values)];
  if (one.status === "accepted") return [button("Complete", "complete", ofTask, "main"), button("Wrap up", "wrap", ofTask)];
  if (one.status === "wrapping") return [button("Complete", "complete", ofTask, "main")];
  if (!back || !needsBack(one, worker)) return [];
  return [button(`Set ${one.worker} to ${back.name}`, "set_activity", { worker: one.worker_sid, activity: back.sid }, "main")];
}

const fieldsOf = ([heading, values]) => [el("p", { class: "tr-strong" }, heading), facts(heading, values)];
