import type { ComponentChildren } from "preact"
import { useEffect, useRef, useState } from "preact/hooks"
import { signOut } from "../api/session.ts"
import { isConnected } from "../api/stream.ts"
import { place } from "../site.ts"
import { attempt, dismiss, notices } from "../state/news.ts"
import { navigate, route, to } from "../state/router.ts"
import { hasSignIn, needsSignIn, session } from "../state/session.ts"
import { t } from "../texts.ts"
import { openFiles } from "../upload/files.ts"
import { Questions } from "./Dialog.tsx"
import type { Commands } from "./found.ts"
import { Help } from "./Help.tsx"
import { Icon, type IconName } from "./icons.tsx"
import { useKeys } from "./keys.ts"
import { Palette } from "./Palette.tsx"
import { SignInDialog } from "./SignIn.tsx"

type Screen = keyof typeof t.screens & IconName

const screens: ReadonlyArray<readonly [Screen, key: string]> = [
  ["overview", "o"],
  ["videos", "v"],
  ["lives", "l"],
  ["runners", "r"],
  ["jobs", "j"],
  ["webhooks", "w"],
  ["settings", "s"]
]

const Navigation = () => {
  const { screen } = route.value
  const current = screen === "watch" ? "videos" : screen
  const list = useRef<HTMLUListElement>(null)
  // On a phone the list is wider than the screen.
  useEffect(() => list.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" }), [current])
  return (
    <nav aria-label={t.shell.navigation}>
      <ul ref={list}>
        {screens.map(([name, key]) => (
          <li key={name}>
            <a href={to(name)} aria-current={current === name ? "page" : undefined} aria-keyshortcuts={`g ${key}`}>
              <Icon name={name} />
              <span>{t.screens[name]}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

type Overlay = "help" | "palette" | "sign-in" | undefined

interface SideButtonProps {
  readonly icon: IconName
  readonly text: string
  readonly id?: string
  readonly onClick: () => void
}

const SideButton = ({ icon, id, onClick, text }: SideButtonProps) => (
  <button type="button" class="side-button" id={id} aria-label={text} onClick={onClick}>
    <Icon name={icon} />
    <span>{text}</span>
  </button>
)

const SignOutButton = () => <SideButton icon="user" text={t.shell.signOut} onClick={() => attempt(signOut)} />

/** Nothing until the server has answered. Accounts of the site around the console sign in and out there. */
const Account = ({ onSignIn }: { readonly onSignIn: () => void }) => {
  if (session.value === undefined) return null
  if (session.value.administrator) return session.value.expiresAt === null ? null : <SignOutButton />
  return hasSignIn.value ? <SideButton icon="user" id="sign-in" text={t.shell.signIn} onClick={onSignIn} /> : null
}

const Notices = () => (
  <div class="notices" role="status" aria-live="polite">
    {notices.value.map(({ id, isError, text }) => (
      <div key={id} class="notice" data-error={isError}>
        <span dir="auto">{text}</span>
        <button type="button" aria-label={t.actions.dismiss} onClick={() => dismiss(id)}>
          <Icon name="close" />
        </button>
      </div>
    ))}
  </div>
)

const Sidebar = ({ open }: { readonly open: (overlay: Overlay) => void }) => (
  <div class="sidebar">
    <a class="brand" href={`${place.home}/`}>
      <img src={`${place.path}/favicon.svg`} alt="" width="22" height="22" />
      <span>{t.name}</span>
    </a>
    <button type="button" class="side-search" aria-keyshortcuts="Control+K" onClick={() => open("palette")}>
      <Icon name="search" />
      <span>{t.shell.search}</span>
      <kbd>Ctrl K</kbd>
    </button>
    <Navigation />
    <div class="side-foot">
      {/* The account is known later, and first in the row that is aligned to its end. */}
      <Account onSignIn={() => open("sign-in")} />
      <SideButton icon="help" text={t.shell.help} onClick={() => open("help")} />
    </div>
  </div>
)

const commandsOf = (open: (overlay: Overlay) => void): Commands => [
  ...screens.map(([name]) => ({
    key: name,
    icon: name,
    text: t.screens[name],
    detail: t.help.go,
    act: () => navigate(to(name))
  })),
  { key: "upload", icon: "upload", text: t.help.sheet.Everywhere.u, detail: t.palette.commands, act: openFiles },
  { key: "help", icon: "help", text: t.shell.help, detail: t.palette.commands, act: () => open("help") }
]

/** The frame of all screens. */
export const Shell = ({ children }: { readonly children: ComponentChildren }) => {
  const [overlay, open] = useState<Overlay>()
  const close = () => open(undefined)
  useKeys({
    "mod+k": () => open("palette"),
    "?": () => open("help"),
    u: openFiles,
    ...Object.fromEntries(screens.map(([name, key]) => [`g ${key}`, () => navigate(to(name))]))
  })
  return (
    <>
      <button type="button" class="skip button" onClick={() => document.querySelector<HTMLElement>("#main")?.focus()}>
        {t.shell.skip}
      </button>
      <Sidebar open={open} />
      <main id="main" tabIndex={-1}>
        {!isConnected.value && !needsSignIn.value && (
          <p class="banner" role="alert">
            {t.shell.reconnecting}
          </p>
        )}
        {children}
      </main>
      <Notices />
      <Questions />
      {overlay === "help" && <Help screens={screens} onClose={close} />}
      {overlay === "palette" && <Palette commands={commandsOf(open)} onClose={close} />}
      {overlay === "sign-in" && <SignInDialog onClose={close} />}
    </>
  )
}
