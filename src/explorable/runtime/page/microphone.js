// What a microphone hears, as the last samples of a control, some 25 times a second, between two
// presses of its button.

/** The most that an analyser keeps, and the time between two looks at it. */
const KEPT = 32768;
const MILLISECONDS = 40;
/** Frequencies above this part of the rate would come back as others. */
const HEARD = 0.45;

/** The last samples at another rate. @param {Float32Array} heard @param {number} native @param {number} rate @param {number} count */
export function atRate(heard, native, rate, count) {
  return Array.from({ length: count }, (_, k) => {
    const at = heard.length - 1 - (count - 1 - k) * (native / rate);
    const before = Math.floor(at);
    if (before < 0) return 0;
    const after = heard[Math.min(before + 1, heard.length - 1)];
    return heard[before] + (at - before) * (after - heard[before]);
  });
}

/**
 * @param {import("./upload.js").Page} page @param {AbortSignal} signal
 * @returns {() => void} stop listening
 */
export function bindMicrophone({ control, row, words, give, tell }, signal) {
  const button = /** @type {HTMLButtonElement} */ (row.querySelector("[data-tool=listen]"));
  const rate = control.upload.rate ?? 0;
  /** What is being listened to, or is asked for. @type {{ end: () => void } | null} */ let ear = null;

  const stop = () => {
    ear?.end();
    ear = null;
    button.setAttribute("aria-pressed", "false");
  };
  const start = async () => {
    const own = { end: () => {} };
    ear = own;
    button.setAttribute("aria-pressed", "true");
    try {
      const processing = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
      const stream = await navigator.mediaDevices.getUserMedia({ audio: processing });
      const context = new AudioContext();
      own.end = () => {
        for (const track of stream.getTracks()) track.stop();
        void context.close();
      };
      if (ear !== own) return own.end();
      await context.resume();
      const native = context.sampleRate;
      const low = new BiquadFilterNode(context, { frequency: Math.min(HEARD * rate, native / 2) });
      const analyser = new AnalyserNode(context, { fftSize: KEPT });
      context.createMediaStreamSource(stream).connect(low).connect(analyser);
      const heard = new Float32Array(KEPT);
      tell(words.listening);
      while (ear === own) {
        const begun = performance.now();
        analyser.getFloatTimeDomainData(heard);
        await give(atRate(heard, native, rate, control.value.length));
        await new Promise((go) => setTimeout(go, MILLISECONDS - (performance.now() - begun)));
      }
    } catch (error) {
      if (ear !== own) return;
      stop();
      const denied = /** @type {Error} */ (error).name === "NotAllowedError";
      tell(denied ? words.denied : words.absent, true);
    }
  };
  button.addEventListener(
    "click",
    () => {
      if (!ear) return void start();
      stop();
      tell("");
    },
    { signal },
  );
  signal.addEventListener("abort", stop);
  return stop;
}
