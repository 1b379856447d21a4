// Defines the two elements. Never changes meaning: each imports the runtime that its own bundle
// names.
for (const name of ["explorable-figure", "explorable-value"]) {
  if (customElements.get(name)) continue;
  customElements.define(
    name,
    class extends HTMLElement {
      connectedCallback() {
        this.ready = this.start(this.getAttribute("src"));
      }
      disconnectedCallback() {
        this.live?.end();
      }
      /** @param {string | null} src */
      async start(src) {
        if (!src) return;
        try {
          const url = new URL(src, document.baseURI);
          const spec = await (await fetch(url)).json();
          // A file of the spec's own folder, whatever the spec says.
          const { mount } = await import(new URL(spec.runtime.split("/").pop(), url).href);
          this.live?.end();
          if (this.isConnected) this.live = mount(this, spec, url.href);
        } catch (error) {
          console.error("[explorable]", src, error);
          this.dispatchEvent(new CustomEvent("error", { detail: { message: String(error) } }));
        }
      }
      /**
       * Until the runtime is here; then it puts its own `set` in front.
       * @param {object} settings
       * @returns {Promise<object>}
       */
      async set(settings) {
        await this.ready;
        if (!Object.hasOwn(this, "set")) throw new Error("[explorable] this figure is not live");
        return this.set(settings);
      }
    },
  );
}
