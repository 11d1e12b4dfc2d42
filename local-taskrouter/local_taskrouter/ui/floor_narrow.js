/* The floor in a narrow place, top to bottom. The way runs in a lane at the left, so it crosses no box;
   words name the Workers of each TaskQueue. */

import { svg } from "./dom.js";
import { box, label, path, round, stated, taskTag, tip, workerCard, workerHeight } from "./drawing.js";
import { iconAt } from "./pieces.js";
import { age, counted } from "./words.js";

const LANE = 26, SLOT = 116;

/* [height, shapes] of the picture for this width. */
export function floorBelow(scene, width, now) {
  const page = { y: 0, shapes: [], stops: [], x: LANE, width: width - LANE };
  tasksBelow(page, scene, now);
  workflowBelow(page, scene);
  queuesBelow(page, scene);
  workersBelow(page, scene);
  return [round(page.y), [page.shapes, lane(page.stops, scene.way)]];
}

function head(page, word) {
  page.shapes.push(label(page.x, page.y + 12, word, "s b", { room: page.width }));
  page.y += 20;
}

function tasksBelow(page, scene, now) {
  const { lit } = scene, { x, width } = page, end = x + width;
  head(page, "Task");
  if (lit) {
    const y = page.y, ages = `${lit.status} · ${age(now - lit.created)}`;
    page.shapes.push(svg("g", { "data-key": lit.sid }, stated(lit.status,
      box(x + 0.75, y + 0.75, width - 1.5, 46.5, "fill"),
      iconAt(lit.status, x + 12, y + 10),
      label(x + 30, y + 20, lit.name, "b on", { room: width - 170 }),
      label(end - 12, y + 20, ages, "i on", { end: true }),
      label(x + 12, y + 38, lit.about, "m on", { room: width - 24 }))));
    if (scene.way.status) page.stops.push(y + 24);
    page.y += 56;
  } else {
    page.shapes.push(label(x, page.y + 14, "No Task yet", "s"));
    page.y += 26;
  }
  const others = scene.tasks.filter((task) => task !== lit), all = others.length + scene.moreTasks;
  if (all) {
    const words = `and ${all} more: ${others.map((task) => task.name).join(", ")}`;
    page.shapes.push(label(x, page.y + 10, words, "s", { room: width }));
    page.y += 22;
  }
  page.y += 4;
}

function workflowBelow(page, scene) {
  const { x, width } = page, top = page.y + 20, rows = [];
  head(page, `Workflow ${scene.workflow?.name ?? "none"}`);
  scene.filters.forEach((filter, n) => {
    const hit = filter === scene.way.filter, y = top + n * 42;
    const queue = scene.queues.find((one) => one.sid === filter.queue_sid), to = `to ${queue?.name ?? "?"}`;
    rows.push(stated(scene.way.status || "offline",
      hit ? box(x + 4, y + 3, width - 8, 37, "fill", 6) : n ? path(`M${x + 10} ${y + 1}H${x + width - 10}`, "hair") : null,
      label(x + 12, y + 18, filter.name, hit ? "i b on" : "s", { room: width * 0.55 }),
      label(x + width - 12, y + 18, to, hit ? "i on" : "s", { end: true, room: width * 0.4 }),
      label(x + 12, y + 34, filter.expression, hit ? "m on" : "m", { room: width - 24 })));
    if (hit) page.stops.push(y + 21);
  });
  const height = scene.filters.length * 42 + 2;
  page.shapes.push(box(x + 0.5, top + 0.5, width - 1, height - 1, "box"), rows);
  page.y = top + height + 14;
}

function queuesBelow(page, scene) {
  const { x, width } = page;
  head(page, "TaskQueues");
  for (const queue of scene.queues) {
    const y = page.y, waiting = scene.waitingIn(queue), hit = queue.sid === scene.way.queueSid;
    const each = Math.max(1, Math.floor((width - 20) / SLOT)), height = 64 + (waiting.length ? 28 : 0);
    const tags = waiting.slice(0, each - (waiting.length > each ? 1 : 0)), hidden = waiting.length - tags.length;
    const names = scene.membersOf(queue).map((worker) => worker.name).join(", ") || "none";
    page.shapes.push(
      box(x + 0.5, y + 0.5, width - 1, height - 1, "box"),
      hit && stated(scene.way.status, box(x + 1, y + 1, width - 2, height - 2, "way two")),
      label(x + 12, y + 20, `${queue.prefix} ${queue.name}`.trim(), "b", { room: width - 80 }),
      label(x + width - 12, y + 20, waiting.length ? counted(waiting.length, "Task") : "empty", "s", { end: true }),
      label(x + 12, y + 37, queue.expression || "for no Worker", "m s", { room: width - 24 }),
      label(x + 12, y + 54, `Workers: ${names}`, "i", { room: width - 24 }),
      tags.map((task, n) => taskTag(x + 10 + n * SLOT, y + 61, SLOT - 4, task, { ghost: task.status === "reserved", key: `queue ${task.sid}` })),
      hidden > 0 && label(x + 18 + tags.length * SLOT, y + 76, `+ ${hidden} more`, "s"));
    if (hit) page.stops.push(y + 30);
    page.y += height + 8;
  }
  if (scene.moreQueues) page.shapes.push(label(x, (page.y += 18) - 6, `and ${counted(scene.moreQueues, "more TaskQueue")}`, "s"));
  page.y += 6;
}

function workersBelow(page, scene) {
  const { x, width } = page, columns = width > 400 ? 2 : 1, each = (width - (columns - 1) * 8) / columns;
  head(page, "Workers");
  // Workers on the way come first, so that the lane touches their cards.
  const reached = (worker) => scene.way.workerSids.has(worker.sid);
  const order = [...scene.workers].sort((a, b) => reached(b) - reached(a));
  for (let start = 0; start < order.length; start += columns) {
    const row = order.slice(start, start + columns), height = Math.max(...row.map(workerHeight));
    row.forEach((worker, n) => page.shapes.push(workerCard(x + n * (each + 8), page.y, each, height, worker, scene.taskOf)));
    if (reached(row[0])) page.stops.push(page.y + 24);
    page.y += height + 8;
  }
  if (scene.moreWorkers) page.shapes.push(label(x, (page.y += 18) - 6, `and ${counted(scene.moreWorkers, "more Worker")}`, "s"));
}

/* The way at the left, from each stop to the next; the last part is dotted while a Worker is asked. */
function lane(stops, way) {
  if (!stops.length || !way.status) return [];
  return stated(way.status,
    stops.slice(1).map((y, n) => path(`M10 ${stops[n]}V${y}`, way.asks && n === stops.length - 2 ? "way ask" : "way")),
    stops.map((y, n) => (n ? [path(`M10 ${y}H14`, "way"), tip(LANE - 2, y)] : path(`M10 ${y}H${LANE - 2}`, "way"))));
}
