// Runs when a panel is rendered; `panel` is its element. A double click, or a key that is held down,
// counts as one click: the page would send all of them before the kernel can disable the button.
const isButton = ({ target }) => target.closest("button") !== null;

panel.addEventListener(
  "click",
  (event) => {
    if (event.detail > 1 && isButton(event)) event.stopImmediatePropagation();
  },
  true,
);

panel.addEventListener(
  "keydown",
  (event) => {
    if (event.repeat && event.key === "Enter" && isButton(event)) event.preventDefault();
  },
  true,
);
