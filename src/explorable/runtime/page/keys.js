// Keys in a notebook: one that moves a slider is no command of JupyterLab's as well.

/**
 * Keys pressed in `element` stay in it, but for those with Ctrl, Meta or Alt.
 * @param {HTMLElement} element @param {AbortSignal} signal
 */
export function keepKeys(element, signal) {
  // JupyterLab listens on the document and asks the focused element itself for this attribute.
  addEventListener(
    "keydown",
    ({ target, ctrlKey, metaKey, altKey }) => {
      if (target instanceof Element && element.contains(target))
        target.toggleAttribute("data-lm-suppress-shortcuts", !(ctrlKey || metaKey || altKey));
    },
    { capture: true, signal },
  );
}
