import { computed, signal } from "@preact/signals"
import { place } from "../site.ts"

/** The current address. Every state of the console is part of it. */
export const address = signal(new URL(location.href))

/** A parameter of the address, empty where it is not there. */
export const param = (name: string): string => address.value.searchParams.get(name) ?? ""

/** Moves to an address. `replace` leaves no entry in the history, as for each letter of a search. */
export const navigate = (to: string, { replace = false } = {}): void => {
  const url = new URL(to, location.href)
  if (url.href === address.value.href) return
  const moved = url.pathname !== address.value.pathname
  history[replace ? "replaceState" : "pushState"](null, "", url)
  address.value = url
  if (moved) scrollTo(0, 0)
}

/** Changes parameters of the address. Empty values remove them. A list begins with its first page again. */
export const setQuery = (values: Readonly<Record<string, string>>, { replace = true } = {}): void => {
  const url = new URL(address.value)
  for (const [name, value] of Object.entries({ start: "", ...values })) {
    if (value === "") url.searchParams.delete(name)
    else url.searchParams.set(name, value)
  }
  navigate(url.href, { replace })
}

addEventListener("popstate", () => {
  address.value = new URL(location.href)
})

const isPlainClick = (event: MouseEvent) =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey && !event.defaultPrevented

const isOwn = (link: HTMLAnchorElement) =>
  link.origin === location.origin &&
  link.target === "" &&
  !link.hasAttribute("download") &&
  (link.pathname.startsWith(`${place.path}/`) || link.pathname === `${place.home}/` || isWatch(link.pathname))

const isWatch = (pathname: string) => pathname.startsWith(`${place.home}/v/`)

addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a") : null
  if (link === null || !isPlainClick(event) || !isOwn(link)) return
  event.preventDefault()
  navigate(link.href)
})

/** The address of a screen, such as `jobs/<id>`. */
export const to = (screen: string): string => `${place.path}/${screen}`

/** The address of a page for viewers. */
export const watchUrl = (uuid: string): string => `${place.home}/v/${uuid}`

/** The screen and the id in its address. */
export const route = computed((): { readonly screen: string; readonly id?: string; readonly part?: string } => {
  const { pathname } = address.value
  if (isWatch(pathname)) {
    const [id = "", part] = pathname.slice(place.home.length + 3).split("/")
    return { screen: "watch", id, part }
  }
  const [screen = "", id, part] = pathname.startsWith(`${place.path}/`)
    ? pathname.slice(place.path.length + 1).split("/")
    : []
  return { screen: screen === "" ? "videos" : screen, ...(id ? { id: decodeURIComponent(id) } : {}), part }
})
