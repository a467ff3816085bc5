/** A response whose body is in memory. Servers send it without a detour over streams of the web. */
export interface PlainResponse {
  readonly _tag: "PlainResponse"
  readonly status: number
  readonly statusText: string
  /** By lowercase name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

/** A response in either form. */
export type AnyResponse = Response | PlainResponse

export const isPlain = (response: AnyResponse): response is PlainResponse => "_tag" in response

/** The web-standard form. */
export const toResponse = (response: AnyResponse): Response =>
  isPlain(response) ? new Response(response.body, response) : response

/** The response with another header. Changes web-standard responses in place. */
export const withHeader = (response: AnyResponse, name: string, value: string): AnyResponse => {
  if (isPlain(response)) return { ...response, headers: { ...response.headers, [name]: value } }
  response.headers.set(name, value)
  return response
}
