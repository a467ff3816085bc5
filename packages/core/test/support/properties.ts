import { Schema } from "effect"

const { PROPERTY_RUNS = "1", PROPERTY_SEED } = process.env

const decode = Schema.decodeUnknownSync(Schema.NumberFromString)

/** The factor for the number of runs, by the variable `PROPERTY_RUNS`. */
export const effort: number = decode(PROPERTY_RUNS)

/** The seed of a reported failure, by the variable `PROPERTY_SEED`. It repeats the run. */
export const givenSeed: number | undefined = PROPERTY_SEED === undefined ? undefined : decode(PROPERTY_SEED)

/** The time limit. A longer run hangs, and fails. */
const MILLIS = 300_000 * Math.max(1, effort)

/** The default number of runs of a property. A failure names its seed. */
export const propertyOptions = (numRuns: number) => ({
  timeout: 2 * MILLIS,
  fastCheck: {
    numRuns: Math.ceil(numRuns * effort),
    // A test that ends by its time limit names no seed.
    interruptAfterTimeLimit: MILLIS,
    markInterruptAsFailure: true,
    ...(givenSeed === undefined ? {} : { seed: givenSeed })
  }
})
