// The script of a notebook's output: unpacks its figure, and the runtime where the page has none.
// Hosts move scripts about, so it looks for its element by name.

/**
 * @param {string} name of the output, as its element says in `of`
 * @param {string} packed { code, runtime, page } as JSON, deflated, in base64; `code` sets the
 *   global called `runtime`
 */
async function unpack(name, packed) {
  try {
    const bytes = Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0));
    const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const { code, runtime, page } = await new Response(plain).json();
    const globals = /** @type {Record<string, any>} */ (/** @type {unknown} */ (globalThis));
    if (!globals[runtime]) {
      const script = document.createElement("script");
      script.textContent = code;
      document.head.append(script);
      script.remove();
    }
    globals[runtime].announce(name, page);
  } catch (error) {
    // The still stays, the message stands below it.
    for (const element of document.querySelectorAll("explorable-output")) {
      if (element.getAttribute("of") !== name) continue;
      const message = document.createElement("p");
      message.textContent = `[explorable] ${name}: ${error}`;
      element.append(message);
    }
    console.error("[explorable]", name, error);
  }
}
