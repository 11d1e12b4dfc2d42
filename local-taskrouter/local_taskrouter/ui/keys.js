/* Arrow keys within a list, a switch or a set of choices: each is one tab stop. */

const STEPS = { ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1 };

/* Handle the keys of every `data-roving` list in `root`, now and after each redraw. */
export function listenForKeys(root) {
  root.addEventListener("keydown", (event) => {
    const { target, key } = event;
    // A key that is held down is one press.
    if (event.repeat && target.matches("button") && (key === "Enter" || key === " ")) event.preventDefault();
    if (target.matches("input, textarea, select")) return;
    const card = target.closest("li[tabindex]"), list = target.closest("[data-roving]");
    if (key === "Escape" && card && card !== target) moveTo(card.parentElement, card);
    else if (list && target.parentElement === list && onItemKey(list, target, key)) event.preventDefault();
  });
}

/* Whether the key did something for an item of a list. */
function onItemKey(list, item, key) {
  const isSwitch = list.getAttribute("role") === "radiogroup", all = [...list.children], step = STEPS[key];
  if (key === "Home") return moveTo(list, all[0]);
  if (key === "End") return moveTo(list, all.at(-1));
  if (!isSwitch && key === " ") return pressItem(item);
  if (!isSwitch && (key === "Enter" || key === "ArrowRight")) return enter(item) || (key === "Enter" && pressItem(item));
  if (!step || (!isSwitch && key === "ArrowLeft")) return false;
  return moveTo(list, all[(all.indexOf(item) + step + all.length) % all.length]);
}

/* Focus an item, and make it the list's tab stop; a switch inside a card is none. */
function moveTo(list, item) {
  for (const one of list.children) one.tabIndex = one === item && !list.closest("li") ? 0 : -1;
  item.focus();
  if (list.getAttribute("role") === "listbox") item.click();
  return true;
}

/* Into the card's controls, if it has any. */
function enter(item) {
  const control = item.querySelector("[aria-checked='true'], button, a[href], summary");
  control?.focus();
  return Boolean(control);
}

function pressItem(item) {
  item.click();
  return true;
}
