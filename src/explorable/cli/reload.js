// Served with every page by `explorable serve`: reloads the page when its content has changed.

const page = location.pathname.split("/").pop();
const url = new URL(`-events?page=${encodeURIComponent(page)}`, import.meta.url);
const events = new EventSource(url);
events.addEventListener("change", () => location.reload());
addEventListener("pagehide", () => events.close());
