import { find, KeyedList, setAttribute, setText, stamp } from "./Elements.js"
import { size } from "./Format.js"
import { resolutionName, titleOf } from "./Video.js"

/** @typedef {import("./Video.js").Video} Video */
/** @typedef {{ url: string, name: string, fileName: string, about: string }} Download */

/**
 * @param {Video} video
 * @returns {ReadonlyArray<Download>}
 */
const downloadsOf = (video) => {
  const title = titleOf(video).replace(/\.\w{1,4}$/, "")
  const files = [...video.webVideos].sort((a, b) => b.resolution - a.resolution)
  return [
    ...files.map(({ height, resolution, size: bytes, url, width }) => ({
      url,
      name: `${resolutionName(resolution)} MP4`,
      fileName: `${title}-${resolutionName(resolution)}.mp4`,
      about: [...(width > 0 ? [`${width} × ${height}`] : []), size(bytes)].join(" · ")
    })),
    ...video.captions.map(({ automatic, label, language, url }) => ({
      url,
      name: `Captions in ${label}`,
      fileName: `${title}-${language}.vtt`,
      about: automatic ? "WebVTT · automatic" : "WebVTT"
    }))
  ]
}

/** One file: a link with format and size. */
class DownloadRow {
  element = stamp("download-row")
  #link = find(this.element, "a", HTMLAnchorElement)
  #about = find(this.element, "span", HTMLElement)

  /** @param {Download} download */
  update({ about, fileName, name, url }) {
    setAttribute(this.#link, "href", url)
    setAttribute(this.#link, "download", fileName)
    setText(this.#link, name)
    setText(this.#about, about)
  }
}

/** The downloadable files of a video. Hidden while there are none. */
export class Downloads {
  #element
  #rows

  /** @param {HTMLDetailsElement} element */
  constructor(element) {
    this.#element = element
    this.#rows = new KeyedList(find(element, "ul", HTMLElement), {
      key: (/** @type {Download} */ download) => download.url,
      create: () => new DownloadRow()
    })
  }

  /** @param {Video} video */
  update(video) {
    const downloads = downloadsOf(video)
    this.#element.hidden = downloads.length === 0
    this.#rows.render(downloads)
  }
}
