import { batch } from "@preact/signals"
import { needsSignIn, session } from "../state/session.ts"
import { client } from "./client.ts"
import type { Session } from "./documents.ts"
import { restart } from "./stream.ts"

const enter = (now: Session) =>
  batch(() => {
    session.value = now
    if (now.administrator) needsSignIn.value = false
  })

export const readSession = (): Promise<void> => client.getSession().then(enter)

export const signIn = async (token: string): Promise<void> => {
  enter(await client.signIn({ body: { token } }))
  restart()
}

export const signOut = async (): Promise<void> => {
  await client.signOut()
  await readSession()
  restart()
}
