/* The call that a press sent, in Python and as curl: a learner and a developer can send it too. */

import { el } from "./dom.js";
import { button, fold } from "./pieces.js";

/* `call`: { path: "Workspaces/WS…/Tasks/WT…", form: { ReservationStatus: "accepted" }, url }. null without one. */
export const callOf = (call) => call && fold("call", "Show the last call", el("div", { class: "tr-call" },
  ["Python", "curl"].map((language) => {
    const text = language === "curl" ? curlOf(call) : pythonOf(call);
    return [
      el("div", { class: "bar" }, el("span", { class: "tr-strong" }, language), el("span", { class: "end" }, button(`Copy ${language}`, "copy", { text }, "small"))),
      el("pre", { tabindex: 0, role: "group", "aria-label": `The call in ${language}` }, el("code", {}, text)),
    ];
  })));

const snake = (name) => name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();

/* The path's pairs of a collection and a SID become the SDK's chain of calls. */
export function pythonOf({ path, form }) {
  const parts = path.split("/"), chain = [];
  for (let n = 0; n < parts.length; n += 2) {
    chain.push(parts[n + 1] ? `.${snake(parts[n])}("${parts[n + 1]}")` : `.${snake(parts[n])}`);
  }
  const given = Object.entries(form).map(([name, value]) => `${snake(name)}=${JSON.stringify(value)}`);
  return `client.taskrouter.v1${chain.join("")}.update(${given.join(", ")})`;
}

export function curlOf({ path, form, url }) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const given = Object.entries(form).map(([name, value]) => ` \\\n  --data-urlencode ${quoted(`${name}=${value}`)}`);
  return `curl -u "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN" ${quoted(`${url}/v1/${path}`)}${given.join("")}`;
}
