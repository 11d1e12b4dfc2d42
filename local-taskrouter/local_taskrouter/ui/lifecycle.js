/* The Task lifecycle as a strip, with the step of one Task lit. */

import { el } from "./dom.js";
import { chooser, INSIDE, panel } from "./pieces.js";

/* The panel of a notebook. `pictures`: { url, width, height } of each drawing, the widest first; the
   first that fits is shown, at its own size. `words` describes them. */
export function lifecyclePanel({ says, words, pictures, options, chosen }, { width }) {
  const { url, ...size } = pictures.find((one) => one.width <= width - INSIDE) ?? pictures.at(-1);
  return panel("lifecycle", says, {
    role: "group", label: "Task lifecycle", end: options.length > 2 && chooser("Task", "choose", options, chosen),
    body: el("div", { class: "tr-body" }, el("img", { class: "tr-picture", src: url, alt: words, ...size })),
  });
}
