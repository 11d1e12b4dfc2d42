/* Presses: one listener for every control that names its action in `data-action`. */

const FIELDS = "input, select, textarea";

/* Call `press(control, action, values)` for each click on a control in `root`, and for each change of
   a field; a search field, and one with `data-live`, changes with each key, and once more when it is
   left if it was held (see dom.js): what the user typed counts. `values` are the
   control's `data-values`. A field adds its own value by its name, or as `value`; a button in a <form>
   adds those of all fields. A double click is one press, and what is chosen, busy or disabled does
   nothing. */
export function listenForPresses(root, press) {
  const send = (control) => press(control, control.dataset.action, valuesOf(control));
  root.addEventListener("click", (event) => {
    const control = event.target.closest("[data-action]");
    if (!control || event.detail > 1 || control.matches(FIELDS) || !isReady(control)) return;
    if (control.matches("li") && event.target.closest("summary, a, .tr-sid, .tr-fold")) return;
    send(control);
  });
  root.addEventListener("input", ({ target }) => { if (isField(target) && isLive(target)) send(target); });
  root.addEventListener("change", ({ target }) => { if (isField(target) && (!isLive(target) || target.dataset.held)) send(target); });
  root.addEventListener("submit", (event) => event.preventDefault());
}

/* What tells a press from another: a button for another Reservation is another button. */
export const pressOf = ({ dataset, name = "" }) => `${dataset.action} ${name} ${dataset.values ?? ""}`;

export const isField = (control) => control.matches(FIELDS) && Boolean(control.dataset.action);
const isLive = (field) => field.matches("[type=search], [data-live]");
const isReady = (control) =>
  !control.matches("[aria-busy='true'], [aria-disabled='true'], [aria-checked='true'], :disabled");

function valuesOf(control) {
  const own = JSON.parse(control.dataset.values ?? "{}");
  if (isField(control)) return { ...own, [control.name || "value"]: control.value };
  return control.form ? { ...own, ...Object.fromEntries(new FormData(control.form)) } : own;
}
