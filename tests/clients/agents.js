// How two agents' pages transfer Tasks with taskrouter.js. The arguments are the package name and a JSON
// object; it prints JSON arrays: what has happened, and when it needs a Task.
const { Worker } = require(process.argv[2]);

const { bridge, tokens, queue } = JSON.parse(process.argv[3]);
const options = { ebServer: bridge, wsServer: bridge.replace(/^http/, "ws"), logLevel: "silent" };
const tell = (...found) => console.log(JSON.stringify(found));
const next = (emitter, event) => new Promise((resolve) => { emitter.once(event, resolve); });

async function connect(token) {
  const worker = new Worker(token, options);
  await next(worker, "ready");
  return worker;
}

/* Start a transfer; return it and the Reservation that it made for the other one. */
async function transfer(task, to, other, more) {
  const initiated = next(task, "transferInitiated"), created = next(other, "reservationCreated");
  const same = await task.transfer(to, more);
  const reservation = await created, outgoing = await initiated;
  const { transfer: incoming } = reservation;
  tell("initiated", same === task, outgoing.sid === incoming.sid, outgoing.status, incoming.status, incoming.mode,
    incoming.type, incoming.workerSid === task._worker.sid, reservation.task.status, reservation.task.transfers.incoming.status);
  return [outgoing, reservation];
}

async function accept(reservation) {
  const accepted = next(reservation, "accepted");
  await reservation.accept();
  await accepted;
}

async function walk() {
  const [alice, bob] = await Promise.all([connect(tokens.Alice), connect(tokens.Bob)]);
  const created = next(alice, "reservationCreated");
  tell("create a Task");
  const held = await created, { task } = held;
  await accept(held);

  const [rejected, refused] = await transfer(task, bob.sid, bob);
  const failed = next(rejected, "failed"), returned = next(task, "updated"), told = next(refused, "rejected");
  await refused.reject();
  await Promise.all([failed, returned, told]);
  tell("rejected", rejected.status, rejected.transferFailedReason, refused.transfer.status, task.status);

  const [attempt, tried] = await transfer(task, queue, bob, { mode: "WARM", priority: 3, attributes: { note: "VIP" } });
  const attemptFailed = next(attempt, "attemptFailed");
  const again = next(bob, "reservationCreated");
  await tried.reject();
  await attemptFailed;
  tell("attempt failed", attempt.status, task.priority, task.attributes);
  const second = await again, gone = next(second, "canceled"), canceled = next(attempt, "canceled");
  tell("answer", (await task.transfers.outgoing.cancel()).status);
  await Promise.all([gone, canceled]);
  tell("canceled", attempt.status, second.status, second.transfer.status, second.task.status);
  tell("refused", (await attempt.cancel().catch((error) => error.message)).split(".")[0]);

  const [cold, theirs] = await transfer(task, bob.sid, bob, { mode: "COLD" });
  const later = await connect(tokens.Alice), [mine] = later.reservations.values();
  tell("connected later", mine.status, mine.task.status, mine.task.transfers.outgoing.sid === cold.sid);
  const completed = next(cold, "completed");
  await accept(theirs);
  await completed;
  tell("accepted", cold.status, theirs.transfer.status, theirs.task.status);
  const over = next(held, "completed");
  await held.complete();
  await over;
  tell("completed", held.status, held.task.status);
  const end = next(theirs.task, "completed");
  await theirs.complete();
  await end;
  tell("over", theirs.task.status, theirs.task.reason);
  process.exit(0);
}

setTimeout(() => { tell("failed", "nothing more happened"); process.exit(1); }, 120_000);
walk().catch((error) => { tell("failed", error.message); process.exit(1); });
