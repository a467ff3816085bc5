import { computed, signal } from "@preact/signals"

export interface Session {
  readonly administrator: boolean
  readonly mayManageVideos?: boolean
  /** Whether the token can be entered here. Otherwise the site around the console has accounts. */
  readonly signIn?: boolean
  readonly expiresAt: string | null
}

/** Undefined until the server has answered. */
export const session = signal<Session | undefined>(undefined)

/** Whether the server has refused a request that only an administrator may send. */
export const needsSignIn = signal(false)

/** Whether the form for the token is of use. True until the server has answered. */
export const hasSignIn = computed(() => session.value?.signIn !== false)
