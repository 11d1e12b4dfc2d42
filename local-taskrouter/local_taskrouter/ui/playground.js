/* An expression to try, and for each Worker the clauses that hold and those that do not. */

import { callOf } from "./calls.js";
import { el } from "./dom.js";
import { pointed, textInput } from "./forms.js";
import { fold, mark, panel, pill } from "./pieces.js";
import { counted } from "./words.js";

/* `rows` are the Workers who match, then those who come close; `others` the names of the rest. */
export function playground({ expression, problem, title, rows, others, more, call }) {
  const kept = problem && rows.length + others.length > 0;
  return panel("playground", title, {
    role: "group", label: "Playground",
    body: el("form", { class: "tr-body" },
      textInput("expression", "write", expression, { label: "Expression", kind: "mono", invalid: problem, placeholder: 'languages HAS "es"' }),
      pointed(problem), kept && el("p", { class: "tr-soft" }, "The last result stays until the expression can be read."),
      rows.length > 0 && el("div", { class: "tr-scroll", tabindex: 0, role: "group", "aria-label": "Workers" }, el("table", { class: "tr-cards" },
        el("thead", {}, el("tr", {}, ["Worker", "Clauses", "Activity"].map((word) => el("th", { scope: "col" }, word)))),
        el("tbody", {}, rows.map(workerRow)))),
      more > 0 && el("p", { class: "tr-soft" }, `${counted(more, "more Worker is", "more Workers are")} not shown.`),
      others.length > 0 && fold("others", `${counted(others.length, "more Worker has", "more Workers have")} nothing to compare`, others.join(", "))),
    foot: callOf(call),
  });
}

const workerRow = ({ name, holds, clauses, mistakes, activity, available }) => el("tr", { "data-key": `worker ${name}` },
  el("th", { scope: "row" }, mark(holds ? "yes" : "no", name)),
  el("td", { class: "wide" }, clauses.map((each) => el("div", {}, mark(each.holds ? "yes" : "no", el("code", {}, each.text)), " ", el("span", { class: "tr-soft" }, each.found))),
    mistakes.map((each) => el("div", {}, el("span", { class: "tr-soft" }, "→ "), each))),
  el("td", {}, pill(available ? "available" : "offline", activity)));
