/** Media types by extension. Others are served as bytes. No type here can run scripts in a browser. */
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

/** The type of files of which nothing is known. */
export const bytes = "application/octet-stream"

/** Returns the media type of a file name. */
export const mediaTypeOf = (name: string): string => {
  const extension = /\.([^./]+)$/.exec(name)?.[1] ?? ""
  return types.get(extension.toLowerCase()) ?? bytes
}
