// Runs when a panel is rendered; `panel` is its element. When the focused control is disabled, hidden,
// rendered again or removed, a browser moves the focus to the page. This script moves it back as soon
// as the control is usable, and until then to the part of the panel that contains the control.
const DELAY = 200; // milliseconds; a quick answer must not move the focus back and forth
let last = null;
let part = panel;
let timer = 0;

const usable = (element) =>
  element.isConnected && !element.disabled && element.checkVisibility();
const replacement = () =>
  [...part.querySelectorAll(last.localName)].find(
    (element) => element.title === last.title && usable(element),
  );
const isLost = () => [document.body, last, part].includes(document.activeElement);

function moveFocus(element) {
  if (element === document.activeElement) return;
  if (element === part || element === panel) element.tabIndex = -1;
  element.focus({ preventScroll: true });
}

function restore() {
  clearTimeout(timer);
  if (!last || !isLost()) return;
  const next = usable(last) ? last : last.isConnected ? null : replacement();
  if (next) moveFocus(next);
  else timer = setTimeout(() => last && isLost() && moveFocus(usable(part) ? part : panel), DELAY);
}

panel.addEventListener("focusin", ({ target }) => {
  if (target === part || target === panel) return;
  clearTimeout(timer);
  // JupyterLab's shortcuts would handle the arrow keys of a list.
  if (target.localName === "select") target.dataset.lmSuppressShortcuts = "true";
  // A click selects all of it (CSS); so does the keyboard.
  if (target.localName === "pre") getSelection().selectAllChildren(target);
  last = target;
  part = last.closest(".taskrouter-part") ?? panel;
});

panel.addEventListener("focusout", ({ target }) => {
  if (target === part || target === panel) target.removeAttribute("tabindex");
  setTimeout(() => {
    const now = document.activeElement;
    if (!panel.contains(now) && (now !== document.body || usable(target))) last = null;
  });
});

new MutationObserver(restore).observe(panel, {
  attributeFilter: ["disabled", "style"],
  childList: true,
  subtree: true,
});
