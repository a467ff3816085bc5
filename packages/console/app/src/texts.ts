const many = (count: number, noun: string) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`

/** The length of a list that the server counts up to a limit. */
const total = (count: number, isCapped: boolean) => `${isCapped ? "more than " : ""}${count.toLocaleString("en")}`

/** All texts of the console. A translation replaces this object. */
export const t = {
  language: "en",
  optional: "optional",
  name: "Runner Connector",
  actions: {
    add: "Add",
    cancel: "Cancel",
    clear: "Clear",
    close: "Close",
    copied: "Copied",
    copy: "Copy",
    delete: "Delete",
    dismiss: "Dismiss",
    pause: "Pause",
    remove: "Remove",
    resume: "Resume",
    retry: "Retry",
    save: "Save",
    stop: "Stop"
  },
  /** The names of columns and facts. */
  terms: {
    address: "Address",
    answer: "Last answer",
    attempts: "Attempts",
    completed: "Completed jobs",
    createdAt: "Created",
    current: "Current jobs",
    description: "Description",
    error: "Reason",
    event: "Event",
    expires: "Expires",
    externalId: "External id",
    failed: "Failed jobs",
    failures: "Failures",
    file: "File",
    finishedAt: "Finished",
    id: "Id",
    label: "Label",
    labels: "Labels",
    chunking: "Made whole",
    tenant: "Tenant",
    lastContact: "Last contact",
    name: "Name",
    oldest: "Oldest",
    onlineSince: "Online since",
    origin: "Origin",
    parent: "Waits for job",
    pending: "Pending",
    priority: "Queue order",
    processing: "Processing",
    progress: "Progress",
    registered: "Registered",
    rendition: "Rendition",
    retryAt: "Next attempt",
    runner: "Runner",
    speed: "Speed",
    startedAt: "Started",
    state: "State",
    status: "Status",
    title: "Title",
    token: "Token",
    type: "Type",
    types: "Events",
    updatedAt: "Updated",
    urgency: "Priority",
    url: "URL",
    uses: "Uses",
    value: "Value",
    version: "Version",
    video: "Video",
    waiting: "Waiting for others",
    waitingFor: "Why it waits"
  },
  errors: {
    generic: "The action failed.",
    status: (status: number) => `The server answered with status ${status}.`,
    unreachable: "The server cannot be reached.",
    missing: (screen: string) => `There is no page “${screen}”.`,
    load: "This could not be loaded.",
    gone: "This does not exist, or no longer."
  },
  shell: {
    navigation: "Main",
    skip: "Skip to the content",
    reconnecting: "Connection lost. Changes appear after the reconnect.",
    search: "Search or jump to…",
    help: "Keyboard shortcuts",
    signIn: "Sign in",
    signOut: "Sign out"
  },
  screens: {
    overview: "Overview",
    videos: "Videos",
    lives: "Lives",
    runners: "Runners",
    jobs: "Jobs",
    webhooks: "Webhooks",
    settings: "Settings"
  },
  signIn: {
    intro: "Only the administrator of the server can do this.",
    token: "Administrator token",
    hint: "The token is the value of ADMIN_TOKEN, or the one that the server printed at its first start.",
    submit: "Continue",
    wrong: "The server did not accept that token.",
    required: "Sign in to see this.",
    elsewhere: "Sign in to this site as an administrator, then reload this page.",
    expires: "You stay signed in on this browser for twelve hours."
  },
  help: {
    go: "Go to",
    /** By the keys. */
    sheet: {
      Everywhere: {
        "Ctrl K": "Search and commands",
        "?": "This sheet",
        u: "Upload files",
        Esc: "Close the panel"
      },
      Lists: {
        "/": "Filter the list",
        j: "Next row",
        k: "Previous row",
        x: "Select the row",
        o: "Open the row",
        b: "Actions for the selected rows"
      },
      Player: {
        "Space k": "Play or pause",
        "j l": "Back or forward 10 seconds",
        "← →": "Back or forward",
        "↑ ↓": "Volume",
        m: "Mute",
        f: "Full screen",
        c: "Captions",
        "< >": "Slower or faster"
      }
    }
  },
  palette: {
    title: "Search",
    placeholder: "Search videos, jobs and runners, or type a command",
    commands: "Commands",
    nothing: "Nothing matches."
  },
  list: {
    allStates: "All states",
    open: "Open",
    allTypes: "All types",
    selectAll: "Select all rows",
    select: (name: string) => `Select ${name}`,
    nothing: "Nothing matches these filters.",
    clear: "Clear the filters",
    total,
    of: (from: number, to: number, all: number, isCapped: boolean) =>
      `${from.toLocaleString("en")}–${to.toLocaleString("en")} of ${total(all, isCapped)}`,
    previous: "Previous page",
    next: "Next page",
    loading: "Loading…"
  },
  bulk: {
    label: "Selected rows",
    selected: (count: number) => `${count.toLocaleString("en")} selected`,
    selectAll: (count: number) => `Select all ${count.toLocaleString("en")}`,
    priority: "Priority…",
    outcome: (done: string, refused: number, why: string) =>
      refused === 0 ? `${done}.` : `${done}, ${refused.toLocaleString("en")} refused: ${why}`,
    jobs: {
      actions: { cancel: "Cancel", retry: "Retry", delete: "Delete" },
      ask: {
        cancel: (count: number) => `Cancel ${many(count, "job")}?`,
        delete: (count: number) => `Delete ${many(count, "job")}?`
      },
      hints: {
        cancel: "Jobs that wait for these jobs are affected, too.",
        delete: "Jobs that wait for these jobs are affected, too."
      },
      done: {
        cancel: (count: number) => `${many(count, "job")} cancelled`,
        retry: (count: number) => `${many(count, "job")} retried`,
        delete: (count: number) => `${many(count, "job")} deleted`,
        prioritize: (count: number) => `${many(count, "job")} moved to another priority`
      }
    },
    videos: {
      actions: { cancel: "Cancel jobs", retry: "Retry failed jobs", delete: "Delete" },
      ask: {
        cancel: (count: number) => `Cancel the open jobs of ${many(count, "video")}?`,
        delete: (count: number) => `Delete ${many(count, "video")}?`
      },
      hints: {
        cancel: "What is finished stays. The cancelled jobs can be retried.",
        delete: "All renditions are deleted, too. Unfinished jobs are cancelled."
      },
      done: {
        cancel: (count: number) => `The open jobs of ${many(count, "video")} are cancelled`,
        retry: (count: number) => `The failed jobs of ${many(count, "video")} are tried again`,
        delete: (count: number) => `${many(count, "video")} deleted`,
        prioritize: (count: number) => `${many(count, "video")} moved to another priority`
      }
    }
  },
  upload: {
    title: "Upload",
    drop: "Drop videos anywhere on this page",
    choose: "Choose files",
    hint: "Any format that FFmpeg can read. Several files at once are fine.",
    options: "Options",
    scope: "These options apply to all files that you upload from now on.",
    set: (count: number) => `${count} set`,
    webVideos: "Progressive files",
    webVideosHint: "an MP4 of each rendition for download",
    splitAudio: "Separate audio",
    splitAudioHint: "one audio track shared by all resolutions",
    keepSource: "Keep the source",
    keepSourceHint: "otherwise deleted after transcoding",
    list: "Uploads",
    picture: "Picture for audio files",
    pictureHint: "JPEG or PNG. An audio file with a picture becomes a video.",
    waiting: (size: string) => `${size}, waiting`,
    sending: (percent: number, size: string) => `${percent} % of ${size}`,
    speed: (size: string) => `${size}/s`,
    left: (time: string) => `${time} left`,
    checking: "Sent, the server is checking it",
    done: "Uploaded",
    paused: (percent: number) => `Paused at ${percent} %`,
    reconnecting: (percent: number) => `Connection lost at ${percent} %, trying again`,
    interrupted: (percent: number) => `Interrupted at ${percent} %. Choose the file again to continue.`,
    chooseAgain: "Choose the file",
    folder: "This is a folder. Choose the files in it.",
    empty: "This file is empty.",
    arrived: (name: string) => `${name} is uploaded.`,
    lost: (name: string) => `${name} could not be uploaded.`,
    progress: (name: string) => `Upload of ${name}`
  },
  videos: {
    search: "Search videos",
    cards: "Cards",
    compact: "List",
    view: "View",
    sort: "Sort",
    newest: "Newest first",
    oldest: "Oldest first",
    empty: "No videos yet",
    emptySteps: [
      "Drop a file on this page, or choose one.",
      "Runners take its jobs, one for each rendition. Their progress appears here.",
      "You can play the video as soon as the first rendition is ready."
    ],
    states: {
      Published: "Published",
      ToTranscode: "To transcode",
      TranscodingFailed: "Failed",
      ToEdit: "Editing",
      ToImport: "Captions only",
      WaitingForLive: "Waiting for live",
      LiveEnded: "Live ended"
    },
    onAir: "On air",
    live: "Live",
    preparing: "Preparing",
    waiting: "Waiting for a runner",
    waitingFor: (reason: string) => `Waiting for ${reason}`,
    playableWaiting: "Playable, more renditions wait for a runner",
    playable: (jobs: number) => `Playable; ${many(jobs, "job")} to go`,
    jobsDone: (done: number, all: number) => `${done} of ${many(all, "job")} done`,
    editWaiting: "Waiting for a runner to edit it",
    editing: "Editing",
    renditions: (count: number, size: string) => `${many(count, "rendition")}, ${size}`,
    progressive: (count: number) => many(count, "progressive file"),
    captionsIn: (labels: string) => `captions in ${labels}`,
    failedOf: (names: string) => `${names} failed`,
    replayFailed: "Ended, the replay failed",
    endedWithoutReplay: "Ended, without replay",
    onAirReplay: "On air, with replay",
    stopping: "Stopping the runner",
    waitingStream: "Waiting for the stream",
    audio: "Audio",
    liveOf: (when: string) => `Live of ${when}`,
    kinds: {
      "live-rtmp-hls-transcoding": "Live",
      "video-transcription": "Captions",
      "generate-video-storyboard": "Previews",
      "video-studio-transcoding": "Edit"
    } as Readonly<Record<string, string>>,
    progressOf: (name: string) => `Progress of ${name}`,
    overall: "Overall progress",
    firstPlayable: "first playable",
    remaining: (time: string) => `${time} left`,
    chunks: (done: number, all: number) => `${done} of ${all} chunks`,
    attempts: (count: number, failed: number) => `${many(count, "attempt")}${failed === 0 ? "" : `, ${failed} failed`}`,
    news: {
      captions: "has captions.",
      failed: "transcoding failed.",
      partly: "finished, but some jobs failed.",
      ready: "all renditions are ready.",
      playable: "can be played.",
      onAir: "The live is on air.",
      ended: "The live has ended."
    }
  },
  watch: {
    renditions: "Renditions",
    downloads: "Downloads",
    captionsFile: (label: string) => `Captions in ${label}`,
    automatic: "automatic",
    playlist: "HLS playlist",
    share: "Share",
    link: "Link",
    embed: "Embed code",
    details: "Details",
    acts: {
      ensure: "Make missing renditions",
      transcribe: "Request captions",
      stop: "Stop the live",
      cancel: "Cancel open jobs",
      retry: "Retry failed jobs",
      edit: "Edit…"
    },
    unavailable: "Not available",
    deleteTitle: "Delete this video?",
    deleteText: (name: string) => `${name} and all its renditions will be deleted. Unfinished jobs will be cancelled.`,
    deleteKeep: "Keep it",
    deleted: (name: string) => `${name} is deleted.`,
    gets: (name: string, count: number) =>
      count === 0 ? `${name} has all its renditions.` : `${name} gets ${many(count, "rendition")} more.`,
    getsCaptions: (name: string) => `${name} gets captions.`,
    isStopping: (name: string) => `${name} is being ended.`,
    retried: (name: string) => `${name} is tried again.`,
    cancelled: (name: string) => `The open jobs of ${name} are cancelled.`,
    notPlayable: "Nothing to play yet",
    loadFailed: "The video could not be loaded.",
    cannotPlay: "This browser cannot play the video.",
    upgrade: "Switch to the new version",
    replay: "Watch the replay",
    over: "The live has ended.",
    jobs: "All jobs of this video"
  },
  player: {
    label: "Player",
    latency: (seconds: string) => `${seconds} s behind`
  },
  edit: {
    title: (name: string) => `Edit ${name}`,
    replaces: "The result replaces the current video, and all renditions are made again.",
    into: "Save as a new video and keep this one",
    range: "Keep only this part",
    from: "from",
    to: "to",
    keeps: (part: string, whole: string) => `Keeps ${part} of ${whole}`,
    keys: "Arrow keys move a handle by a tenth of a second.",
    preview: "Play this part",
    watermark: "Watermark",
    intro: "Intro",
    outro: "Outro",
    submit: "Edit",
    nothing: "Choose at least one change.",
    sending: (percent: number) => `Sending, ${percent} %`,
    checking: "Checking …",
    requested: (name: string, asNew: boolean) => `${name} is being edited${asNew ? " into a new video" : ""}.`,
    handle: { start: "Start of the part", end: "End of the part" }
  },
  lives: {
    start: "Start a live…",
    title: "Start a live",
    intro:
      "A runner plays the stream from this URL and makes it watchable here. The stream must be on the air, and your runners and this server must reach it.",
    url: "RTMP URL",
    urlTitle: "a URL that begins with rtmp:// or rtmps://",
    urlHint: "The URL often allows broadcasting. Only the runner receives it, and this page does not keep it.",
    show: "Show the URL",
    replay: "Keep a replay",
    replayHint: "it becomes a video after the live",
    submit: "Start",
    empty: "No lives yet",
    emptyHint: "Start your encoder first, then enter the RTMP URL of its stream here."
  },
  jobs: {
    search: "Job id, type or runner",
    title: "Job",
    /** By the id of the state. */
    states: {
      1: "Pending",
      2: "Processing",
      9: "Completing",
      5: "Waiting for parent",
      3: "Completed",
      4: "Errored",
      7: "Parent failed",
      6: "Cancelled",
      8: "Parent cancelled"
    } as Readonly<Record<number, string>>,
    urgencies: { "1": "High", "0": "Normal", "-1": "Low" } as Readonly<Record<string, string>>,
    urgencyChanged: "The priority is changed.",
    ofVideo: "its jobs",
    allChunks: "All chunks",
    payload: "Payload",
    privatePayload: "Private payload",
    noAttempts: "No runner has taken this job yet.",
    empty: "No jobs yet",
    emptyHint: "A job is created for each rendition of an uploaded video.",
    at: "at work for",
    after: (outcome: string, time: string) => `${outcome} after ${time}`
  },
  runners: {
    search: "Search runners",
    perJob: (time: string, count: number) => `${time} a job, over the last ${count}`,
    online: "Online",
    offline: "Offline",
    paused: "Paused",
    draining: "Draining",
    quarantined: "Quarantined",
    until: (when: string) => `until ${when}`,
    trial: "One trial job",
    drain: "Drain",
    activate: "Activate",
    removeTitle: "Remove this runner?",
    removeText: (name: string) => `${name} gets no more jobs, and its current jobs are given to other runners.`,
    removed: (name: string) => `${name} is removed.`,
    saved: (name: string) => `${name} is changed.`,
    labelsHint: "Separated by spaces. Jobs with labels go only to runners that have all of them.",
    pauseHint: "A paused runner keeps its jobs and gets no new ones.",
    jobs: "Jobs of this runner",
    tokens: "Registration tokens",
    newToken: "New token…",
    noTokens: "No runner can register until you create a token.",
    maxUses: "Maximum uses",
    never: "never",
    unlimited: "unlimited",
    createToken: "Create a registration token",
    tokenIntro: "A runner registers with this token once. The token is shown only now.",
    create: "Create",
    commandPeertube: "The real peertube-runner",
    commandOurs: "The runner of this project",
    commandHint: "Run one of these on the machine that shall work. Start the server first.",
    deleteToken: "Delete this token?",
    deleteTokenText: (count: number) =>
      count === 0
        ? "No runner can register with it any more."
        : `${count === 1 ? "The runner" : `The ${count} runners`} that registered with it ${count === 1 ? "is" : "are"} removed, too. Their current jobs are given to other runners.`,
    empty: "No runners yet",
    guide: [
      "Create a registration token.",
      "Copy one of the two commands to the machine that shall work, and run it there.",
      "The runner appears here as soon as it has registered, and takes waiting jobs at once."
    ]
  },
  overview: {
    range: "Range",
    time: "Time",
    hour: "Hour",
    day: "Day",
    week: "Week",
    completed: "Completed",
    failed: "Failed",
    failureRate: "Failure rate",
    oldest: "Oldest waiting job",
    none: "none",
    busy: "Busy runners",
    ofRunners: (of: { readonly idle: number; readonly online: number; readonly total: number }) =>
      `${of.idle} idle, ${of.online} online of ${of.total}`,
    storage: "Storage used",
    inVideos: (count: number) => `by ${many(count, "video")}`,
    throughput: "Ended jobs",
    queue: "Queue",
    idleQueue: "No job is open.",
    chart: "Completed and failed jobs over time"
  },
  webhooks: {
    every: "all",
    typesHint: "All events, unless you choose some.",
    enabled: "Enabled",
    disabled: "Disabled",
    add: "Add an endpoint…",
    addTitle: "Add an endpoint",
    edit: "Change…",
    changeTitle: "Change the endpoint",
    addIntro: "The server sends signed requests to this URL (Standard Webhooks).",
    secret: "Signing secret",
    secretHint: "Copy it now. No other page shows it.",
    enable: "Enable",
    disable: "Disable",
    rotate: "New secret",
    replay: "Replay dead deliveries",
    replayOne: "Replay",
    replayOf: (type: string) => `Replay the delivery of ${type}`,
    replayed: (count: number) => `${many(count, "delivery")} pending again.`.replace("deliverys", "deliveries"),
    deliveries: "Deliveries",
    deleteTitle: "Delete this endpoint?",
    deleteText: "Its deliveries are deleted, too.",
    empty: "No endpoints",
    emptyHint: "An endpoint is a URL of your application that learns of playable videos and other events.",
    noDeliveries: "No deliveries."
  },
  settings: {
    intro: "The effective values of this server. They come from its environment and change at the next start.",
    secret: "hidden",
    unset: "unset",
    filter: "Filter settings",
    origins: { environment: "environment", default: "default" }
  },
  time: { now: "just now" }
}

export type Term = keyof typeof t.terms
