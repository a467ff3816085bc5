import { Schema } from "effect"

const { PROPERTY_RUNS = "1", PROPERTY_SEED } = process.env

const decode = Schema.decodeUnknownSync(Schema.NumberFromString)

/** How many times as much as usual is tried, by the variable `PROPERTY_RUNS`. */
export const effort: number = decode(PROPERTY_RUNS)

/** The seed that a failure named, by the variable `PROPERTY_SEED`: the same is tried again. */
export const givenSeed: number | undefined = PROPERTY_SEED === undefined ? undefined : decode(PROPERTY_SEED)

/** Within which the test ends; what takes longer hangs, and fails. */
const MILLIS = 300_000 * Math.max(1, effort)

/** How a property is tried so many times, unless it is said otherwise from outside. What fails names its seed. */
export const propertyOptions = (numRuns: number) => ({
  timeout: 2 * MILLIS,
  fastCheck: {
    numRuns: Math.ceil(numRuns * effort),
    // A test that is ended by its time limit would name no seed.
    interruptAfterTimeLimit: MILLIS,
    markInterruptAsFailure: true,
    ...(givenSeed === undefined ? {} : { seed: givenSeed })
  }
})
