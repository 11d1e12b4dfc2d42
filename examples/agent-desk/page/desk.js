/* An agent's desk on Twilio's taskrouter.js: Activity, the Reservations, and what can be done with each. */

import { Worker } from "twilio-taskrouter";

const $ = (id) => document.getElementById(id);
const name = new URLSearchParams(location.search).get("worker") ?? "";
const open = new Map(); // the Reservations on the desk, by SID
let targets = []; // to whom, and into which TaskQueue, Tasks can be transferred

const ACTIONS = {
  pending: [["Accept", (one) => one.accept(), "main"], ["Reject", (one) => one.reject()]],
  accepted: [["Wrap up", (one) => one.wrap(), "main"], ["Complete", (one) => one.complete()]],
  wrapping: [["Complete", (one) => one.complete(), "main"]],
};
const WORDS = { pending: "is waiting for you", accepted: "is with you", wrapping: "is being wrapped up" };

/* Behind jupyter-server-proxy this page is at …/proxy/PORT/, and so is every port of that computer. */
function reachable(bridge) {
  const [proxied] = location.pathname.match(/^.*\/proxy\/(?=\d+\/$)/) ?? [];
  const { port, pathname } = new URL(bridge);
  return proxied && port ? location.origin + proxied + port + pathname : bridge;
}

async function fetchToken() {
  const answer = await fetch(`token?${new URLSearchParams({ worker: name })}`);
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.message);
  targets = body.targets ?? [];
  return body;
}

async function connect() {
  const { token, bridge } = await fetchToken();
  const server = bridge && reachable(bridge);
  const local = server ? { ebServer: server, wsServer: server.replace(/^http/, "ws") } : {};
  const worker = new Worker(token, { ...local, logLevel: "silent" });
  worker.on("ready", () => { note("ready"); showActivities(worker); takeOnly(worker.reservations); });
  worker.on("activityUpdated", () => { note(`activityUpdated: ${worker.activity.name}`); showActivities(worker); });
  worker.on("reservationCreated", (reservation) => { note("reservationCreated", reservation); take(reservation); });
  worker.on("tokenExpired", async () => { note("tokenExpired"); worker.updateToken((await fetchToken()).token); });
  worker.on("disconnected", ({ message }) => { note(`disconnected: ${message}`); say("Not connected. Trying again …"); });
  worker.on("error", (error) => { note(`error: ${error.message}`); say(error.message); });
}

function showActivities(worker) {
  $("name").textContent = document.title = `${worker.name}’s desk`;
  const choice = $("activity");
  choice.replaceChildren(...[...worker.activities.values()].map((one) => new Option(one.name, one.sid, false, one.isCurrent)));
  choice.disabled = false;
  choice.onchange = () => attempt(() => worker.activities.get(choice.value).setAsCurrent());
}

/* After each connection: what ended meanwhile leaves the desk, what is new comes on it. */
function takeOnly(reservations) {
  const before = new Map(open);
  open.clear();
  reservations.forEach((reservation, sid) => take(reservation, before.get(sid)?.since));
  show();
}

/* Put a Reservation on the desk, and follow it to its end. */
function take(reservation, since = Date.now()) {
  if (open.has(reservation.sid)) return;
  open.set(reservation.sid, { reservation, since });
  for (const event of ["accepted", "rejected", "timeout", "canceled", "rescinded", "wrapup", "completed"]) {
    reservation.on(event, () => { note(event, reservation); show(); });
  }
  const { task } = reservation;
  task.on("updated", show);
  task.on("transferInitiated", (transfer) => { note(`transferInitiated: ${transfer.sid}`); follow(transfer); });
  if (goingOut(task)) follow(goingOut(task));
  show();
}

function follow(transfer) {
  for (const event of ["completed", "failed", "attemptFailed", "canceled"]) {
    transfer.on(event, () => { note(`transfer ${event}: ${transfer.sid}`); show(); });
  }
  show();
}

function goingOut({ transfers: { outgoing } }) {
  return outgoing?.status === "initiated" ? outgoing : null;
}

function show() {
  for (const [sid, { reservation }] of open) if (!ACTIONS[reservation.status]) open.delete(sid);
  $("reservations").replaceChildren(...[...open.values()].map(card));
  say("");
}

function card({ reservation, since }) {
  const { task, status } = reservation, box = document.createElement("article");
  const title = document.createElement("h2"), about = document.createElement("pre"), actions = document.createElement("div");
  const outgoing = goingOut(task), to = targets.find((one) => one.sid === outgoing?.to)?.name;
  title.textContent = `A Task from ${task.queueName} ${outgoing ? `is on its way to ${to}` : WORDS[status]}`;
  about.textContent = JSON.stringify(task.attributes, null, 2);
  actions.className = "actions";
  actions.append(...ACTIONS[status].map(([word, act, kind]) => button(word, () => act(reservation), actions, kind)));
  if (outgoing) actions.append(button("Cancel transfer", () => outgoing.cancel(), actions));
  else if (status === "accepted" && targets.length) actions.append(...transferring(task, actions));
  box.append(title, about, actions);
  if (status === "pending") title.after(countdown(reservation, since));
  return box;
}

function button(word, act, actions, kind = "") {
  const onclick = () => attempt(act, actions);
  return Object.assign(document.createElement("button"), { textContent: word, className: kind, onclick });
}

/* To a Worker or a TaskQueue: warm, and the Task stays here until it is accepted, or cold. */
function transferring(task, actions) {
  const [to, mode] = [["Transfer to", targets.map((one) => [one.name, one.sid])], ["How", [["warm", "WARM"], ["cold", "COLD"]]]]
    .map(([label, options]) => {
      const choice = document.createElement("select");
      choice.setAttribute("aria-label", label);
      choice.append(...options.map((option) => new Option(...option)));
      return choice;
    });
  return [to, mode, button("Transfer", () => task.transfer(to.value, { mode: mode.value }), actions)];
}

function countdown(reservation, since) {
  const bar = Object.assign(document.createElement("progress"), { max: reservation.timeout });
  const tick = () => {
    const left = Math.max(0, reservation.timeout - (Date.now() - since) / 1000);
    bar.value = left;
    bar.setAttribute("aria-label", `${Math.ceil(left)} seconds left to answer`);
    if (bar.isConnected && left) setTimeout(tick, 1000);
  };
  setTimeout(tick);
  return bar;
}

/* Do what was pressed; say what TaskRouter refuses. */
async function attempt(act, actions) {
  actions?.querySelectorAll("button").forEach((button) => { button.disabled = true; });
  try {
    await act();
    say("");
  } catch (error) {
    show();
    say(error.message);
  }
}

function say(text) {
  $("state").textContent = text || (open.size ? `Tasks on your desk: ${open.size}.` : "No customer is waiting for you.");
}

function note(event, reservation) {
  const line = document.createElement("li");
  line.textContent = reservation ? `${event}: ${reservation.sid}, ${reservation.status}` : event;
  $("log").append(line);
}

connect().catch((error) => say(error.message));
