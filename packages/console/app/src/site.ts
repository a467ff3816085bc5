/** What the server writes into the page. */
interface Place {
  readonly path: string
  readonly home: string
  readonly api: string
  readonly nonce: string
}

const meta = document.querySelector<HTMLMetaElement>('meta[name="console"]')

export const place: Place = { path: "", home: "", api: "", nonce: "", ...JSON.parse(meta?.content ?? "{}") }
meta?.remove()

// Templates of media elements read this, see `build.mjs`.
Object.assign(globalThis, { styleNonce: place.nonce })
