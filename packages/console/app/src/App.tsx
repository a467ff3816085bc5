import type { ComponentType } from "preact"
import { useEffect, useState } from "preact/hooks"
import { readSession } from "./api/session.ts"
import { onEvents, restart } from "./api/stream.ts"
import { route } from "./state/router.ts"
import { needsSignIn, session } from "./state/session.ts"
import { t } from "./texts.ts"
import { Empty } from "./ui/basic.tsx"
import { Shell } from "./ui/Shell.tsx"
import { SignInRequired } from "./ui/SignIn.tsx"

/** The screens, each loaded when it is first shown. */
const screens: Readonly<Record<string, () => Promise<ComponentType>>> = {
  overview: () => import("./screens/Overview.tsx").then(({ Overview }) => Overview),
  videos: () => import("./screens/Videos.tsx").then(({ Videos }) => Videos),
  watch: () => import("./screens/Watch.tsx").then(({ Watch }) => Watch),
  embed: () => import("./screens/Embed.tsx").then(({ Embed }) => Embed),
  lives: () => import("./screens/Lives.tsx").then(({ Lives }) => Lives),
  runners: () => import("./screens/Runners.tsx").then(({ Runners }) => Runners),
  jobs: () => import("./screens/Jobs.tsx").then(({ Jobs }) => Jobs),
  webhooks: () => import("./screens/Webhooks.tsx").then(({ Webhooks }) => Webhooks),
  settings: () => import("./screens/Settings.tsx").then(({ Settings }) => Settings)
}

const useScreen = (name: string): ComponentType | Error | undefined => {
  const [loaded, setLoaded] = useState<{ name: string; screen: ComponentType | Error }>()
  useEffect(() => {
    screens[name]?.().then(
      (screen) => setLoaded({ name, screen }),
      (error) => setLoaded({ name, screen: error })
    )
  }, [name])
  return loaded?.name === name ? loaded.screen : undefined
}

const Screen = ({ name }: { readonly name: string }) => {
  const screen = useScreen(name)
  if (!(name in screens)) return <Empty icon="search" title={t.errors.missing(name)} />
  if (screen === undefined) return <p class="loading">{t.list.loading}</p>
  if (screen instanceof Error) return <Empty icon="help" title={t.errors.load} />
  const Loaded = screen
  return <Loaded />
}

const useTitle = (screen: string) =>
  useEffect(() => {
    const title = screen in t.screens ? t.screens[screen as keyof typeof t.screens] : undefined
    if (title !== undefined) document.title = `${title} · ${t.name}`
  }, [screen])

export const App = () => {
  const { part, screen } = route.value
  useTitle(screen)
  useEffect(() => {
    const read = () => void readSession().catch(() => undefined)
    read()
    restart()
    // Where the first answer failed, it is read again with the connection.
    return onEvents((event) => event === undefined && session.value === undefined && read())
  }, [])
  if (screen === "watch" && part === "embed") return <Screen name="embed" />
  return <Shell>{needsSignIn.value ? <SignInRequired /> : <Screen name={screen} />}</Shell>
}
