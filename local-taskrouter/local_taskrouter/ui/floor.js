/* The floor as a picture: Tasks, the Workflow with its filters, TaskQueues, Workers, and who belongs
   where; the lit Task's way in its color. Drawn for a width, never scaled. */

import { svg } from "./dom.js";
import { box, curve, label, path, round, stated, taskTag, tip, workerCard, workerHeight, wrap } from "./drawing.js";
import { floorBelow } from "./floor_narrow.js";
import { iconAt } from "./pieces.js";
import { sceneOf, sceneWords } from "./scene.js";
import { age, counted } from "./words.js";

const WIDE_FROM = 800; // from here on names and expressions fit in boxes side by side
const HEAD = 24, LINE = 16;

/* The picture for this width: side by side, or from top to bottom. `now` is
   TaskRouter's time. */
export function floorPicture(shown, width, now, litSid = null) {
  const scene = sceneOf(shown, litSid);
  const [height, shapes] = width < WIDE_FROM ? floorBelow(scene, width, now) : floorBeside(scene, width, now);
  return svg("svg", {
    class: "tr-svg", "data-key": width < WIDE_FROM ? "narrow" : "wide", width, height, viewBox: `0 0 ${width} ${height}`,
    role: "img", "aria-label": sceneWords(shown),
  }, shapes);
}

function floorBeside(scene, width, now) {
  const at = columnsFor(width);
  const { tasks, flow, queues, workers, top, height } = place(scene, at);
  const boxes = [
    headings(scene, at),
    tasks.rows.map((row) => taskBox(scene, at.task, row, now)),
    scene.tasks.length ? null : label(at.task.x, top + height / 2 + 4, "No Task yet", "s"),
    workflowBox(scene, at.flow, flow),
    queues.rows.map((row) => queueBox(scene, at.queue, row)),
    workers.rows.map((row) => row.item.more
      ? moreBox(at.work, row, counted(row.item.more, "more Worker"))
      : workerCard(at.work.x, row.y, at.work.width, row.height, row.item, scene.taskOf)),
  ];
  const [behind, before] = ways(scene, at, { tasks, flow, queues, workers });
  return [round(top + height + 4), [behind, boxes, before]];
}

/* Where the four columns stand, and how wide they are. */
function columnsFor(width) {
  const spare = Math.max(0, width - 828);
  const widths = [137 + spare * 0.1, 204 + spare * 0.16, 187 + spare * 0.16, 188 + spare * 0.16].map(Math.round);
  const [task, flow, queue, work] = widths, gap = width - task - flow - queue - work;
  return {
    task: { x: 0, width: task },
    flow: { x: round(task + gap * 0.18), width: flow },
    queue: { x: round(task + gap * 0.48 + flow), width: queue },
    work: { x: width - work, width: work },
  };
}

/* Stacks the boxes of each column, and shifts the columns so that lines run as level as they can. */
function place(scene, at) {
  const { lit, way } = scene;
  const named = scene.workflow ? wrap(scene.workflow.name, at.flow.width - 24, 13, { bold: true }, 2) : [];
  const under = 18 + 17 * named.length;
  const tasks = stack([...scene.tasks, ...(scene.moreTasks ? [{ more: scene.moreTasks }] : [])], (task) => (task === lit ? 86 : task.more ? 18 : 24), 8);
  const flow = stack(scene.filters, (filter) => 26 + LINE * expressionOf(filter, at.flow).length, 0);
  flow.named = named;
  flow.height += under + 6;
  flow.rows.forEach((row) => { row.y += under; });
  const queues = stack(
    [...scene.queues, ...(scene.moreQueues ? [{ more: scene.moreQueues }] : [])],
    (queue) => (queue.more ? 30 : queueHeight(scene, at.queue, queue)), scene.queues.length > 3 ? 10 : 16);
  const workers = stack(
    [...scene.workers, ...(scene.moreWorkers ? [{ more: scene.moreWorkers }] : [])],
    (worker) => (worker.more ? 30 : workerHeight(worker)), scene.workers.length > 4 ? 8 : 16);
  const rowOf = (queueSid) => queues.rows.find((row) => row.item.sid === queueSid);
  const pairs = flow.rows.filter((row) => rowOf(row.item.queue_sid));
  shift(flow, mean(pairs.map((row) => rowOf(row.item.queue_sid).y + 6 - row.y)));
  const middle = queues.height / 2 - workers.height / 2;
  const wanted = workers.rows.filter((row) => row.item.sid).flatMap((row) => scene.queuesOf(row.item).map((queue) => rowOf(queue.sid).y - row.y));
  shift(workers, Math.max(middle - 14, Math.min(middle + 14, mean(wanted))));
  const litRow = tasks.rows.find((row) => row.item === lit), goal = flow.rows.find((row) => row.item === way.filter);
  shift(tasks, litRow && goal ? middleOf(goal) - litRow.y - litRow.height / 2 : queues.height / 2 - tasks.height / 2);
  if (tasks.rows.length > 2) {
    const lowest = Math.max(bottom(flow), bottom(workers), bottom(queues));
    shift(tasks, Math.max(Math.min(flow.y, workers.y) - tasks.y, Math.min(0, lowest - bottom(tasks))));
  }
  const columns = [tasks, flow, queues, workers], first = Math.min(...columns.map((column) => column.y));
  columns.forEach((column) => shift(column, HEAD - first));
  return { tasks, flow, queues, workers, top: HEAD, height: Math.max(...columns.map(bottom)) - HEAD };
}

