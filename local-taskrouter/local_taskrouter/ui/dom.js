/* Builds elements, and updates what a page shows to match what was built.
   A value becomes a text node or an attribute, never HTML. */

const SVG = "http://www.w3.org/2000/svg";

/* An HTML element: el("p", { class: "tr-title" }, "text", child, [more]). An attribute that is
   null, undefined or false is left out; true stands for an empty one. */
export function el(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/* The same for SVG. */
export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) {
      element.append(child instanceof Node ? child : String(child));
    }
  }
  return element;
}

/* Make the children of `root` like `wanted`. Elements that stay keep the focus, the selection, the
   scroll place and open folds. An element with `data-key` is the same as the one that had the key. */
export function redraw(root, ...wanted) {
  const page = root.ownerDocument;
  const focused = root.contains(page.activeElement) ? page.activeElement : null;
  const around = focused ? ancestors(focused, root) : [];
  matchChildren(root, wanted.flat(Infinity).filter(Boolean));
  for (const list of root.querySelectorAll("[data-roving]")) ensureTabStop(list);
  if (!focused || page.activeElement === focused) return;
  if (focused.isConnected) focused.focus({ preventScroll: true });
  else focusNear(around.find((one) => one.isConnected) ?? root, focused);
}

/* A list has one tab stop, also after the item that had it is gone; a switch inside a card has none. */
function ensureTabStop(list) {
  const items = [...list.children], first = items.find((one) => one.getAttribute("aria-checked") === "true") ?? items[0];
  if (list.closest("li")) items.forEach((one) => { one.tabIndex = -1; });
  else if (first && !items.some((one) => one.tabIndex === 0)) first.tabIndex = 0;
}

/* Where the focus goes when its control is gone: the same action for another thing, else the main one,
   else the card or its list, else a button nearby, else the title. It never goes to another card's button. */
function focusNear(part, gone) {
  const panel = part.closest(".tr-panel") ?? part, isFree = (one) => !one.closest("li"), { action } = gone.dataset;
  const buttons = [...panel.querySelectorAll(".tr-btn")].filter(isFree), within = part === panel ? null : part;
  const next = (isFree(gone) && action && buttons.find((one) => one.dataset.action === action)) || panel.querySelector(".tr-btn.main")
    || part.closest(".tr-panel [tabindex]") || buttons.find((one) => within?.contains(one))
    || within?.querySelector("[tabindex='0']") || panel.querySelector(".tr-title, button, summary");
  if (next && next.tabIndex < 0 && !next.hasAttribute("tabindex")) next.tabIndex = -1;
  next?.focus({ preventScroll: true });
}

function ancestors(element, root) {
  const found = [];
  for (let one = element.parentElement; one && one !== root; one = one.parentElement) found.push(one);
  return found;
}

function matchChildren(now, wanted) {
  const keyed = new Map();
  for (const child of now.children) if (child.dataset?.key) keyed.set(child.dataset.key, child);
  let at = now.firstChild;
  for (const next of wanted) {
    const key = next.dataset?.key;
    const same = key ? keyed.get(key) : at && !at.dataset?.key && isLike(at, next) ? at : null;
    if (!same || !isLike(same, next)) {
      now.insertBefore(next, at);
      continue;
    }
    if (same === at) at = at.nextSibling;
    else now.insertBefore(same, at);
    match(same, next);
  }
  while (at) {
    const following = at.nextSibling;
    at.remove();
    at = following;
  }
}

const isLike = (one, other) => one.nodeType === other.nodeType && one.nodeName === other.nodeName;

function match(now, next) {
  if (now.nodeType === Node.TEXT_NODE) {
    if (now.data !== next.data) now.data = next.data;
    return;
  }
  const isNew = drawnValue(next) !== drawnValue(now) && next.value !== now.value;
  if (isNew && isTypedIn(now)) next.dataset.held = "true";
  const isHeld = isNew && next.dataset.held;
  for (const { name } of [...now.attributes]) {
    if (!next.hasAttribute(name) && !isOurs(now, name)) now.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) {
    if (!isOurs(now, name) && !(isHeld && name === "value") && now.getAttribute(name) !== value) now.setAttribute(name, value);
  }
  if (isHeld) return;
  matchChildren(now, [...next.childNodes]);
  if (isNew) now.value = next.value;
}

/* The value that a field was drawn with; what a user has typed since stays until it is drawn anew. It
   is not while it is `held`: the user is typing, or the host has yet to hear what was typed. */
const drawnValue = (field) => (field.nodeName === "SELECT" ? field.querySelector("option[selected]")?.value : field.defaultValue);

const isTypedIn = (field) => field === field.ownerDocument.activeElement && field.matches("input, textarea");

/* What the user of the page changes: open folds, and the place of the tab stop in a list. */
function isOurs(element, name) {
  return (name === "open" && element.nodeName === "DETAILS")
    || (name === "tabindex" && element.parentElement?.hasAttribute("data-roving"));
}
