// Every word the runtime itself shows, by language. The author's words come from the spec.

/**
 * @typedef {object} Words
 * @property {string} play
 * @property {string} pause
 * @property {string} forward
 * @property {string} back
 * @property {string} reset
 * @property {string} step with {n}
 * @property {string} scrub
 * @property {string} dice
 * @property {string} sweep
 * @property {string} from the lower end of a range
 * @property {string} to
 * @property {string} less
 * @property {string} more
 * @property {string} listen with {name}
 * @property {string} silence with {name}
 * @property {string} pair with {x} and {y}
 * @property {string} cell with {row}, {column} and {value}
 * @property {string} empty a square of a board
 * @property {string} bar with {i} and {value}
 * @property {string} token with {token} and {weights}
 * @property {string} newer with {version}
 * @property {string} failed with {reason}
 * @property {string} wasm the reason below the baseline
 */

/** @type {Record<string, Words>} */
export const WORDS = {
  en: {
    play: "Play",
    pause: "Pause",
    forward: "One step forward",
    back: "One step back",
    reset: "Start again",
    step: "step {n}",
    scrub: "Go to step",
    dice: "New random numbers",
    sweep: "Move by itself",
    from: "from",
    to: "to",
    less: "less",
    more: "more",
    listen: "Listen: {name}",
    silence: "Stop: {name}",
    pair: "x {x}, y {y}",
    cell: "row {row}, column {column}: {value}",
    empty: "empty",
    bar: "number {i}: {value}",
    token: "{token}: looks at {weights}",
    newer: "this figure needs a newer Explorable ({version})",
    failed: "this figure is not live: {reason}",
    wasm: "WebAssembly with SIMD is missing or forbidden here",
  },
  ta: {
    play: "இயக்கு",
    pause: "நிறுத்து",
    forward: "ஒரு படி முன்னே",
    back: "ஒரு படி பின்னே",
    reset: "மீண்டும் தொடங்கு",
    step: "படி {n}",
    scrub: "படிக்குச் செல்",
    dice: "புதிய சீரற்ற எண்கள்",
    sweep: "தானாக நகர்த்து",
    from: "தொடக்கம்",
    to: "முடிவு",
    less: "குறை",
    more: "கூட்டு",
    listen: "கேள்: {name}",
    silence: "நிறுத்து: {name}",
    pair: "x {x}, y {y}",
    cell: "வரிசை {row}, நிரல் {column}: {value}",
    empty: "காலி",
    bar: "எண் {i}: {value}",
    token: "{token}: பார்ப்பது {weights}",
    newer: "இந்தப் படத்திற்குப் புதிய Explorable தேவை ({version})",
    failed: "இந்தப் படம் இயங்கவில்லை: {reason}",
    wasm: "இங்கே SIMD உடைய WebAssembly இல்லை",
  },
};

/**
 * The words of a language tag, English where there are none.
 * @param {string | undefined} lang
 * @returns {Words}
 */
export const wordsOf = (lang) => WORDS[(lang ?? "").split("-")[0].toLowerCase()] ?? WORDS.en;

/**
 * Fill the places of a sentence.
 * @param {string} sentence
 * @param {Record<string, string | number>} values
 */
export const say = (sentence, values) =>
  sentence.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
