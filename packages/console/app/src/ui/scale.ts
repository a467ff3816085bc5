import { useEffect, useState } from "preact/hooks"

const read = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 10

/** Pixels per tenth of a rem, for sizes that scripts compute: one, and more in large windows (see `tokens.css`). */
export const useScale = (): number => {
  const [scale, setScale] = useState(read)
  useEffect(() => {
    const change = () => setScale(read())
    addEventListener("resize", change)
    return () => removeEventListener("resize", change)
  }, [])
  return scale
}
