import { acceptFiles } from "./DropZone.js"
import { find, setText } from "./Elements.js"
import { LiveDialog } from "./LiveDialog.js"
import { Player } from "./Player.js"
import { Poller } from "./Poller.js"
import { askAgain } from "./Token.js"
import { Uploads } from "./Uploads.js"
import { VideoList } from "./VideoList.js"

/** Consecutive failures after which an error is shown. A single failure may be temporary. */
const TELL_AFTER = 2

const notice = find(document, "#notice", HTMLElement)

/**
 * @param {number} failures
 * @param {unknown} error
 */
const showConnection = (failures, error) => {
  const lost = failures >= TELL_AFTER
  const reason = error instanceof Error ? error.message : ""
  if (lost) setText(find(notice, "span", HTMLElement), `${reason} This page may be outdated. Retrying …`)
  notice.hidden = !lost
}

const player = new Player()
const list = new VideoList({ onPlay: (video) => player.open(video), refresh: () => poller.now() })
const poller = new Poller(async () => {
  player.update(await list.refresh())
  return list.isBusy ? "soon" : "later"
}, showConnection)
const uploads = new Uploads(() => poller.now())

new LiveDialog(() => poller.now())
acceptFiles((picked) => uploads.add(picked))
find(notice, "button", HTMLButtonElement).addEventListener("click", () => {
  askAgain()
  void poller.now()
})
void poller.now()
