import {
  codecs,
  joined,
  patched,
  picture,
  piped,
  run,
  sound,
  subtitles,
  unequal,
  unknownDurations
} from "./makeFiles.ts"

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
