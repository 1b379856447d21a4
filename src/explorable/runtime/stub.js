// Defines the two elements. Never changes meaning: each imports the runtime that its own bundle
// names. Written for every browser that knows import(), so that old ones can say why they stay still.
const failed = { en: "this figure is not live", ta: "இந்தப் படம் இயங்கவில்லை" };
for (const name of ["explorable-figure", "explorable-value"]) {
  if (customElements.get(name)) continue;
  customElements.define(
    name,
    class extends HTMLElement {
      connectedCallback() {
        this.ready = this.start(this.getAttribute("src"));
      }
      disconnectedCallback() {
        if (this.live) this.live.end();
      }
      /** @param {string | null} src */
      async start(src) {
        if (!src) return;
        try {
          const url = new URL(src, document.baseURI);
          const answer = await fetch(url.href).catch((error) => {
            throw new Error(`${src} cannot be loaded (${error.message})`);
          });
          if (!answer.ok) throw new Error(`${src} cannot be loaded (${answer.status})`);
          const spec = await answer.json();
          // Files of the spec's own folder, whatever the spec says.
          const [{ mount }] = await Promise.all(
            (spec.modules || [spec.runtime]).map(
              (/** @type {string} */ name) => import(new URL(name.split("/").pop() || "", url).href),
            ),
          );
          if (this.live) this.live.end();
          if (this.isConnected) this.live = mount(this, spec, url.href);
        } catch (error) {
          const { message } = /** @type {Error} */ (error);
          console.error("[explorable]", src, error);
          this.complain(message);
          if (!navigator.onLine) addEventListener("online", () => this.again(), { once: true });
          this.dispatchEvent(new CustomEvent("error", { detail: { message } }));
        }
      }
      again() {
        const said = this.querySelector(".explorable-message");
        if (said) said.remove();
        if (this.isConnected) this.connectedCallback();
      }
      /** One line over the still. @param {string} reason */
      complain(reason) {
        const box = this.querySelector(".explorable-box");
        if (!box) return;
        const said = document.createElement("span");
        said.className = "explorable-message";
        said.setAttribute("role", "alert");
        const words = this.matches(":lang(ta)") ? failed.ta : failed.en;
        said.textContent = `[explorable] ${this.getAttribute("figure")}: ${words}: ${reason}`;
        box.append(said);
      }
      /**
       * Until the runtime is here; then it puts its own `set` in front.
       * @param {object} settings
       * @returns {Promise<object>}
       */
      async set(settings) {
        await this.ready;
        if (!this.hasOwnProperty("set")) throw new Error("[explorable] this figure is not live");
        return this.set(settings);
      }
    },
  );
}
