/* The call that a press sent, in Python or as curl: a learner and a developer can send it too. */

import { el } from "./dom.js";
import { button, choice, fold } from "./pieces.js";

const LANGUAGES = ["Python", "curl"];
const STORED_AS = "taskrouter-language-of-calls";
const shownCall = { language: LANGUAGES[0], copied: "" };

/* `call`: { python, curl }, as text. null without one. */
export function callOf(call) {
  if (!call) return null;
  const language = languageOfCalls(), text = call[language.toLowerCase()];
  return fold("call", "Show the call", el("div", { class: "tr-call" },
    el("div", { class: "bar" },
      choice("Language", "language", LANGUAGES.map((one) => [one, "", { language: one }]), language),
      el("span", { class: "end" }, button(text === shownCall.copied ? "Copied" : "Copy", "copy", {}, "small"))),
    el("pre", { tabindex: 0, role: "group", "aria-label": `The call in ${language}` }, el("code", {}, text))));
}

/* The presses in a shown call: both change the page alone. */
export const CALL_PRESSES = {
  language({ language }) {
    shownCall.language = language;
    try { localStorage.setItem(STORED_AS, language); } catch { /* a page without storage forgets it */ }
  },
  async copy(_, control) {
    const code = control.closest(".tr-call").querySelector("pre");
    getSelection().selectAllChildren(code); // for a page that may not write to the clipboard
    await navigator.clipboard?.writeText(code.textContent);
    if (navigator.clipboard) shownCall.copied = code.textContent;
  },
};

/* The one chosen last, in any panel of this browser. */
function languageOfCalls() {
  try { return localStorage.getItem(STORED_AS) ?? shownCall.language; } catch { return shownCall.language; }
}

const snake = (name) => name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();

/* The call of a path "Workspaces/WS…/Tasks/WT…", a form { ReservationStatus: "accepted" } and a server. */
export const callTexts = (path, form, url) => ({ python: pythonOf(path, form), curl: curlOf(path, form, url) });

/* The path's pairs of a collection and a SID become the SDK's chain of calls. */
function pythonOf(path, form) {
  const parts = path.split("/"), chain = [];
  for (let n = 0; n < parts.length; n += 2) {
    chain.push(parts[n + 1] ? `.${snake(parts[n])}("${parts[n + 1]}")` : `.${snake(parts[n])}`);
  }
  const given = Object.entries(form).map(([name, value]) => `${snake(name)}=${JSON.stringify(value)}`);
  return `client.taskrouter.v1${chain.join("")}.update(${given.join(", ")})`;
}

function curlOf(path, form, url) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const given = Object.entries(form).map(([name, value]) => ` \\\n  --data-urlencode ${quoted(`${name}=${value}`)}`);
  return `curl -u "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN" ${quoted(`${url}/v1/${path}`)}${given.join("")}`;
}
