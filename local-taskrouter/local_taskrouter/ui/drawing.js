/* The parts of a drawn picture: text that fits its box, boxes, tags of Tasks, curves. */

import { svg } from "./dom.js";
import { iconAt } from "./pieces.js";
import { familyOf } from "./words.js";

const WIDE = /[MWmw@—]/, THIN = /[ijlIt.,:;'|!()[\] ]/, BROAD = /[A-Z"#=…]/;

/* The width of a text in pixels, rather too wide: some systems have only a wide font. */
export function widthOf(text, size = 12, { bold = false, mono = false } = {}) {
  if (mono) return text.length * size * 0.61;
  let width = 0;
  for (const c of text) width += WIDE.test(c) ? 0.9 : THIN.test(c) ? 0.33 : BROAD.test(c) ? 0.7 : 0.58;
  return width * size * (bold ? 1.16 : 1);
}

/* The text, or its beginning and "…". */
export function fit(text, room, size = 12, how = {}) {
  if (widthOf(text, size, how) <= room) return text;
  let cut = text;
  while (cut && widthOf(`${cut}…`, size, how) > room) cut = cut.slice(0, -1);
  return `${cut.trimEnd()}…`;
}

/* The text in lines that fit, at most `most`. */
export function wrap(text, room, size, how, most) {
  const found = [""];
  for (const word of text.split(" ")) {
    const longer = `${found.at(-1)} ${word}`.trim();
    if (widthOf(longer, size, how) <= room || !found.at(-1)) found[found.length - 1] = longer;
    else found.push(word);
  }
  const shown = found.slice(0, most);
  if (found.length > most) shown[most - 1] = `${shown[most - 1]} ${found[most]}`;
  return shown.map((line) => fit(line, room, size, how));
}

export const round = (n) => Math.round(n * 10) / 10;

/* A line of text; what does not fit in `room`, or is a line of the `whole`, is whole on hover. */
export function label(x, y, text, kind = "", { room = Infinity, end = false, middle = false, whole = text } = {}) {
  const how = { bold: /\bb\b/.test(kind), mono: /\bm\b/.test(kind) };
  const shown = fit(text, room, /\b[sim]\b/.test(kind) ? 12 : 13, how);
  const anchor = end ? "end" : middle ? "middle" : null;
  return svg("text", { x: round(x), y: round(y), class: kind, "text-anchor": anchor }, shown === whole ? shown : [svg("title", {}, whole), shown]);
}

export const box = (x, y, width, height, kind, radius = 8, dashed = false) =>
  svg("rect", { x: round(x), y: round(y), width: round(width), height: round(height), rx: radius, class: kind, "stroke-dasharray": dashed && "3 3" });

export const path = (d, kind, dashed = false) => svg("path", { d, class: kind, "stroke-dasharray": dashed && "3 3" });

/* Shapes in the colors of a state. */
export const stated = (status, ...shapes) => svg("g", { "data-state": familyOf(status) }, shapes);

/* The tag of a Task; `ghost` for where it came from. One that `moves` travels to its next place. */
export const taskTag = (x, y, width, task, { ghost = false, key = null, moves = !ghost } = {}) =>
  svg("g", { "data-state": familyOf(task.status), "data-key": key, "data-tag": moves && task.sid },
    box(x + 0.5, y + 0.5, width - 1, 21, ghost ? "ghost" : "fill", 5),
    iconAt(task.status, round(x + 7), round(y + 5)),
    label(x + 23, y + 15.2, task.name, `i b ${ghost ? "s" : "on"}`, { room: width - 28 }));

/* The tag of a Task in a Worker's card, with the status of the Reservation. */
export const heldTag = (x, y, width, task, status) => {
  const word = status === "pending" ? "asked" : status;
  return svg("g", { "data-state": familyOf(status), "data-key": `held ${task.sid}`, "data-tag": task.sid },
    box(x + 0.5, y + 0.5, width - 1, 21, "paper thin1", 5, status === "pending"),
    iconAt(word, round(x + 7), round(y + 5)),
    label(x + 23, y + 15.2, task.name, "i b", { room: width - 38 - widthOf(word) }),
    label(x + width - 8, y + 15.2, word, "s", { end: true }));
};

export function curve(x1, y1, x2, y2) {
  const middle = (x2 - x1) / 2;
  return `M${round(x1)} ${round(y1)}C${round(x1 + middle)} ${round(y1)} ${round(x2 - middle)} ${round(y2)} ${round(x2)} ${round(y2)}`;
}

/* The tip of an arrow that points to the right. */
export const tip = (x, y, kind = "tip", size = 5) =>
  path(`M${round(x)} ${round(y)}l${-size * 1.7} ${-size}v${2 * size}z`, kind);

/* A Worker's card, as high as `workerHeight`. */
export const workerHeight = (worker) => 48 + worker.reservations.length * 26 + (worker.reservations.length ? 2 : 0);

export const workerCard = (x, y, width, height, worker, taskOf) => {
  const room = width - 76, forName = widthOf(worker.name, 13, { bold: true }) + 6;
  const forActivity = Math.min(widthOf(worker.activity), Math.max(room / 2, room - forName));
  return svg("g", { "data-key": worker.sid },
    stated(worker.state,
      box(x + 0.5, y + 0.5, width - 1, height - 1, "fill"),
      svg("circle", { cx: round(x + 22), cy: round(y + 24), r: 12.5, class: "paper" }),
      label(x + 22, y + 28.5, [...worker.name][0] ?? "?", "b", { middle: true }),
      label(x + 42, y + 20, worker.name, "b on", { room: room - forActivity }),
      label(x + width - 25, y + 20, worker.activity, "i on", { end: true, room: forActivity }),
      iconAt(worker.available ? "available" : "offline", round(x + width - 20), round(y + 10.5), 11),
      label(x + 42, y + 37, worker.skills, "i on", { room: width - 50 })),
    worker.reservations.map((one, n) => taskOf(one.task_sid) && heldTag(x + 8, y + 46 + 26 * n, width - 16, taskOf(one.task_sid), one.status)));
};
