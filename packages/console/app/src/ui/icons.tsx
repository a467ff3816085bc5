/** Strokes on a grid of 16, one path for each icon. */
const paths = {
  overview: "M2.5 13.5v-4m3.7 4v-8m3.6 8v-5m3.7 5v-11",
  videos: "M2 3.5h12v9H2zM6.8 6v4l3.4-2z",
  lives: "M8 8h.01M5.2 10.8a4 4 0 0 1 0-5.6m5.6 0a4 4 0 0 1 0 5.6M3 13A7 7 0 0 1 3 3m10 0a7 7 0 0 1 0 10",
  runners: "M2.5 2.5h11v4h-11zm0 7h11v4h-11zM5 4.5h.01M5 11.5h.01",
  jobs: "M6 4h7.5M6 8h7.5M6 12h7.5M2.6 4h.01M2.6 8h.01M2.6 12h.01",
  webhooks: "M6.5 9.5 9.5 6.5M7 4.5l1-1a3 3 0 0 1 4.3 4.3l-1 1M9 11.5l-1 1a3 3 0 0 1-4.3-4.3l1-1",
  settings: "M2 4.5h6m3 0h3M2 11.5h3m3 0h6M9.5 3v3m-3 4v3",
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.6-1.4L14 14",
  close: "m4 4 8 8m0-8-8 8",
  upload: "M8 10.5v-8m0 0L4.8 5.7M8 2.5l3.2 3.2M2.5 10v3.5h11V10",
  cards: "M2.5 2.5h4.5v4.5h-4.5zm6.5 0h4.5v4.5H9zm-6.5 6.5h4.5v4.5h-4.5zm6.5 0h4.5v4.5H9z",
  list: "M2 4h12M2 8h12M2 12h12",
  play: "M5 3.2v9.6L12.5 8z",
  check: "m3 8.5 3.2 3.2L13 4.8",
  copy: "M5.5 5.5h8v8h-8zM3 10.5h-.5v-8h8V3",
  back: "M9.8 3.5 5.3 8l4.5 4.5",
  next: "M6.2 3.5 10.7 8l-4.5 4.5",
  help: "M6 6a2 2 0 1 1 2.8 1.9c-.5.2-.8.6-.8 1.1v.3M8 11.5h.01M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Z",
  user: "M8 8.2a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm-5.5 6a5.5 5.5 0 0 1 11 0",
  film: "M2 3.5h12v9H2zM5 3.5v9m6-9v9M2 6.5h3m-3 3h3m6-3h3m-3 3h3",
  sort: "M8 3v10m0 0 3-3m-3 3-3-3",
  pause: "M5.5 3.5v9m5-9v9",
  eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8ZM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z"
} as const

export type IconName = keyof typeof paths

export const Icon = ({ name }: { readonly name: IconName }) => (
  <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
    <path d={paths[name]} />
  </svg>
)
