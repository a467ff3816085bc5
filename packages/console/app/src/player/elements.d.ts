import type { JSX } from "preact"

declare module "preact" {
  namespace JSX {
    interface IntrinsicElements {
      [name: `media-${string}`]: JSX.HTMLAttributes<HTMLElement> & Readonly<Record<string, unknown>>
    }
  }
}
