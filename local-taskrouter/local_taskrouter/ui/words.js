/* States, durations and names in the words that people use. */

/* A status or a state of TaskRouter: its color family, and its shape (see pieces.js). */
const STATES = {
  available: ["available", "available"],
  pending: ["asked", "pending"],
  reserved: ["asked", "asked"],
  asked: ["asked", "asked"],
  assigned: ["assigned", "assigned"],
  accepted: ["assigned", "assigned"],
  wrapping: ["assigned", "wrapping"],
  offline: ["offline", "offline"],
  completed: ["offline", "done"],
  canceled: ["offline", "canceled"],
  rescinded: ["offline", "canceled"],
  rejected: ["refused", "no"],
  timeout: ["refused", "timeout"],
  refused: ["refused", "no"],
};
export const ENDED = ["completed", "canceled"];

export const familyOf = (status) => (STATES[status] ?? STATES.offline)[0];
export const shapeOf = (status) => (STATES[status] ?? STATES.offline)[1];

export const isOpen = (task) => !ENDED.includes(task.status);

/* The Reservations that ask a Worker, and those that gave the Task to one. */
export const askedOf = (task) => task.reservations.filter((one) => one.status === "pending");
export const holdersOf = (task) =>
  task.reservations.filter((one) => one.status === "accepted" || one.status === "wrapping");

/* Seconds in words: "45 s", "2 min 5 s", "1 h 3 min". */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60, rest = whole % 60;
  const units = [[hours, "h"], [minutes, "min"], [hours ? 0 : rest, "s"]];
  return units.filter(([n]) => n).map(([n, unit]) => `${n} ${unit}`).join(" ") || "0 s";
}

/* The time that a Worker has to answer, to the second that a countdown shows. */
export const remaining = (reservation, now) => duration(Math.ceil(reservation.deadline - now));

/* Seconds in their largest unit: "45 s", "2 min". */
export const age = (seconds) => duration(seconds).split(" ").slice(0, 2).join(" ");

/* Seconds as a countdown: "1:24", "1:02:03". */
export function countdown(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((n) => String(n).padStart(2, "0"));
  return whole >= 3600 ? `${Math.floor(whole / 3600)}:${parts.join(":")}` : parts.join(":").replace(/^0/, "");
}

/* A moment (seconds since 1970) as the time of day. */
export const timeOfDay = (moment) => new Date(moment * 1000).toLocaleTimeString("en-GB");

export const counted = (n, one, several = `${one}s`) => `${n} ${n === 1 ? one : several}`;

/* Names as part of a sentence: "Ana, Ben and Carla". */
export const joinNames = (names) =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

/* The floor's sentence: of the lit Task, and of how many wait beside it. */
export function sentence(shown, lit, now) {
  if (!lit) return shown.workers.length ? "No Task has come in yet." : "There is nothing here yet.";
  const asked = askedOf(lit).filter((one) => one.deadline !== null);
  const left = asked.length ? ` ${remaining(asked[0], now)} left to answer.` : "";
  const others = shown.tasks.filter((task) => task !== lit && task.status === "pending").length;
  const behind = others ? ` ${counted(others, "more waits", "more wait")}.` : "";
  return `${lit.says}${left}${behind}`;
}
