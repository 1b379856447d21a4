// What an element looks like where it stands.

/**
 * The colour of a role inside a figure. Read from an element that is new, so no transition of the
 * page's is under way, and that has it as `color`, which browsers give as plain numbers.
 * @param {Element} inside @param {string} role
 */
export function colourOf(inside, role) {
  const probe = document.createElement("i");
  probe.className = `ex-${role}`;
  inside.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/**
 * The element around another: of a shadow tree's outermost, its host.
 * @param {Element} element
 */
export const around = (element) =>
  element.parentElement ??
  /** @type {{ host?: Element }} */ (/** @type {unknown} */ (element.getRootNode())).host;
