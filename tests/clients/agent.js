// What an agent's page does with taskrouter.js, from ready to a new token. The arguments are the
// package name and a JSON object; it prints JSON arrays: what has happened, and when it needs a Task.
const { Worker } = require(process.argv[2]);

const { bridge, token, shortToken } = JSON.parse(process.argv[3]);
const options = { ebServer: bridge, wsServer: bridge.replace(/^http/, "ws"), logLevel: "silent" };
const tell = (...found) => console.log(JSON.stringify(found));
const next = (emitter, event) => new Promise((resolve) => { emitter.once(event, resolve); });

async function changes(emitter, event, act) {
  const changed = next(emitter, event);
  await act();
  return changed;
}

async function walk() {
  const worker = new Worker(token, options);
  await next(worker, "ready");
  tell("ready", worker.name, worker.activity.name, worker.reservations.size);
  const idle = [...worker.activities.values()].find((one) => one.name === "Available");
  await changes(worker, "activityUpdated", () => idle.setAsCurrent());
  tell("activity", worker.activity.name, worker.available);

  const first = await changes(worker, "reservationCreated", () => tell("create a Task"));
  tell("created", first.status, first.timeout, first.task.status, first.task.queueName, first.task.attributes);
  await changes(first, "accepted", () => first.accept());
  tell("accepted", first.status, first.task.status);
  await changes(first.task, "wrapup", () => first.wrap());
  tell("wrapping", first.status, first.task.status);
  await changes(first.task, "completed", () => first.task.complete("solved"));
  tell("completed", first.task.status, first.task.reason);

  const second = await changes(worker, "reservationCreated", () => tell("create a Task"));
  await changes(second, "rejected", () => second.reject());
  tell("rejected", second.status);
  const refused = await (async () => worker.setAttributes("text"))().catch((error) => error.message);
  await changes(worker, "attributesUpdated", () => worker.setAttributes({ languages: ["es"], seat: 7 }));
  tell("attributes", worker.attributes, refused.startsWith("Unable to set attributes"));
  await changes(worker, "disconnected", () => worker.disconnect());

  const again = new Worker(shortToken, options);
  again.on("tokenExpired", () => again.updateToken(token));
  const expired = next(again, "tokenExpired");
  await next(again, "ready");
  await expired;
  tell("token expired");
  tell("disconnected", (await next(again, "disconnected")).message);
  await next(again, "ready");
  tell("ready again", again.name);
  process.exit(0);
}

setTimeout(() => { tell("failed", "nothing more happened"); process.exit(1); }, 120_000);
walk().catch((error) => { tell("failed", error.message); process.exit(1); });
