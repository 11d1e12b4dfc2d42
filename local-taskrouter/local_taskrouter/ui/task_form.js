/* A form that creates a Task, and what became of the Task that it created last. */

import { callOf } from "./calls.js";
import { el } from "./dom.js";
import { field, labelled, pointed, selectFrom, textArea, textInput } from "./forms.js";
import { button, choice, fold, panel, pill, sid } from "./pieces.js";
import { familyOf } from "./words.js";

export function taskForm({ fields, languages, channels, workflows, problems, note, task, call }) {
  const [language] = languages.find(([, code]) => code === fields.language) ?? [fields.language];
  const drawn = panel("form", "Create a Task", {
    role: "group",
    body: el("form", { class: "tr-body tr-form" },
      labelled("Language", choice("Language", "write", languages.map(([word, code]) => [word, "", { language: code }]), language)),
      field("Priority", "0 or more", textInput("priority", "write", fields.priority, { kind: "few", mode: "numeric", invalid: problems.priority }), pointed(problems.priority)),
      field("More attributes", "JSON, optional", textArea("extra", "write", fields.extra, { invalid: problems.extra, placeholder: '{"vip": true}' }),
        pointed(problems.extra), note && el("p", { class: "tr-soft", role: "status" }, note)),
      fold("more", "Channel and Workflow",
        field("Channel", "", selectFrom("channel", "write", channels, fields.channel)),
        field("Workflow", "", selectFrom("workflow_sid", "write", workflows, fields.workflow_sid))),
      el("div", { class: "tr-actions" }, button("Create Task", "create", {}, "main")),
      task && whatBecame(task)),
    foot: callOf(call),
  });
  drawn.dataset.says = task?.says ?? "";
  return drawn;
}

const whatBecame = (task) => el("div", { class: "tr-say", "data-key": "created", "data-state": familyOf(task.status) },
  el("p", { class: "tr-line" }, pill(task.status), el("span", { class: "tr-read" }, task.says), sid(task.sid)));
