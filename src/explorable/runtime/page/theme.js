// Light or dark, where the page does not say: the scheme whose ink reads better on what lies behind
// the figure. What the author says comes first: a color-scheme, `scheme="dark"`, his own ink.

const MARK = "data-scheme";
const SCHEMES = ["light", "dark"];
/** From 0.04045 on the curve of sRGB is a power. */
const KNEE = 0.04045;

/** Before light-dark() the style sheet takes the dark side only where it is told to. */
const MODERN = CSS.supports("color", "light-dark(red, red)");

/** @type {CanvasRenderingContext2D | null} */
let swatch = null;

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
 * Layers of CSS colours, the undermost first, as the one colour that is seen; whatever space they
 * are written in.
 * @param {string[]} layers
 */
function blend(layers) {
  if (!swatch) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 1;
    swatch = /** @type {CanvasRenderingContext2D} */ (
      canvas.getContext("2d", { willReadFrequently: true })
    );
  }
  swatch.clearRect(0, 0, 1, 1);
  for (const layer of layers) {
    swatch.fillStyle = layer;
    swatch.fillRect(0, 0, 1, 1);
  }
  return [...swatch.getImageData(0, 0, 1, 1).data];
}

/** @param {number[]} colour */
function luminance(colour) {
  const [red, green, blue] = colour
    .map((part) => part / 255)
    .map((part) => (part <= KNEE ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {number} a @param {number} b luminances */
const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);

/**
 * The element around another: of a shadow tree's outermost, its host.
 * @param {Element} element
 */
const around = (element) =>
  element.parentElement ??
  /** @type {{ host?: Element }} */ (/** @type {unknown} */ (element.getRootNode())).host;

/**
 * The colour behind an element: the nearest background that lets nothing through, and what is
 * thinner above it. Null: nobody painted one, and the browser's own goes with its scheme.
 * @param {Element} element
 */
function behind(element) {
  /** @type {string[]} */ const layers = [];
  for (let at = /** @type {Element | undefined} */ (element); at; at = around(at)) {
    layers.unshift(getComputedStyle(at).backgroundColor);
    const colour = blend(layers);
    if (colour[3] === 255) return colour;
  }
  return null;
}

/** @param {Element} element */
export function adapt(element) {
  element.removeAttribute(MARK);
  if (MODERN && getComputedStyle(element).colorScheme !== "normal") return;
  const ground = behind(element);
  if (!ground) return;
  const inks = SCHEMES.map((scheme) => {
    element.setAttribute(MARK, scheme);
    return colourOf(element, "ink");
  });
  element.removeAttribute(MARK);
  // An ink that is the same in both is the author's.
  if (inks[0] === inks[1]) return;
  const [light, dark] = inks.map((ink) => contrast(luminance(blend([ink])), luminance(ground)));
  element.setAttribute(MARK, SCHEMES[Number(dark > light)]);
}

/**
 * Keep an element's scheme that of the page around it; `changed` is called when it may be another.
 * @param {Element} element @param {() => void} changed @param {AbortSignal} signal
 */
export function follow(element, changed, signal) {
  const again = () => {
    adapt(element);
    changed();
  };
  const observer = new MutationObserver(again);
  observer.observe(element, { attributeFilter: ["scheme", "class", "style"] });
  /** @type {Element[]} */ const outer = [];
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
  adapt(element);
}
