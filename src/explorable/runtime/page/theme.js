// Light or dark, where the page does not say: the scheme whose ink reads better on what lies behind
// the figure (ground.js). What the author says comes first: a color-scheme, `scheme="dark"`, his own
// ink.

import { suit } from "./ground.js";
import { around } from "./role.js";

const MARK = "data-scheme";
const SCHEMES = ["light", "dark"];

/** Before light-dark() the style sheet takes the dark side only where it is told to. */
const MODERN = CSS.supports("color", "light-dark(red, red)");

/** Where nobody paints, the ground is the browser's own and goes with its scheme. @param {Element} element */
const isPainted = (element) => getComputedStyle(element).backgroundColor !== "rgba(0, 0, 0, 0)";

/**
 * Keep an element's scheme that of the page around it; `changed` is called when it may be another.
 * @param {Element} element @param {import("./session.js").Session} session
 * @param {() => void} changed @param {AbortSignal} signal
 */
export function follow(element, session, changed, signal) {
  /** @type {Element[]} */ const outer = [];
  const seen = () => {
    if (suit) suit(element, MARK, SCHEMES);
    changed();
  };
  const again = () => {
    element.removeAttribute(MARK);
    const said = MODERN && getComputedStyle(element).colorScheme !== "normal";
    if (said || ![element, ...outer].some(isPainted)) changed();
    else session.bring("ground", suit).then(seen, console.error);
  };
  const observer = new MutationObserver(again);
  observer.observe(element, { attributeFilter: ["scheme", "class", "style"] });
  for (let at = around(element); at; at = around(at)) {
    observer.observe(at, { attributes: true });
    outer.push(at);
  }
  // Sheets that are switched.
  observer.observe(document.head, { attributes: true, childList: true, subtree: true });
  signal.addEventListener("abort", () => observer.disconnect());
  for (const query of ["(prefers-color-scheme: dark)", "print", "(forced-colors: active)"])
    matchMedia(query).addEventListener("change", again, { signal });
  // A page that fades from one theme to the other has its colour at the end.
  document.addEventListener(
    "transitionend",
    (event) => {
      const faded = event.target === element || outer.includes(/** @type {Element} */ (event.target));
      if (faded && event.propertyName === "background-color") again();
    },
    { signal },
  );
  again();
}
