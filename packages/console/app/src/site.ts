/** What the server writes into the page. */
interface Place {
  readonly path: string
  readonly home: string
  readonly api: string
  readonly nonce: string
  /** The other origins from which players get files. */
  readonly mediaOrigins: ReadonlyArray<string>
}

const meta = document.querySelector<HTMLMetaElement>('meta[name="console"]')

const unset: Place = { path: "", home: "", api: "", nonce: "", mediaOrigins: [] }

export const place: Place = { ...unset, ...JSON.parse(meta?.content ?? "{}") }
meta?.remove()

// Templates of media elements read this, see `build.mjs`.
Object.assign(globalThis, { styleNonce: place.nonce })
