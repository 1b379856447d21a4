// For a page that is one file: every bundle's files stand in the store, and nothing is fetched.

import { has } from "../core/own.js";
import { decode } from "./load.js";
import { mount } from "./index.js";
import { store } from "./store.js";

/**
 * Put a bundle's files in, as base64 by file name, and bring the page's figures to life.
 * @param {Record<string, string>} files
 */
export function boot(files) {
  Object.assign(store().inline, files);
  const elements = /** @type {NodeListOf<HTMLElement>} */ (
    document.querySelectorAll("explorable-figure[src], explorable-value[src]")
  );
  for (const element of elements) {
    const src = element.getAttribute("src") ?? "";
    const name = src.split("/").pop() ?? "";
    if (has(files, name))
      mount(
        element,
        JSON.parse(new TextDecoder().decode(decode(files[name]))),
        new URL(src, document.baseURI).href,
      );
  }
}
