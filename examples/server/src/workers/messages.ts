/** From a worker to the primary process: it serves requests. */
export const READY = "ready"

/** From the primary process to one worker at a time: it runs the rounds of upkeep. */
export const UPKEEP = "upkeep"
