// What an installation reports while it goes on. Nothing here prints: the command line shows it, a program
// may ignore it.

export type InstallEvent =
  /** An installation is about to begin: until `end` there is a lock to release and a folder to remove. */
  | { readonly kind: 'begin' | 'end'; readonly what: string }
  /** Another process installs the same; reported once for each such process. */
  | { readonly kind: 'waiting'; readonly what: string; readonly holder: string }
  /** Reported for every chunk. */
  | {
      readonly kind: 'downloading'
      /** `dragonfly 1.40.1` */
      readonly what: string
      /** The host: `github.com` */
      readonly from: string
      readonly receivedBytes: number
      /** Undefined: the server does not say. */
      readonly totalBytes: number | undefined
    }
  | { readonly kind: 'retrying'; readonly reason: string; readonly inMs: number }
  | { readonly kind: 'unpacking'; readonly what: string }
  | {
      readonly kind: 'installed'
      readonly what: string
      /** Of the program. */
      readonly path: string
      /** Received, of the archive. */
      readonly bytes: number
      readonly tookMs: number
    }
  /** Something to know, a sentence without a full stop. */
  | { readonly kind: 'note'; readonly text: string }

export type OnInstall = (event: InstallEvent) => void
