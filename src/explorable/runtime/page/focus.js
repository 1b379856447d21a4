// Which element the reader is at.

/** Also in a shadow tree, of which the document sees the host alone. @param {Element} element */
export const hasFocus = (element) =>
  /** @type {Document | ShadowRoot} */ (element.getRootNode()).activeElement === element;
