import type { Ids } from "@runner-connector/core"
import type { Socket } from "socket.io"

interface Connected {
  readonly sockets: Set<Socket>
  pingedAt: number
}

/** The runners that are connected to this process. A runner may have several connections. */
export class Connections {
  readonly #runners = new Map<Ids.RunnerId, Connected>()

  /**
   * Tracks the connection until it ends. `now` is in milliseconds since the epoch. A runner that connects requests jobs
   * without a ping, so the connection counts as a ping.
   */
  add(id: Ids.RunnerId, socket: Socket, now: number): void {
    const known = this.#runners.get(id) ?? { sockets: new Set(), pingedAt: 0 }
    known.sockets.add(socket)
    known.pingedAt = now
    this.#runners.set(id, known)
    socket.once("disconnect", () => {
      known.sockets.delete(socket)
      if (known.sockets.size === 0 && this.#runners.get(id) === known) this.#runners.delete(id)
    })
  }

  get ids(): ReadonlyArray<Ids.RunnerId> {
    return Array.from(this.#runners.keys())
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

  /** Sends the event to every connection of the runner. */
  ping(id: Ids.RunnerId, event: string): void {
    for (const socket of this.#runners.get(id)?.sockets ?? []) socket.emit(event)
  }
}
