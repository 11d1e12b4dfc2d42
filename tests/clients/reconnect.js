// Two agents' pages whose TaskRouter is killed and started again. The arguments are the package name
// and a JSON object; it prints JSON arrays: what each page knows, and "kill" when both are open.
const { Worker } = require(process.argv[2]);

const { bridge, tokens } = JSON.parse(process.argv[3]);
const options = { ebServer: bridge, wsServer: bridge.replace(/^http/, "ws"), logLevel: "silent" };
const tell = (...found) => console.log(JSON.stringify(found));
const next = (emitter, event) => new Promise((resolve) => { emitter.once(event, resolve); });
const all = (workers, event) => Promise.all(workers.map((worker) => next(worker, event)));

function tellState({ name, activity, reservations }) {
  tell(name, activity.name, [...reservations.values()].map(({ status, task }) => [status, task.status]));
}

async function walk() {
  const workers = tokens.map((token) => new Worker(token, options));
  workers.forEach((worker) => worker.on("error", () => {})); // an attempt to connect that has failed
  await all(workers, "ready");
  workers.forEach(tellState);
  const gone = all(workers, "disconnected");
  tell("kill");
  await gone;
  tell("disconnected");
  await all(workers, "ready");
  workers.forEach(tellState);
  const [accepted] = workers[1].reservations.values();
  const completed = next(accepted, "completed");
  await accepted.complete();
  await completed;
  tell("completed", accepted.status);
  process.exit(0);
}

setTimeout(() => { tell("failed", "nothing more happened"); process.exit(1); }, 120_000);
walk().catch((error) => { tell("failed", error.message); process.exit(1); });
