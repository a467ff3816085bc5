import { execFileSync } from "node:child_process"
import { copyFileSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fixturePath } from "@runner-connector/contracts/media"

/** A file with wrong or missing container metadata, and its expected report. */
export interface DifficultFile {
  readonly name: string
  readonly about: string
  /** Seconds. */
  readonly duration: number
  /** The index of the chosen audio track. */
  readonly audio?: number
  readonly hasVideo?: boolean
  readonly fps?: number
  readonly make: (path: string) => void
}

/** A file that must be refused, and a part of the message. */
export interface BadFile {
  readonly name: string
  readonly about: string
  readonly reason: RegExp
  readonly make: (path: string) => void
}

const run = (...args: ReadonlyArray<string>): Buffer =>
  execFileSync("ffmpeg", ["-v", "error", "-nostdin", "-y", ...args], {
    maxBuffer: 2 ** 26,
    stdio: ["ignore", "pipe", "ignore"]
  })

const picture = (seconds: number, rate = 10) => [
  "-f",
  "lavfi",
  "-i",
  `testsrc2=size=64x36:rate=${rate}:duration=${seconds}`
]
const sound = (seconds: number) => ["-f", "lavfi", "-i", `sine=duration=${seconds}`]
const codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"]

/** Silence followed by audio with a much higher bit rate. */
const unequal = "aevalsrc='if(lt(t,1),0,random(0))':d=8"

/** Written to a pipe, so that the header cannot be corrected at the end. */
const piped = (path: string, ...args: ReadonlyArray<string>) => writeFileSync(path, run(...args, "-"))

const joined = (path: string, times: number, ...args: ReadonlyArray<string>) => {
  run(...args, path)
  const part = readFileSync(path)
  writeFileSync(path, Buffer.concat(Array.from({ length: times }, () => part)))
}

const patched = (path: string, patch: (bytes: Buffer) => void) => {
  const bytes = readFileSync(path)
  patch(bytes)
  writeFileSync(path, bytes)
}

/** Every `mdhd` and `tkhd`, `mehd` and `mvhd` of version 0 with the duration that means "unknown". */
const unknownDurations = (bytes: Buffer) => {
  for (const [box, offset] of [
    ["mvhd", 20],
    ["tkhd", 24],
    ["mdhd", 20]
  ] as const) {
    for (let at = bytes.indexOf(box); at >= 0; at = bytes.indexOf(box, at + 4))
      bytes.writeUInt32BE(0xffffffff, at + offset)
  }
}

const subtitles = (folder: string): string => {
  const path = join(folder, "long.srt")
  writeFileSync(path, "1\n00:00:00,000 --> 00:00:06,000\nA long one\n")
  return path
}

const cenc = ["-encryption_scheme", "cenc-aes-ctr", "-encryption_key", "76a6c65c5ea762046bd749a2e632ccbb"]

export const difficultFiles = (folder: string): ReadonlyArray<DifficultFile> => [
  {
    name: "vbr.aac",
    about: "ADTS, whose duration is guessed from the first bit rate",
    duration: 8,
    make: (path) => run("-f", "lavfi", "-i", unequal, path)
  },
  {
    name: "no-xing.mp3",
    about: "MP3, whose duration is guessed from the first bit rate",
    duration: 8,
    make: (path) => run("-f", "lavfi", "-i", unequal, "-q:a", "2", "-write_xing", "0", path)
  },
  {
    name: "joined.ts",
    about: "a clock that restarts",
    duration: 6,
    make: (path) => joined(path, 3, ...picture(2), ...sound(2), ...codecs)
  },
  {
    name: "joined.ogg",
    about: "a clock that restarts in Ogg",
    duration: 4,
    make: (path) => joined(path, 2, ...sound(2))
  },
  {
    name: "video.m1v",
    about: "an elementary stream",
    duration: 3,
    fps: 25,
    make: (path) => run(...picture(3, 25), "-c:v", "mpeg1video", path)
  },
  {
    name: "video.h264",
    about: "an elementary stream without timestamps",
    duration: 3,
    make: (path) => run(...picture(3, 25), "-c:v", "libx264", path)
  },
  {
    name: "program.mpg",
    about: "a program stream",
    duration: 3,
    make: (path) => run(...picture(3, 25), ...sound(3), "-f", "vob", path)
  },
  {
    name: "piped.avi",
    about: "a header that was never corrected",
    duration: 3,
    make: (path) => piped(path, ...picture(3), ...sound(3), "-f", "avi")
  },
  {
    name: "piped.flv",
    about: "no duration",
    duration: 3,
    make: (path) => piped(path, ...picture(3), ...sound(3), ...codecs, "-f", "flv")
  },
  { name: "piped.flac", about: "no duration", duration: 3, make: (path) => piped(path, ...sound(3), "-f", "flac") },
  {
    name: "piped.mkv",
    about: "no duration",
    duration: 3,
    make: (path) => piped(path, ...picture(3), ...sound(3), ...codecs, "-f", "matroska")
  },
  {
    ...{ name: "unknown.mp4", about: "fragments, and the durations 0xFFFFFFFF", duration: 3 },
    make: (path) => {
      run(...picture(3), ...sound(3), ...codecs, "-movflags", "frag_keyframe+empty_moov", path)
      patched(path, unknownDurations)
    }
  },
  {
    ...{ name: "subtitles.mkv", about: "subtitles that last longer", duration: 3 },
    make: (path) =>
      run(
        ...picture(3),
        ...sound(3),
        "-i",
        subtitles(folder),
        ...codecs,
        "-c:s",
        "srt",
        "-map",
        "0",
        "-map",
        "1",
        "-map",
        "2",
        path
      )
  },
  {
    ...{ name: "starts-late.mkv", about: "all tracks start at 5 s", duration: 3 },
    make: (path) => run("-itsoffset", "5", ...picture(3), "-itsoffset", "5", ...sound(3), ...codecs, "-copyts", path)
  },
  {
    ...{ name: "picture-late.mp4", about: "video starts 1 s after audio", duration: 3 },
    make: (path) => run("-itsoffset", "1", ...picture(2), ...sound(3), ...codecs, path)
  },
  {
    ...{ name: "second-default.mkv", about: "the second audio track has the default flag", duration: 2, audio: 2 },
    make: (path) =>
      run(
        ...picture(2),
        ...sound(2),
        ...sound(2),
        ...codecs,
        "-map",
        "0",
        "-map",
        "1",
        "-map",
        "2",
        "-disposition:a:0",
        "0",
        "-disposition:a:1",
        "default",
        path
      )
  },
  {
    ...{ name: "one-picture.mkv", about: "audio with a single picture", duration: 3, hasVideo: false },
    make: (path) => run(...picture(0.1), ...sound(3), ...codecs, path)
  },
  {
    ...{
      name: "one-picture.wmv",
      about: "the same, in a container that states no frame rate",
      duration: 3,
      hasVideo: false
    },
    make: (path) => run(...picture(0.1), ...sound(3), "-c:v", "wmv2", "-c:a", "wmav2", path)
  },
  {
    name: "video.wmv",
    about: "no average frame rate",
    duration: 3,
    fps: 10,
    make: (path) => run(...picture(3), ...sound(3), "-c:v", "wmv2", "-c:a", "wmav2", path)
  }
]

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
