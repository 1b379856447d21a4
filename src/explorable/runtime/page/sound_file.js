// A sound of the reader's as the samples of a tensor: mixed to one channel, at the tensor's own rate.

import { say } from "./words.js";

/** @param {File} file @param {import("./upload.js").Page} page */
export async function readSound(file, { control, words, give }) {
  const rate = control.upload.rate ?? 0;
  const count = control.value.length;
  const context = new OfflineAudioContext(1, 1, rate);
  const sound = await context.decodeAudioData(await file.arrayBuffer()).catch(() => {
    throw new Error(say(words.noSound, { name: file.name }));
  });
  const channels = Array.from({ length: sound.numberOfChannels }, (_, k) => sound.getChannelData(k));
  const numbers = Array.from({ length: count }, (_, k) => {
    let sum = 0;
    for (const channel of channels) sum += channel[k] ?? 0;
    return sum / channels.length;
  });
  const seconds = (/** @type {number} */ samples) => (samples / rate).toFixed(1);
  const told = say(words.seconds, { name: file.name, n: seconds(Math.min(count, sound.length)) });
  const cut = say(words.first, { n: seconds(count), all: seconds(sound.length) });
  await give(numbers, sound.length > count ? `${told}; ${cut}` : told);
}
