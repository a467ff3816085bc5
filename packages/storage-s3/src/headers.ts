import { type FileKey, LiveFiles, MediaTypes } from "@runner-connector/core"

/** The headers that players get with an object. */
export interface ObjectHeaders {
  readonly ContentType: string
  readonly CacheControl: string
}

/** Types that no browser runs scripts in. Clients choose the types of their uploads. */
const isMedia = (type: string): boolean => /^(?:audio|video|image)\/(?!svg)[\w.+-]+$/i.test(type)

/** The type by the extension, otherwise the given one if it is harmless. Only live playlists change under their key. */
export const headersOf = (key: FileKey.FileKey, contentType: string | undefined): ObjectHeaders => {
  const known = MediaTypes.mediaTypeOf(key)
  return {
    ContentType: known === MediaTypes.bytes && contentType !== undefined && isMedia(contentType) ? contentType : known,
    CacheControl: LiveFiles.isLivePlaylist(key) ? "no-cache" : "public, max-age=31536000, immutable"
  }
}
