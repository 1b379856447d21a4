// Served with every page by `explorable serve`: reloads the page when its content has changed.

const root = new URL("..", import.meta.url).pathname;
const page = decodeURIComponent(location.pathname.slice(root.length));
const url = new URL(`-events?page=${encodeURIComponent(page)}`, import.meta.url);
const events = new EventSource(url);
events.addEventListener("change", () => location.reload());
addEventListener("pagehide", () => events.close());
