// What an installation tells while it goes on. Nothing here prints: the command line shows it, a program may ignore it.

export type InstallEvent =
  /** Something is about to be fetched: from now to `end` there is a lock to give back, and a folder to remove. */
  | { readonly kind: 'begin' | 'end'; readonly what: string }
  /** Another process installs the same; told once for each holder. */
  | { readonly kind: 'waiting'; readonly what: string; readonly holder: string }
  /** Told for every chunk. */
  | {
      readonly kind: 'downloading'
      /** `dragonfly 1.40.1` */
      readonly what: string
      /** Host that is asked: `github.com` */
      readonly from: string
      readonly receivedBytes: number
      /** Undefined: the server does not tell. */
      readonly totalBytes: number | undefined
    }
  | { readonly kind: 'retrying'; readonly reason: string; readonly inMs: number }
  | { readonly kind: 'unpacking'; readonly what: string }
  | {
      readonly kind: 'installed'
      readonly what: string
      /** Of the program. */
      readonly path: string
      /** That were received. */
      readonly bytes: number
      readonly tookMs: number
    }
  /** Something to know, a sentence without a full stop. */
  | { readonly kind: 'note'; readonly text: string }

export type OnInstall = (event: InstallEvent) => void
