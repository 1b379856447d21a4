// Served with every page by `explorable serve`: reloads the page when its content has changed.

const root = new URL("..", import.meta.url).pathname;
const page = decodeURIComponent(location.pathname.slice(root.length));
const url = new URL(`-events?page=${encodeURIComponent(page)}`, import.meta.url);
// A change between the loading of the page and this line is told at once.
const [loaded] = performance.getEntriesByType("navigation");
const version = loaded?.serverTiming?.find((timing) => timing.name === "version")?.description;
if (version) url.searchParams.set("version", version);
const events = new EventSource(url);
events.addEventListener("change", () => location.reload());
addEventListener("pagehide", () => events.close());
