/* What of a Workspace the picture of the floor shows, and the lit way through it. */

import { askedOf, holdersOf, isOpen } from "./words.js";

const MOST_TASKS = 6, MOST_QUEUES = 8, MOST_WORKERS = 12;

/* `shown` is the shape in shape.py, `litSid` the Task whose way is lit (default: shown.lit). */
export function sceneOf(shown, litSid = null) {
  const byTask = new Map(shown.tasks.map((task) => [task.sid, task]));
  const lit = byTask.get(litSid) ?? byTask.get(shown.lit) ?? null;
  const open = shown.tasks.filter((task) => isOpen(task) || task === lit);
  const tasks = around(open, lit, MOST_TASKS);
  const queues = firstly(shown.queues, (queue) => queue.sid === lit?.queue_sid, MOST_QUEUES);
  const goal = shown.queues.find((queue) => queue.sid === lit?.queue_sid);
  const holders = new Set(lit ? [...askedOf(lit), ...holdersOf(lit)].map((one) => one.worker_sid) : []);
  const crowd = shown.workers.length > MOST_WORKERS;
  const rank = (worker) => (holders.has(worker.sid) ? 0 : goal?.worker_sids.includes(worker.sid) ? 1 : 2);
  const kept = crowd ? new Set([...shown.workers].sort((a, b) => rank(a) - rank(b)).slice(0, MOST_WORKERS)) : null;
  const workers = byMembership(shown.workers.filter((worker) => !kept || kept.has(worker)), queues);
  const workflow = shown.workflows.find((one) => one.sid === lit?.workflow_sid) ?? shown.workflows[0] ?? null;
  return {
    lit, tasks, queues, workers, workflow,
    moreTasks: open.length - tasks.length,
    moreQueues: shown.queues.length - queues.length,
    moreWorkers: shown.workers.length - workers.length,
    filters: workflow?.filters ?? [],
    way: wayOf(lit, workflow, holders),
    taskOf: (sid) => byTask.get(sid),
    waitingIn: (queue) => shown.tasks.filter((task) => task.queue_sid === queue.sid && ["pending", "reserved"].includes(task.status)),
    membersOf: (queue) => workers.filter((worker) => queue.worker_sids.includes(worker.sid)),
    queuesOf: (worker) => queues.filter((queue) => queue.worker_sids.includes(worker.sid)),
  };
}

/* The status to draw each part of the way with; `worker` is "" while no Worker has been asked. */
function wayOf(lit, workflow, holders) {
  if (!lit || !isOpen(lit)) return { filter: null, queueSid: null, workerSids: new Set(), asks: false, status: "" };
  const filter = lit.workflow_sid === workflow?.sid ? workflow?.filters[lit.filter] ?? null : null;
  return { filter, queueSid: lit.queue_sid, workerSids: holders, asks: lit.status === "reserved", status: lit.status };
}

/* At most `most` Tasks, the lit one among them, in their order. */
function around(tasks, lit, most) {
  const at = Math.max(0, tasks.indexOf(lit)), start = Math.max(0, Math.min(at - 1, tasks.length - most));
  return tasks.slice(start, start + most);
}

/* At most `most`, those that `matters` among them, in their order. */
function firstly(all, matters, most) {
  if (all.length <= most) return all;
  const chosen = new Set([...all.filter(matters), ...all.filter((one) => !matters(one))].slice(0, most));
  return all.filter((one) => chosen.has(one));
}

/* Workers in the order of the TaskQueues they belong to, so that lines cross little. Never by state:
   no card jumps. */
function byMembership(workers, queues) {
  if (workers.length <= 4) return workers;
  const rank = (worker) => {
    const places = queues.flatMap((queue, n) => (queue.worker_sids.includes(worker.sid) ? [n] : []));
    return places.length ? places.reduce((sum, n) => sum + n, 0) / places.length : queues.length;
  };
  return [...workers].sort((a, b) => rank(a) - rank(b));
}

/* The floor in words, for a screen reader: a line for each Task, TaskQueue and Worker. */
export function sceneWords(shown) {
  const name = new Map(shown.workers.map((worker) => [worker.sid, worker.name]));
  return [
    ...shown.tasks.filter(isOpen).map((task) => {
      const held = [...askedOf(task), ...holdersOf(task)].map((one) => `, ${one.worker}`).join("");
      return `${task.name}: ${task.status}, TaskQueue ${task.queue}${held}.`;
    }),
    ...shown.queues.map((queue) => `TaskQueue ${queue.name}, ${queue.expression}: ${queue.worker_sids.map((sid) => name.get(sid)).join(", ") || "no Worker"}.`),
    ...shown.workers.map((worker) => `${worker.name} (${worker.skills}): ${worker.activity}.`),
  ].join(" ") || "No Task, TaskQueue or Worker yet.";
}
