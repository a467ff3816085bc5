import type { Ids } from "@runner-connector/core"
import type * as Messages from "./messages.ts"

interface Server {
  ids: Set<Ids.RunnerId>
  seenAt: number
}

/** Milliseconds without a message after which a process counts as ended. */
const SILENCE = 7000

/** The runners that are connected to the other processes, as their last messages described them. */
export class Roster {
  readonly #servers = new Map<string, Server>()
  readonly #pingedAt = new Map<Ids.RunnerId, number>()

  /** Replaces the ids in the range of the message. Returns whether the process was unknown. Times are in milliseconds. */
  update({ from, ids, server, to }: Messages.Roster, now: number): boolean {
    const known = this.#servers.get(server)
    const isOutside = (id: number) => id < from || (to !== null && id >= to)
    this.#servers.set(server, {
      ids: new Set([...Array.from(known?.ids ?? []).filter(isOutside), ...ids]),
      seenAt: now
    })
    return known === undefined
  }

  /** Forgets a process that has ended. */
  remove(server: string): void {
    this.#servers.delete(server)
  }

  /** Forgets the processes that have been silent for 7 seconds. */
  expire(now: number): void {
    for (const [server, { seenAt }] of this.#servers) if (now - seenAt > SILENCE) this.#servers.delete(server)
    const { ids } = this
    for (const id of this.#pingedAt.keys()) if (!ids.has(id)) this.#pingedAt.delete(id)
  }

  /** The runners of all other processes. */
  get ids(): ReadonlySet<Ids.RunnerId> {
    return new Set(Array.from(this.#servers.values()).flatMap(({ ids }) => Array.from(ids)))
  }

  /** The number of runners at other processes. A runner that is connected to two of them counts twice. */
  get size(): number {
    return Array.from(this.#servers.values()).reduce((sum, { ids }) => sum + ids.size, 0)
  }

  /** Returns the time of the runner's last ping that this process knows of. 0 without one. */
  pingedAt(id: Ids.RunnerId): number {
    return this.#pingedAt.get(id) ?? 0
  }

  /** Records a ping of these runners. */
  note(ids: ReadonlyArray<Ids.RunnerId>, now: number): void {
    for (const id of ids) this.#pingedAt.set(id, now)
  }
}
