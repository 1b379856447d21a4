// A picture of the reader's, cut to the ratio of a tensor and scaled to its size.

import { say } from "./words.js";

/** @param {File} file @param {import("./upload.js").Page} page */
export async function readPicture(file, { control, words, give }) {
  const [channels, height, width] = control.shape;
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Error(say(words.noPicture, { name: file.name }));
  });
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  const scale = Math.max(width / bitmap.width, height / bitmap.height);
  const [w, h] = [scale * bitmap.width, scale * bitmap.height];
  context.drawImage(bitmap, (width - w) / 2, (height - h) / 2, w, h);
  const { data } = context.getImageData(0, 0, width, height);
  const numbers = Array.from({ length: channels * height * width }, (_, k) => {
    const [channel, pixel] = [Math.floor(k / (height * width)), 4 * (k % (height * width))];
    if (channels > 1) return data[pixel + channel] / 255;
    // Grey is as light as the colours look.
    return (0.299 * data[pixel] + 0.587 * data[pixel + 1] + 0.114 * data[pixel + 2]) / 255;
  });
  const size = { width: bitmap.width, height: bitmap.height };
  bitmap.close();
  await give(numbers, say(words.picture, { name: file.name, ...size }));
}
