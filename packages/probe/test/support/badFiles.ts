import { copyFileSync } from "node:fs"
import { fixturePath } from "@runner-connector/contracts/media"
import { cenc, codecs, patched, picture, run, sound } from "./makeFiles.ts"

/** A file that must be refused, and a part of the message. */
export interface BadFile {
  readonly name: string
  readonly about: string
  readonly reason: RegExp
  readonly make: (path: string) => void
}

/** AV1 in MP4, made from the animated picture in the corpus by changing its brand. Not every FFmpeg has an encoder. */
export const av1File: BadFile = {
  ...{
    name: "av1.mp4",
    about: "a codec that this engine lacks",
    reason: /codec \(av1\) that this server cannot decode/
  },
  make: (path) => {
    copyFileSync(fixturePath("animation.avif"), path)
    patched(path, (bytes) => bytes.write("isom", bytes.indexOf("ftyp") + 4, "latin1"))
  }
}

export const badFiles: ReadonlyArray<BadFile> = [
  {
    ...{
      name: "cenc.mp4",
      about: "common encryption",
      reason: /^The video is encrypted/
    },
    make: (path) =>
      run(...picture(2), ...sound(2), ...codecs, ...cenc, "-encryption_kid", "a7e61c373e219033c21091fa607bf3b8", path)
  },
  {
    ...{ name: "sixteen.wav", about: "sixteen channels", reason: /^The sound has 16 channels: at most 8/ },
    make: (path) => run("-f", "lavfi", "-i", "anullsrc=channel_layout=hexadecagonal:duration=1", path)
  },
  {
    ...{ name: "depth.m4a", about: "a decoder that does not open", reason: /damaged/ },
    make: (path) => {
      run(...sound(1), "-c:a", "alac", path)
      patched(path, (bytes) => bytes.writeUInt8(77, bytes.indexOf("alac", bytes.indexOf("alac") + 4) + 13))
    }
  },
  {
    ...{ name: "frame.mp4", about: "a video of a single frame", reason: /is a picture/ },
    make: (path) => run(...picture(0.1), ...codecs, path)
  }
]
