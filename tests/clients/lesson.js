// The whole lesson with Twilio's Node SDK as it is, told where TaskRouter is by nothing at all.
// Prints one JSON object: what each step of the lesson found.
"use strict";

const client = require("twilio")();

async function main() {
  const workspaces = client.taskrouter.v1.workspaces;
  const made = await workspaces.create({ friendlyName: "Node" });
  const workspace = workspaces(made.sid);
  const activities = {};
  for (const activity of await workspace.activities.list()) {
    activities[activity.friendlyName] = activity.sid;
  }
  const idle = await workspace.activities.create({ friendlyName: "Idle", available: true });
  const alice = await workspace.workers.create({
    friendlyName: "Alice",
    attributes: JSON.stringify({ languages: ["en", "es"] }),
    activitySid: activities.Offline,
  });
  const queue = await workspace.taskQueues.create({
    friendlyName: "Spanish",
    targetWorkers: 'languages HAS "es"',
  });
  const targets = [{ queue: queue.sid }];
  const filters = [{ expression: 'selected_language == "es"', targets }];
  const workflow = await workspace.workflows.create({
    friendlyName: "Customer Care",
    configuration: JSON.stringify({ task_routing: { filters } }),
  });

  const created = await workspace.tasks.create({
    attributes: JSON.stringify({ selected_language: "es" }),
    workflowSid: workflow.sid,
  });
  const task = workspace.tasks(created.sid);
  const waiting = await task.reservations.list();
  const back = await workspace.workers(alice.sid).update({ activitySid: idle.sid });
  const [reservation] = await task.reservations.list();
  const reserved = await task.fetch();
  const accepted = await task
    .reservations(reservation.sid)
    .update({ reservationStatus: "accepted" });
  const assigned = await task.fetch();
  const completed = await task.update({ assignmentStatus: "completed", reason: "done" });
  const refused = await task
    .reservations(reservation.sid)
    .update({ reservationStatus: "accepted" })
    .catch((fault) => ({ status: fault.status, code: fault.code }));

  console.log(
    JSON.stringify({
      url: created.url,
      offline: alice.activityName,
      waiting: [created.assignmentStatus, waiting.length],
      back: back.activityName,
      reserved: [reserved.assignmentStatus, reservation.workerName, reservation.reservationStatus],
      accepted: [accepted.reservationStatus, assigned.assignmentStatus],
      completed: completed.assignmentStatus,
      paged: (await workspace.activities.list({ pageSize: 1 })).map((one) => one.friendlyName),
      refused,
    }),
  );
}

main().catch((fault) => {
  console.error(fault);
  process.exitCode = 1;
});