function stack(items, heightOf, space) {
  let y = 0;
  const rows = items.map((item) => {
    const row = { item, y, height: heightOf(item) };
    y += row.height + space;
    return row;
  });
  return { rows, y: 0, height: Math.max(0, y - space) };
}

function shift(column, by) {
  column.y += by;
  column.rows.forEach((row) => { row.y += by; });
}

/* An expression in lines as wide as its box: cut, one would look like the other. */
const expressionOf = ({ expression }, { width }) => wrap(expression || "for no Worker", width - 20, 12, { mono: true }, 2);

const middleOf = (filterRow) => filterRow.y + filterRow.height / 2 - 1;
const bottom = (column) => column.y + column.height;
const mean = (numbers) => numbers.reduce((sum, n) => sum + n, 0) / (numbers.length || 1);

const headings = (scene, at) => [
  [at.task, scene.tasks.length > 1 ? "Tasks" : "Task"], [at.flow, "Workflow"], [at.queue, "TaskQueues"], [at.work, "Workers"],
].map(([column, word]) => label(column.x, 12, word, "s b"));

const moreBox = (column, row, words) => [
  box(column.x + 0.5, row.y + 0.5, column.width - 1, row.height - 1, "box", 8, true),
  label(column.x + 12, row.y + 19, words, "s"),
];

function taskBox(scene, { x, width }, { item: task, y, height }, now) {
  if (task.more) return label(x + 8, y + 13, `+ ${task.more} more`, "s");
  if (task !== scene.lit) return taskTag(x, y + 1, width, task, { key: task.sid, moves: false });
  return svg("g", { "data-key": task.sid },
    stated(task.status,
      box(x + 0.75, y + 0.75, width - 1.5, height - 1.5, "fill"),
      iconAt(task.status, x + 10, round(y + 10)),
      label(x + 27, y + 20.5, task.name, "b on", { room: width - 34 }),
      label(x + 10, y + 41, task.about.split(" ")[0], "i on", { room: width - 18 }),
      label(x + 10, y + 57, task.about.split(" ").slice(1).join(" "), "m on", { room: width - 18 }),
      label(x + 10, y + 75, `${task.status} · ${age(now - task.created)}`, "i on", { room: width - 16 })));
}

function workflowBox(scene, { x, width }, column) {
  if (!scene.workflow) return label(x, column.y + 14, "No Workflow yet", "s");
  return [
    box(x + 0.5, column.y + 0.5, width - 1, column.height - 1, "box"),
    column.named.map((line, n) => label(x + 12, column.y + 22 + 17 * n, line, "b")),
    column.rows.map(({ item: filter, y, height }) => {
      const hit = filter === scene.way.filter;
      return stated(scene.way.status || "offline",
        hit ? box(x + 5, y + 1, width - 10, height - 3, "fill", 6) : path(`M${x + 10} ${round(y) + 0.5}H${x + width - 10}`, "hair"),
        label(x + 12, y + 17, filter.name, hit ? "i b on" : "s", { room: width - 24 }),
        expressionAt(x + 12, y + 33, filter, { width }, hit ? "m on" : "m"));
    }),
  ];
}

const expressionAt = (x, y, item, column, kind) => expressionOf(item, column).map((line, n) =>
  label(x, y + LINE * n, line, kind, { whole: item.expression || line }));

const perRow = (width) => Math.max(1, Math.floor((width - 12) / 112));
const mostTags = (width) => Math.max(2, 2 * perRow(width));

function queueHeight(scene, column, queue) {
  const { width } = column;
  const rows = Math.ceil(Math.min(scene.waitingIn(queue).length, mostTags(width)) / perRow(width));
  return 32 + LINE * expressionOf(queue, column).length + (queue.prefix ? 17 : 0) + (rows ? rows * 26 + 2 : 0);
}

