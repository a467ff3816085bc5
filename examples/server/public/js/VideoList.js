import { deleteVideo, ensureRenditions, newestVideos, retryJob, stopLive, transcribeVideo } from "./Api.js"
import { askIn } from "./Ask.js"
import { EditDialog } from "./EditDialog.js"
import { find, KeyedList, setText } from "./Elements.js"
import { counted } from "./Format.js"
import { announce } from "./News.js"
import { isSettled, newsOf, titleOf } from "./Video.js"
import { VideoCard } from "./VideoCard.js"

/** @typedef {import("./Video.js").Video} Video */

const PAGE = 12

/** @param {number} count */
const madeOf = (count) => (count === 0 ? "has all its renditions." : `gets ${counted(count, "rendition")} more.`)

/** The list of videos, newest first, up to the requested number. */
export class VideoList {
  #heading = find(document, "#videos-heading", HTMLElement)
  #loading = find(document, "#loading", HTMLElement)
  #empty = find(document, "#empty", HTMLElement)
  #count = find(document, "#count", HTMLElement)
  #more = find(document, "#more", HTMLButtonElement)
  #confirm = find(document, "#confirm", HTMLDialogElement)
  #wanted = PAGE
  #total = 0
  /** @type {ReadonlyArray<Video>} */
  #videos = []
  /** Videos deleted here, which a pending answer must not restore. @type {Set<string>} */
  #deleted = new Set()
  #edit = new EditDialog()
  #on

  /** @type {Readonly<Record<import("./Actions.js").Action, (video: Video) => Promise<void>>>} */
  #act = {
    ensure: (video) => this.#change(video, () => ensureRenditions(video.uuid).then(madeOf)),
    transcribe: (video) => this.#change(video, () => transcribeVideo(video.uuid).then(() => "gets captions.")),
    edit: (video) => this.#edit.open(video, () => this.#on.refresh()),
    stop: (video) => this.#change(video, () => stopLive(video.uuid).then(() => "is being ended.")),
    delete: (video) => this.#delete(video)
  }

  /** @type {KeyedList<Video, VideoCard>} */
  #cards = new KeyedList(find(document, "#videos", HTMLElement), {
    key: (video) => video.uuid,
    create: (video) =>
      new VideoCard(video, {
        onPlay: (_) => this.#on.onPlay(_),
        onRetry: (_, job) => this.#change(_, () => retryJob(job.uuid).then(() => "is tried again.")),
        onAction: (action, _) => this.#act[action](_)
      }),
    focusLost: (neighbour) => (neighbour ?? this.#heading).focus()
  })

  /** @param {{ onPlay(video: Video): void, refresh(): Promise<void> }} on `refresh` must call this list's `refresh()` */
  constructor(on) {
    this.#on = on
    this.#more.addEventListener("click", () => this.#showMore())
  }

  /**
   * Reads the videos from the server and patches the page.
   * @returns {Promise<ReadonlyArray<Video>>} the listed videos
   */
  async refresh() {
    const { total, videos } = await newestVideos(this.#wanted)
    this.#tellNews(videos)
    this.#total = total
    this.#videos = videos.filter(({ uuid }) => !this.#deleted.has(uuid))
    this.#render()
    return this.#videos
  }

  /** Whether changes are expected soon, so that polling should be frequent. */
  get isBusy() {
    return !this.#videos.every(isSettled)
  }

  #render() {
    this.#loading.hidden = true
    this.#cards.render(this.#videos)
    this.#empty.hidden = this.#videos.length > 0
    setText(this.#count, this.#total > 0 ? `${this.#total}` : "")
    const left = this.#total - this.#videos.length
    this.#more.hidden = left <= 0
    setText(this.#more, `Show more (${left} left)`)
  }

  /** @param {ReadonlyArray<Video>} videos */
  #tellNews(videos) {
    const before = new Map(this.#videos.map((video) => [video.uuid, video]))
    for (const video of videos) {
      const known = before.get(video.uuid)
      const news = known === undefined ? undefined : newsOf(known, video)
      if (news !== undefined) announce(news)
    }
  }

  async #showMore() {
    const shown = this.#videos.length
    this.#wanted += PAGE
    this.#more.disabled = true
    await this.#on.refresh()
    this.#more.disabled = false
    const first = this.#videos[shown]
    if (first !== undefined) this.#cards.get(first.uuid)?.element.focus()
  }

  /**
   * Runs an action on a video and announces the outcome.
   * @param {Video} video
   * @param {() => Promise<string>} work resolves with the announcement
   */
  async #change(video, work) {
    const card = this.#cards.get(video.uuid)
    card?.setBusy(true)
    try {
      announce(`${titleOf(video)} ${await work()}`)
      await this.#on.refresh()
    } catch (error) {
      card?.setError(error instanceof Error ? error.message : "The action failed.")
    }
    card?.element.setAttribute("aria-busy", "false")
    // The focused button was removed.
    if (document.activeElement === document.body) card?.element.focus()
  }

  /** @param {Video} video */
  async #delete(video) {
    setText(find(this.#confirm, "[data-name]", HTMLElement), titleOf(video))
    if (!(await askIn(this.#confirm))) return
    const card = this.#cards.get(video.uuid)
    card?.setBusy(true)
    try {
      await deleteVideo(video.uuid)
      this.#deleted.add(video.uuid)
      this.#videos = this.#videos.filter(({ uuid }) => uuid !== video.uuid)
      this.#total -= 1
      announce(`${titleOf(video)} is deleted.`)
      this.#render()
      await this.#on.refresh()
    } catch (error) {
      card?.setBusy(false)
      card?.setError(error instanceof Error ? error.message : "The video could not be deleted.")
    }
  }
}
