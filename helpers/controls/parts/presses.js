// Runs when a panel is drawn; `panel` is its element. A double click, or a key that is held down, is
// one press: the kernel would be sent all of them before it can say that it is busy.
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
