/** A line that names a file, or the `URI` attribute of a tag. */
const uri = /^(?!#)(?=\S)(?<line>.+)$|(?<before>^#EXT[^\r\n]*?[:,]URI=")(?<attribute>[^"\r\n]+)(?=")/gm

/** Replaces every URI of a playlist: the names of segments and variants, and the `URI` attributes of tags. */
export const mapUris = (playlist: string, change: (uri: string) => string): string =>
  playlist.replace(uri, (_match, line: string | undefined, before = "", attribute = "") =>
    line === undefined ? before + change(attribute) : change(line.trimEnd())
  )
