import { defineConfig } from "vite"

const templates = /[\\/](?:media-chrome|custom-media-element)[\\/]/

/**
 * The policy of the page allows no inline styles. These packages write `<style>` into the shadow roots of their elements, so
 * the elements carry the nonce of the page (see `site.ts`).
 */
const styleNonce = {
  name: "nonce of styles in templates",
  transform: (code, id) =>
    templates.test(id) && code.includes("<style")
      ? // biome-ignore lint/suspicious/noTemplateCurlyInString: the text becomes a part of templates
        code.replaceAll("<style", '<style nonce="${globalThis.styleNonce}"')
      : undefined
}

export default defineConfig({
  // The server writes `<base>` into the page, so that the files are found below every path.
  base: "./",
  plugins: [styleNonce],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800
  }
})
