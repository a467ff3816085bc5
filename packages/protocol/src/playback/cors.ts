/** Which pages of other origins may play. */
export type Origins = "*" | ReadonlyArray<string>

/** `Range` and the conditions of caches; credentials for the check of the host. */
const ALLOWED_HEADERS = "authorization, if-match, if-modified-since, if-none-match, if-range, range"
const EXPOSED_HEADERS = "accept-ranges, content-length, content-range, etag"
/** Seconds. Browsers keep the answer to a preflight this long. */
const MAX_AGE = "3600"

/** Any page may play, but without cookies. Named origins may send cookies, which the host's check may read. */
const allowed = (request: Request, origins: Origins): Readonly<Record<string, string>> => {
  if (origins === "*") return { "access-control-allow-origin": "*" }
  const origin = request.headers.get("origin")
  return origin !== null && origins.includes(origin)
    ? { vary: "origin", "access-control-allow-origin": origin, "access-control-allow-credentials": "true" }
    : { vary: "origin" }
}

/** The response with the headers for players on other origins. */
export const withCors = (response: Response, request: Request, origins: Origins): Response => {
  const headers = { ...allowed(request, origins), "access-control-expose-headers": EXPOSED_HEADERS }
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value)
  return response
}

/** The answer to the question of a browser whether a page of another origin may send its request. */
export const preflight = (): Response =>
  new Response(null, {
    status: 204,
    statusText: "No Content",
    headers: {
      "access-control-allow-methods": "GET, HEAD",
      "access-control-allow-headers": ALLOWED_HEADERS,
      "access-control-max-age": MAX_AGE
    }
  })
