import { Adapter } from "socket.io-adapter"

/** Connects the notifiers of one test as a broker connects processes. Messages are lost while `isCut`. */
export const makeHub = () => {
  const hub = { isCut: false, sent: [] as Array<unknown> }
  const members = new Set<Adapter>()

  class HubAdapter extends Adapter {
    override init(): void {
      members.add(this)
    }

    override close(): void {
      members.delete(this)
    }

    override serverSideEmit(packet: ReadonlyArray<unknown>): void {
      if (hub.isCut) return
      hub.sent.push(packet[1])
      for (const member of members) {
        if (member !== this && member.nsp.name === this.nsp.name)
          member.nsp._onServerSideEmit(JSON.parse(JSON.stringify(packet)))
      }
    }
  }
  const send = (message: unknown) => {
    for (const { nsp } of members) nsp._onServerSideEmit(["runner-connector", message])
  }
  return Object.assign(hub, { adapter: HubAdapter, send })
}
