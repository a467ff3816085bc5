import type { Part } from "./recordedRunners.ts"

/** Results with one file, under the names that both recorded versions use. */
export const videoResult = (bytes: Uint8Array, name = "output"): ReadonlyArray<Part> => [
  { name: "payload[videoFile]", filename: `${name}-${crypto.randomUUID()}.mp4`, type: "video/mp4", bytes }
]

export const storyboardResult = (bytes: Uint8Array): ReadonlyArray<Part> => [
  {
    ...{ name: "payload[storyboardFile]", filename: `storyboard-${crypto.randomUUID()}.jpg` },
    ...{ type: "image/jpeg", bytes }
  }
]

/** A file as uploaded to its own URL. */
export const broughtFile = (bytes: Uint8Array): Part => ({
  ...{ name: "file", filename: `output-${crypto.randomUUID()}.mp4` },
  ...{ type: "video/mp4", bytes }
})
