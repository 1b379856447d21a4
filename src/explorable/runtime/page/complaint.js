// The message that stands over a still that does not come to life, in the language of its page; and
// whether it is WebAssembly that the browser lacks.

/** @type {Record<string, { failed: string, wasm: string, newer: string }>} */
const WORDS = {
  en: {
    failed: "this figure is not live",
    wasm: "WebAssembly with SIMD is missing or forbidden here",
    newer: "this figure needs a newer Explorable",
  },
  ta: {
    failed: "இந்தப் படம் இயங்கவில்லை",
    wasm: "இங்கே SIMD உடைய WebAssembly இல்லை",
    newer: "இந்தப் படத்திற்குப் புதிய Explorable தேவை",
  },
};

// A module with one function that gives a vector.
const SIMD = "0 97 115 109 1 0 0 0 1 5 1 96 0 1 123 3 2 1 0 10 8 1 6 0 65 0 253 15 11";

const hasSimd = async () => {
  try {
    return Boolean(await WebAssembly.compile(Uint8Array.from(SIMD.split(" "), Number)));
  } catch {
    return false;
  }
};

/** @param {HTMLElement} element @param {string} figure @param {string} fact in English */
export async function explain(element, figure, fact) {
  const words = WORDS[element.matches(":lang(ta)") ? "ta" : "en"];
  const reason = (await hasSimd()) ? fact.replace(WORDS.en.newer, words.newer) : words.wasm;
  const shown = element.querySelector(".explorable-message") ?? document.createElement("p");
  shown.className = "explorable-message";
  shown.setAttribute("role", "alert");
  shown.textContent = `[explorable] ${figure}: ${words.failed}: ${reason}`;
  (element.querySelector(".explorable-box") ?? element).append(shown);
}