function queueBox(scene, column, row) {
  const { x, width } = column, { item: queue, y, height } = row;
  if (queue.more) return moreBox(column, row, counted(queue.more, "more TaskQueue"));
  const waiting = scene.waitingIn(queue), hit = queue.sid === scene.way.queueSid, low = y + (queue.prefix ? 17 : 0), under = low + 30 + LINE * expressionOf(queue, column).length;
  const most = mostTags(width), each = perRow(width);
  const shown = waiting.slice(0, waiting.length > most ? most - 1 : most), hidden = waiting.length - shown.length;
  const room = waiting.length === 1 ? 116 : each === 1 ? Math.min(width - 16, 130) : (width - 20) / each;
  const slot = (n) => [x + 10 + (n % each) * room, under + Math.floor(n / each) * 26];
  return [
    box(x + 0.5, y + 0.5, width - 1, height - 1, "box"),
    hit && stated(scene.way.status, box(x + 1, y + 1, width - 2, height - 2, "way two")),
    queue.prefix && label(x + 12, y + 19, queue.prefix, "s", { room: width - 22 }),
    label(x + 12, low + 20, queue.name, "b", { room: width - 76 }),
    label(x + width - 12, low + 20, waiting.length ? counted(waiting.length, "Task") : "empty", "s", { end: true }),
    expressionAt(x + 12, low + 38, queue, column, "m s"),
    shown.map((task, n) => taskTag(...slot(n), room - 4, task, { ghost: task.status === "reserved", key: `queue ${task.sid}` })),
    hidden > 0 && label(slot(most - 1)[0] + 8, slot(most - 1)[1] + 15, `+ ${hidden} more`, "s"),
  ];
}

/* The lines: thin ones behind the boxes, the lit way before them with a halo where it crosses. */
function ways(scene, at, { tasks, flow, queues, workers }) {
  const behind = [], before = [], { way, lit } = scene;
  const lightUp = (x1, y1, x2, y2, dotted = false) => before.push(stated(way.status,
    path(curve(x1, y1, x2 - 8, y2), "halo"), path(curve(x1 + 1, y1, x2 - 10, y2), dotted ? "way ask" : "way"), tip(x2 - 1, y2)));
  const litRow = tasks.rows.find((row) => row.item === lit), goal = flow.rows.find((row) => row.item === way.filter);
  if (litRow && goal) lightUp(at.task.x + at.task.width, litRow.y + litRow.height / 2, at.flow.x + 5, middleOf(goal));
  const rowOf = (queueSid) => queues.rows.find((row) => row.item.sid === queueSid);
  for (const row of flow.rows) {
    const to = rowOf(row.item.queue_sid);
    if (!to) continue;
    const beside = flow.rows.filter((one) => one.item.queue_sid === row.item.queue_sid);
    const y2 = to.y + 26 + (beside.indexOf(row) - (beside.length - 1) / 2) * 9, x1 = at.flow.x + at.flow.width;
    if (row === goal && row.item.queue_sid === way.queueSid) lightUp(x1, middleOf(row), at.queue.x, y2);
    else behind.push(path(curve(x1, middleOf(row), at.queue.x - 6, y2), "thin"), tip(at.queue.x - 1, y2, "tip0", 3));
  }
  scene.queues.forEach((queue) => {
    const from = rowOf(queue.sid), members = scene.membersOf(queue);
    members.forEach((worker, n) => {
      const to = workers.rows.find((row) => row.item === worker), own = scene.queuesOf(worker);
      const y1 = port(from, n, members.length), y2 = port(to, own.indexOf(queue), own.length);
      const x1 = at.queue.x + at.queue.width, x2 = at.work.x;
      if (way.queueSid === queue.sid && way.workerSids.has(worker.sid)) {
        lightUp(x1, y1, x2, y2, way.asks);
        const beside = y1 < y2 ? y2 + 18 : y2 - 9; // where the line does not come from
        before.push(stated(way.status, label(x2 - 6, beside, way.asks ? "asked" : way.status, "i b on lab", { end: true })));
      } else behind.push(path(curve(x1, y1, x2 - 2, y2), "thin"), svg("circle", { class: "tip0", cx: x2 - 1, cy: round(y2), r: 2.5 }));
    });
  });
  return [behind, before];
}

/* The place on a box's edge for the n-th of some lines, so that no two share an end. */
const port = (row, n, of) => row.y + (Math.min(row.height, 64) * (n + 1)) / (of + 1);

/* Where each Task's tag is drawn now, by its SID: give it to `travel` after the next redraw. */
export function places(root) {
  const picture = root.querySelector(".tr-svg"), origin = picture?.getBoundingClientRect();
  const tags = picture ? [...picture.querySelectorAll("[data-tag]")] : [];
  return { width: picture?.getAttribute("width"), at: new Map(tags.map((tag) => [tag.dataset.tag, within(tag, origin)])) };
}

const within = (tag, origin) => {
  const place = tag.getBoundingClientRect();
  return { x: place.x - origin.x, y: place.y - origin.y };
};

/* Move each tag that is drawn in another place than before there; not when the picture has another
   width. */
export function travel(root, before) {
  const after = places(root);
  if (after.width !== before.width) return;
  const style = getComputedStyle(root), duration = parseFloat(style.getPropertyValue("--tr-move")) || 0;
  if (!duration) return;
  for (const tag of root.querySelectorAll("[data-tag]")) {
    const from = before.at.get(tag.dataset.tag), to = after.at.get(tag.dataset.tag);
    if (!from || (Math.abs(from.x - to.x) < 2 && Math.abs(from.y - to.y) < 2)) continue;
    const start = `translate(${from.x - to.x}px, ${from.y - to.y}px)`;
    tag.animate([{ transform: start }, { transform: "none" }], { duration, easing: "cubic-bezier(.2, .7, .2, 1)" });
  }
}
