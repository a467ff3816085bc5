import { execFileSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

export const run = (...args: ReadonlyArray<string>): Buffer =>
  execFileSync("ffmpeg", ["-v", "error", "-nostdin", "-y", ...args], {
    maxBuffer: 2 ** 26,
    stdio: ["ignore", "pipe", "ignore"]
  })

export const picture = (seconds: number, rate = 10) => [
  "-f",
  "lavfi",
  "-i",
  `testsrc2=size=64x36:rate=${rate}:duration=${seconds}`
]
export const sound = (seconds: number) => ["-f", "lavfi", "-i", `sine=duration=${seconds}`]
export const codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"]

/** Silence followed by audio with a much higher bit rate. */
export const unequal = "aevalsrc='if(lt(t,1),0,random(0))':d=8"

/** Written to a pipe, so that the header cannot be corrected at the end. */
export const piped = (path: string, ...args: ReadonlyArray<string>) => writeFileSync(path, run(...args, "-"))

export const joined = (path: string, times: number, ...args: ReadonlyArray<string>) => {
  run(...args, path)
  const part = readFileSync(path)
  writeFileSync(path, Buffer.concat(Array.from({ length: times }, () => part)))
}

export const patched = (path: string, patch: (bytes: Buffer) => void) => {
  const bytes = readFileSync(path)
  patch(bytes)
  writeFileSync(path, bytes)
}

/** Every `mdhd` and `tkhd`, `mehd` and `mvhd` of version 0 with the duration that means "unknown". */
export const unknownDurations = (bytes: Buffer) => {
  for (const [box, offset] of [
    ["mvhd", 20],
    ["tkhd", 24],
    ["mdhd", 20]
  ] as const) {
    for (let at = bytes.indexOf(box); at >= 0; at = bytes.indexOf(box, at + 4))
      bytes.writeUInt32BE(0xffffffff, at + offset)
  }
}

export const subtitles = (folder: string): string => {
  const path = join(folder, "long.srt")
  writeFileSync(path, "1\n00:00:00,000 --> 00:00:06,000\nA long one\n")
  return path
}

export const cenc = ["-encryption_scheme", "cenc-aes-ctr", "-encryption_key", "76a6c65c5ea762046bd749a2e632ccbb"]
