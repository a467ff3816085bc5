import { existsSync } from "node:fs"
import { join, relative } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { defineConfig } from "vitepress"

const repository = "https://github.com/runner-connector/peertube-runner-connector"
const root = fileURLToPath(new URL("../../../", import.meta.url))

const page = (text, link) => ({ text, link: `/${link}` })

/** The page of a file of the repository. Undefined for files that are no pages. */
const pageOf = (path) => {
  const document = /^docs\/(.+)\.md$/.exec(path)?.[1]
  const packageName = /^packages\/([\w-]+)(?:\/README\.md|\/)?$/.exec(path)?.[1]
  return document ?? (packageName === undefined ? undefined : `packages/${packageName}`)
}

/** Where a relative link of a document leads on the site. A link to a file that is no page leads to the repository. */
const placeOf = (href, from) => {
  const { hash, pathname } = new URL(href, pathToFileURL(from))
  const path = relative(root, fileURLToPath(pathToFileURL(decodeURIComponent(pathname)))).replaceAll("\\", "/")
  if (!existsSync(join(root, path))) throw new Error(`${from}: there is no ${path}`)
  const page = pageOf(path)
  return page === undefined ? `${repository}/tree/main/${path}` : `/${page}${hash}`
}

const resolveLinks = (markdown) => {
  const usual =
    markdown.renderer.rules.link_open ?? ((tokens, index, options, _, self) => self.renderToken(tokens, index, options))
  markdown.renderer.rules.link_open = (tokens, index, options, env, self) => {
    const href = tokens[index].attrGet("href") ?? ""
    if (/^(?:\.|[\w-]+\/)/.test(href) && !/^\w+:/.test(href))
      tokens[index].attrSet("href", placeOf(href, env.realPath ?? env.path))
    return usual(tokens, index, options, env, self)
  }
}

const api = existsSync(join(root, "docs/api/index.md")) ? [page("API", "api/")] : []

export default defineConfig({
  title: "peertube-runner-connector",
  description: "Self-hosted video transcoding for any Node application",
  srcDir: "../..",
  srcExclude: [
    "**/node_modules/**",
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "test/**",
    "bench/**",
    "examples/**",
    "deploy/**",
    ".changeset/**",
    "tools/**"
  ],
  rewrites: { "docs/:rest*": ":rest*", "packages/:name/README.md": "packages/:name.md" },
  outDir: "../../node_modules/.cache/site",
  cacheDir: "../../node_modules/.cache/vitepress",
  cleanUrls: true,
  // Getting started names the address of the site on the reader's own machine.
  ignoreDeadLinks: "localhostLinks",
  // The documents lie outside of this project, so their imports would not find its packages.
  vite: {
    resolve: {
      alias: ["vue/server-renderer", "vue"].map((name) => ({
        find: new RegExp(`^${name}$`),
        replacement: fileURLToPath(import.meta.resolve(name))
      }))
    }
  },
  markdown: { config: resolveLinks },
  themeConfig: {
    search: { provider: "local" },
    nav: [page("Start", "getting-started"), page("Use", "use-cases"), page("Operate", "deployment"), ...api],
    sidebar: [
      {
        text: "Start",
        items: [page("Getting started", "getting-started"), page("Concepts", "concepts"), page("Glossary", "glossary")]
      },
      {
        text: "Use",
        items: [
          page("Use cases", "use-cases"),
          page("Recipes", "recipes"),
          page("Private videos", "private-videos"),
          page("Custom job types", "custom-job-types"),
          page("Tests of applications", "testing"),
          page("HTTP API", "http-api"),
          page("Migrating from Django", "migrating"),
          page("Limits", "limits")
        ]
      },
      {
        text: "Operate",
        items: [
          page("Operations", "operations/"),
          page("Configuration", "configuration"),
          page("Deployment", "deployment"),
          page("Troubleshooting", "troubleshooting"),
          page("Capacity", "capacity"),
          page("Benchmarks", "benchmarks")
        ]
      },
      {
        text: "Extend",
        items: [
          page("Ports and adapters", "adapters"),
          page("Architecture", "architecture"),
          page("States of a job", "job-states"),
          page("Protocol", "protocol"),
          page("Decisions", "decisions"),
          ...api
        ]
      },
      {
        text: "Packages",
        items: [
          "core",
          "node",
          "cli",
          "protocol",
          "http-h3",
          "persistence-sql",
          "embedded-postgres",
          "storage-fs",
          "storage-s3",
          "socket",
          "tus",
          "webhooks",
          "probe",
          "ffmpeg",
          "local-runner",
          "import-django",
          "contracts"
        ].map((name) => page(name, `packages/${name}`))
      }
    ]
  }
})
