import { signal } from "@preact/signals"

export interface Session {
  readonly administrator: boolean
  readonly mayManageVideos?: boolean
  readonly expiresAt: string | null
}

/** Undefined until the server has answered. */
export const session = signal<Session | undefined>(undefined)

/** Whether the server has refused a request that only an administrator may send. */
export const needsSignIn = signal(false)
