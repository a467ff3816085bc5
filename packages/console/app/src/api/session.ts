import { batch } from "@preact/signals"
import { needsSignIn, type Session, session } from "../state/session.ts"
import { call, get } from "./http.ts"
import { restart } from "./stream.ts"

const enter = (now: Session) =>
  batch(() => {
    session.value = now
    if (now.administrator) needsSignIn.value = false
  })

export const readSession = (): Promise<void> => get<Session>("/session").then(enter)

export const signIn = async (token: string): Promise<void> => {
  enter(await call<Session>("POST", "/session", { body: { token } }))
  restart()
}

export const signOut = async (): Promise<void> => {
  await call("DELETE", "/session")
  await readSession()
  restart()
}
