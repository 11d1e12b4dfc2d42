/* A question of a lesson: choices, then the feedback for the one that was chosen. */

import { el, redraw } from "./dom.js";
import { listenForKeys } from "./keys.js";
import { icon, prose } from "./pieces.js";

export function renderQuestion({ model, el: host }) {
  const { text, choices } = model.get("content");
  const root = el("div", { class: "tr" }), view = { chosen: null, answered: false };
  host.classList.add("tr-host");
  host.append(root);

  const draw = () => redraw(root, questionPanel(text, choices, view));
  function onClick({ target }) {
    const pressed = target.closest("button");
    if (!pressed) return;
    if (pressed.dataset.choice) view.chosen = Number(pressed.dataset.choice);
    else if (view.answered) Object.assign(view, { chosen: null, answered: false });
    else if (view.chosen !== null) view.answered = true;
    draw();
  }
  root.addEventListener("click", onClick);
  listenForKeys(root);
  draw();
  return () => root.removeEventListener("click", onClick);
}

function questionPanel(text, choices, { chosen, answered }) {
  const answers = answered ? choices.map((choice, n) => answerOf(choice, n === chosen)) : choices.map((choice, n) => choiceOf(choice, n, chosen));
  const group = answered
    ? el("div", { class: "tr-answers", "data-key": "answered" }, answers)
    : el("div", { class: "tr-answers", "data-key": "choices", role: "radiogroup", "aria-label": text, "data-roving": true }, answers);
  const word = answered ? "Try again" : "Answer";
  const actions = el("div", { class: "tr-actions", "data-key": "actions" },
    el("button", { type: "button", class: `tr-btn ${answered ? "" : "main"}`, "data-key": "press", "aria-disabled": chosen === null ? "true" : null }, word),
    chosen === null && el("span", { class: "tr-soft" }, "Choose first: arrow keys and space, or a click."));
  return el("div", { class: "tr-panel", role: "group", "aria-label": `Prediction: ${text}` },
    el("div", { class: "tr-body" },
      el("p", { class: "tr-soft" }, "Predict"), el("p", { class: "tr-title" }, prose(text)), group,
      el("p", { class: "tr-read", role: "status", "data-key": "said" }, answered ? prose(choices[chosen].feedback) : ""),
      actions));
}

const choiceOf = ({ answer }, n, chosen) =>
  el("button", {
    type: "button", role: "radio", "aria-checked": String(n === chosen), "data-choice": n, "data-key": `choice ${n}`,
    tabindex: n === (chosen ?? 0) ? 0 : -1,
  }, el("span", {}, prose(answer)));

function answerOf({ answer, right }, wasChosen) {
  if (!right && !wasChosen) return el("div", { class: "other" }, el("span", {}, prose(answer)));
  const word = right && wasChosen ? "your answer, right" : right ? "what happens" : "your answer";
  return el("div", { "data-state": right ? "available" : "refused" }, icon(right ? "yes" : "no"), el("span", {}, prose(answer)), el("b", {}, word));
}
