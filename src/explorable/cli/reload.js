// Served with every page by `explorable serve`: shows what has changed, in its place, so that the page
// keeps its scroll and loads nothing twice. Where that cannot be done it is loaded anew.

const root = new URL("..", import.meta.url).pathname;
const page = decodeURIComponent(location.pathname.slice(root.length));
const url = new URL(`-events?page=${encodeURIComponent(page)}`, import.meta.url);
const LIVE = /^explorable-(figure|value)$/i;
/** What has an effect once, when a page is loaded. */
const ONCE = /^(html|head|body|script|style|link|base)$/i;

// A change between the loading of the page and this line is told at once.
const [loaded] = performance.getEntriesByType("navigation");
const version = loaded?.serverTiming?.find((timing) => timing.name === "version")?.description;
if (version) url.searchParams.set("version", version);

/** The page as it is handed out now, and which version that is. */
async function handed() {
  const answer = await fetch(location.href);
  const told = /version;desc="(\d+)"/.exec(answer.headers.get("Server-Timing") ?? "")?.[1];
  const text = new DOMParser().parseFromString(await answer.text(), "text/html");
  return { told, text: answer.ok ? text.documentElement : null };
}

/**
 * Replace what differs between two texts of the page; false where that is not enough. Scripts may
 * have changed the page itself: what they did inside a figure goes with it.
 * @param {Node} before @param {Node} after @param {Node} shown
 * @returns {boolean}
 */
function show(before, after, shown) {
  if (before.isEqualNode(after)) return true;
  const alone = before.cloneNode(false).isEqualNode(after.cloneNode(false));
  const inside = alone && !LIVE.test(before.nodeName) && before.childNodes.length > 0;
  if (inside && before.childNodes.length === after.childNodes.length) {
    const children = [...shown.childNodes];
    return (
      children.length === before.childNodes.length &&
      [...before.childNodes].every((node, k) => show(node, after.childNodes[k], children[k]))
    );
  }
  if (before.nodeName !== shown.nodeName || ONCE.test(before.nodeName) || ONCE.test(after.nodeName))
    return false;
  if (after instanceof Element && after.querySelector("script, style, link") !== null) return false;
  /** @type {ChildNode} */ (shown).replaceWith(document.importNode(after, true));
  return true;
}

let before = handed().then(({ told, text }) => (told === version ? text : null));

async function changed() {
  const [old, { text }] = await Promise.all([before, handed()]);
  if (!old || !text || !show(old, text, document.documentElement)) throw new Error("load it anew");
  return text;
}

function change() {
  before = changed().catch(() => (location.reload(), null));
}

const events = new EventSource(url);
events.addEventListener("change", change);
addEventListener("pagehide", () => events.close());
