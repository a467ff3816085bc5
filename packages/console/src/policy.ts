/**
 * The Content-Security-Policy of a page. Styles of media controls in shadow roots carry the nonce. The player creates its
 * worker and its media source from blobs, and an empty caption track from a `data:` URL. Everything else comes from the
 * origin of the page, and media from the given origins, too. Only pages that are made for embedding may be framed by other
 * origins.
 */
export const policyOf = (nonce: string, isEmbedded: boolean, mediaOrigins: ReadonlyArray<string>): string => {
  const media = ["'self'", ...mediaOrigins].join(" ")
  return [
    "default-src 'self'",
    `connect-src ${media}`,
    `img-src ${media} blob: data:`,
    `media-src ${media} blob: data:`,
    "worker-src 'self' blob:",
    `style-src 'self' 'nonce-${nonce}'`,
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    ...(isEmbedded ? [] : ["frame-ancestors 'none'"])
  ].join("; ")
}
