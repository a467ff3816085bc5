import { streamEvents } from "../events/streamEvents.ts"
import type { AnyEndpoint } from "../http/Endpoint.ts"
import { getSession, signIn, signOut } from "../session/session.ts"

/** Every endpoint of the console's API beside the administration of runners, by name. */
export const ApiEndpoints = { getSession, signIn, signOut, streamEvents } as const

/** The same as a list. */
export const apiEndpoints: ReadonlyArray<AnyEndpoint> = Object.values(ApiEndpoints)
