import { computed, signal } from "@preact/signals"
import type { Session } from "../api/documents.ts"

/** Undefined until the server has answered. */
export const session = signal<Session | undefined>(undefined)

/** Whether the server has refused a request that only an administrator may send. */
export const needsSignIn = signal(false)

/** Whether the form for the token is of use. True until the server has answered. */
export const hasSignIn = computed(() => session.value?.signIn !== false)
