/* All that each panel of a notebook brings along: it draws with the front end, whose `module` and
   `style` its kernel sends once for all panels, as the model `front`. */

export default {
  async render({ model, el }) {
    const front = await model.widget_manager.get_model(model.get("front").replace("IPY_MODEL_", ""));
    front.loaded ??= load(front.get("module"), front.get("style"));
    const { render } = await front.loaded;
    return render({ model, el });
  },
};

async function load(code, css) {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const style = document.querySelector("style[data-taskrouter]") ?? document.head.appendChild(document.createElement("style"));
  style.dataset.taskrouter = "";
  style.textContent = css;
  try {
    return await import(url);
  } finally {
    URL.revokeObjectURL(url);
  }
}
