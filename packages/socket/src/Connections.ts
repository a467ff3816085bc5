import type { Ids } from "@runner-connector/core"
import type { Socket } from "socket.io"

/** The event that makes a runner request jobs. */
export const AVAILABLE_JOBS = "available-jobs"

interface Connected {
  readonly sockets: Set<Socket>
  pingedAt: number
}

/** The runners that are connected to this process. A runner may have several connections. */
export class Connections {
  readonly #runners = new Map<Ids.RunnerId, Connected>()
  #onChange: () => void = () => undefined

  /** Calls the listener after the first connection of a runner has begun, and after its last one has ended. */
  watch(listener: () => void): void {
    this.#onChange = listener
  }

  /**
   * Tracks the connection until it ends. `now` is in milliseconds since the epoch. A runner that connects requests jobs
   * without a ping, so the connection counts as a ping.
   */
  add(id: Ids.RunnerId, socket: Socket, now: number): void {
    const known = this.#runners.get(id) ?? { sockets: new Set(), pingedAt: 0 }
    const isNew = known.sockets.size === 0
    known.sockets.add(socket)
    known.pingedAt = now
    this.#runners.set(id, known)
    socket.once("disconnect", () => {
      known.sockets.delete(socket)
      if (known.sockets.size > 0 || this.#runners.get(id) !== known) return
      this.#runners.delete(id)
      this.#onChange()
    })
    if (isNew) this.#onChange()
  }

  get ids(): ReadonlyArray<Ids.RunnerId> {
    return Array.from(this.#runners.keys())
  }

  has(id: Ids.RunnerId): boolean {
    return this.#runners.has(id)
  }

  /** Returns the time of the runner's last ping, in milliseconds since the epoch. */
  pingedAt(id: Ids.RunnerId): number {
    return this.#runners.get(id)?.pingedAt ?? 0
  }

  /** Records a ping of these runners. */
  note(ids: ReadonlyArray<Ids.RunnerId>, now: number): void {
    for (const id of ids) {
      const known = this.#runners.get(id)
      if (known !== undefined) known.pingedAt = now
    }
  }

  /** Pings every connection of the runner. */
  ping(id: Ids.RunnerId): void {
    for (const socket of this.#runners.get(id)?.sockets ?? []) socket.emit(AVAILABLE_JOBS)
  }

  /**
   * Ends every connection of the runner. With `ping` it is pinged first, so that it sends a request, whose answer reports
   * that the runner is unknown. After a disconnect alone, the runner would wait forever.
   */
  disconnect(id: Ids.RunnerId, { ping }: { readonly ping: boolean }): void {
    if (ping) this.ping(id)
    for (const socket of Array.from(this.#runners.get(id)?.sockets ?? [])) socket.disconnect(true)
  }
}
