import { readFileSync } from "node:fs"
import { request } from "node:https"
import { Effect } from "effect"
import { ServiceError } from "../programs.ts"
import type { Proxy } from "../proxy.ts"

export interface Response {
  readonly status: number
  readonly text: string
}

/** A request whose body is sent in steps. */
export interface SlowUpload {
  readonly send: (bytes: Uint8Array) => Effect.Effect<void>
  /** Ends the body and waits for the response. */
  readonly end: Effect.Effect<Response, ServiceError>
}

interface Options {
  readonly method: "GET" | "POST"
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** The address of this client. */
  readonly from?: string
}

/** Begins a request through the proxy. */
export const begin = ({ certificate, port }: Proxy, { from = "127.0.0.1", ...options }: Options): SlowUpload => {
  const sent = request({
    ...options,
    ...{ host: "127.0.0.1", port, localAddress: from, ca: readFileSync(certificate), agent: false }
  })
  const responded = new Promise<Response>((resolve, reject) => {
    sent.once("error", reject)
    sent.once("response", (response) => {
      let text = ""
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk
      })
      response.once("end", () => resolve({ status: response.statusCode ?? 0, text }))
    })
  })
  responded.catch(() => undefined)
  return {
    send: (bytes) => Effect.promise(() => new Promise((resolve) => sent.write(bytes, () => resolve()))),
    end: Effect.suspend(() => {
      sent.end()
      return Effect.tryPromise({
        try: () => responded,
        catch: (error) => new ServiceError({ message: `The request failed: ${error}` })
      })
    })
  }
}

/** Sends a whole request. */
export const send = (
  proxy: Proxy,
  { body, ...options }: Options & { readonly body?: string }
): Effect.Effect<Response, ServiceError> =>
  Effect.suspend(() => {
    const { end, send: write } = begin(proxy, options)
    return body === undefined ? end : Effect.zipRight(write(Buffer.from(body)), end)
  })
