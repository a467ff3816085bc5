/** Types by extension; what is not here is served as bytes. Nothing that a browser would run is here. */
const types: ReadonlyMap<string, string> = new Map([
  ["aac", "audio/aac"],
  ["avi", "video/x-msvideo"],
  ["flac", "audio/flac"],
  ["jpeg", "image/jpeg"],
  ["jpg", "image/jpeg"],
  ["json", "application/json"],
  ["m3u8", "application/vnd.apple.mpegurl"],
  ["m4a", "audio/mp4"],
  ["m4s", "video/iso.segment"],
  ["m4v", "video/mp4"],
  ["mkv", "video/x-matroska"],
  ["mov", "video/quicktime"],
  ["mp3", "audio/mpeg"],
  ["mp4", "video/mp4"],
  ["oga", "audio/ogg"],
  ["ogg", "audio/ogg"],
  ["ogv", "video/ogg"],
  ["opus", "audio/ogg"],
  ["png", "image/png"],
  ["srt", "application/x-subrip"],
  ["ts", "video/mp2t"],
  ["txt", "text/plain; charset=utf-8"],
  ["vtt", "text/vtt; charset=utf-8"],
  ["wav", "audio/wav"],
  ["webm", "video/webm"],
  ["webp", "image/webp"]
])

/** The media type that the name of a file promises. */
export const mediaTypeOf = (name: string): string => {
  const extension = /\.([^./]+)$/.exec(name)?.[1] ?? ""
  return types.get(extension.toLowerCase()) ?? "application/octet-stream"
}
