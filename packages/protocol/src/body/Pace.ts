import { Duration } from "effect"

/**
 * An unauthenticated body must arrive within the window. An authenticated body must bring the minimum number of bytes in each
 * window. Only the time spent waiting for the sender counts, so a slow disk of the server ends no upload.
 */
const WINDOW = Duration.toMillis("60 seconds")
const LEAST_BYTES = 16 * 1024

/** Measures how long the server waits for the sender of a body. All times are in milliseconds. */
export interface Pace {
  readonly begin: (now: number) => void
  readonly end: (now: number, bytes: number) => void
  readonly authenticate: () => void
  readonly isAuthenticated: () => boolean
  /** The time until the sender is too slow, if nothing comes. */
  readonly left: (now: number) => number
}

export const make = (): Pace => {
  let isAuthenticated = false
  let waited = 0
  let received = 0
  let waitingSince: number | undefined

  const restart = () => {
    waited = 0
    received = 0
  }

  return {
    begin: (now: number) => {
      waitingSince = now
    },
    end: (now: number, bytes: number) => {
      waited += now - (waitingSince ?? now)
      waitingSince = undefined
      received += bytes
      if (isAuthenticated && received >= LEAST_BYTES) restart()
    },
    authenticate: () => {
      isAuthenticated = true
      restart()
    },
    isAuthenticated: () => isAuthenticated,
    left: (now: number) => WINDOW - waited - (waitingSince === undefined ? 0 : now - waitingSince)
  }
}
