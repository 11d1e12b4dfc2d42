// Runs when a panel is drawn; `panel` is its element. When the control that has the keyboard's focus
// is disabled, hidden, drawn anew or removed, a browser gives the focus to the page. Here it returns
// to the control once that can be used, and waits meanwhile at the part of the panel it was in.
const PATIENCE = 200; // milliseconds; a quick answer shall not move the focus to and fro
let last = null;
let part = panel;
let timer = 0;

const usable = (one) => one.isConnected && !one.disabled && one.checkVisibility();
const twin = () =>
  [...part.querySelectorAll(last.localName)].find(
    (one) => one.title === last.title && usable(one),
  );
const isLost = () => [document.body, last, part].includes(document.activeElement);

function give(one) {
  if (one === document.activeElement) return;
  if (one === part || one === panel) one.tabIndex = -1;
  one.focus({ preventScroll: true });
}

function mend() {
  clearTimeout(timer);
  if (!last || !isLost()) return;
  const next = usable(last) ? last : last.isConnected ? null : twin();
  if (next) give(next);
  else timer = setTimeout(() => last && isLost() && give(usable(part) ? part : panel), PATIENCE);
}

panel.addEventListener("focusin", ({ target }) => {
  if (target === part || target === panel) return;
  clearTimeout(timer);
  // JupyterLab's own shortcuts would take the arrows that walk a list.
  if (target.localName === "select") target.dataset.lmSuppressShortcuts = "true";
  // A click selects the whole of it (CSS); so does the keyboard.
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

new MutationObserver(mend).observe(panel, {
  attributeFilter: ["disabled", "style"],
  childList: true,
  subtree: true,
});
