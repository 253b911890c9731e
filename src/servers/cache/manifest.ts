// The manifest: what is recorded about a server program in the cache, in a file beside it.
import { statSync } from 'node:fs'
import { ENGINE_NAMES } from '../../config/config.js'
import { VERSION_PATTERN } from '../../config/kinds.js'
import type { StoredFile } from '../archive/entry-extractor.js'
import { type EntryId, TARGET } from './entry-id.js'
import { isInnerPath } from './inner-path.js'

export const MANIFEST_FORMAT = 1
export const MANIFEST_FILE = 'manifest.json'

const VERIFIED_BY = ['skyfly', 'skyfly.lock', 'github', 'nobody'] as const
/** Whose checksum the archive was verified by; `nobody`: the user took it without one. */
export type VerifiedBy = (typeof VERIFIED_BY)[number]

export interface Manifest extends EntryId {
  readonly format: typeof MANIFEST_FORMAT
  /** Its path in the folder, separated by `/`. */
  readonly program: string
  /** Of the program, in hex. */
  readonly sha256: string
  /** Of the program. */
  readonly bytes: number
  /** What the program needs beside it. @default nothing */
  readonly files?: readonly StoredFile[]
  /** URL or file that it came from, without credentials. */
  readonly source: string
  /** Of the file that was downloaded or given, in hex. */
  readonly archiveSha256: string
  readonly verifiedBy: VerifiedBy
  /** The version that it reported; null: none. */
  readonly reportedVersion: string | null
  /** Flags that its help lists, without dashes; null: it was not asked, or lists none. */
  readonly flags: readonly string[] | null
  /** ISO 8601. */
  readonly installedAt: string
  readonly stamp: Stamp
}

/** The program's file when it was last hashed. Any change of the file changes one of these. */
export interface Stamp {
  readonly bytes: number
  readonly mtimeMs: number
  readonly ctimeMs: number
  readonly ino: number
}

/** `newer`: the format, written by a newer skyfly; `garbage`: what is wrong with it. */
export type ParsedManifest =
  | { readonly manifest: Manifest }
  | { readonly newer: number }
  | { readonly garbage: string }

/** Checks every field: the manifest may have come with a restored or copied cache. */
export function parseManifest(text: string): ParsedManifest {
  const recorded = parseJson(text)
  if (!isObject(recorded)) return { garbage: 'its manifest is no JSON object' }
  // The older name of that key.
  const { vouchedBy, ...rest } = recorded
  const value: Record<string, unknown> = { verifiedBy: vouchedBy, ...rest }
  const { format } = value
  if (typeof format === 'number' && format > MANIFEST_FORMAT) return { newer: format }
  const bad = Object.entries(FIELDS).find(([name, isValid]) => !isValid(value[name]))?.[0]
  return bad === undefined
    ? { manifest: value as unknown as Manifest }
    : { garbage: `its manifest has no valid ${bad}` }
}

export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`
}

export function stampOf(path: string): Stamp {
  const { size, mtimeMs, ctimeMs, ino } = statSync(path)
  return { bytes: size, mtimeMs, ctimeMs, ino }
}

const matches = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value)
const oneOf = (values: readonly unknown[]) => (value: unknown) => values.includes(value)
const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) > 0
const isVersion = matches(VERSION_PATTERN)
const isSha256 = matches(/^[\da-f]{64}$/)
// It is joined to the folder's path and run.
const isOwnPath = (value: unknown) =>
  typeof value === 'string' && isInnerPath(value) && value !== MANIFEST_FILE

const FIELDS: Readonly<Record<keyof Manifest, (value: unknown) => boolean>> = {
  format: oneOf([MANIFEST_FORMAT]),
  engine: oneOf(ENGINE_NAMES),
  version: isVersion,
  target: matches(TARGET),
  program: isOwnPath,
  sha256: isSha256,
  bytes: isCount,
  files: value => value === undefined || (Array.isArray(value) && value.every(isStoredFile)),
  // It is shown on terminals.
  source: matches(/^[^\u0000-\u001f\u007f-\u009f]+$/),
  archiveSha256: isSha256,
  verifiedBy: oneOf(VERIFIED_BY),
  reportedVersion: value => value === null || isVersion(value),
  flags: value => value === null || (Array.isArray(value) && value.every(matches(/^\w[\w-]*$/))),
  installedAt: value => matches(/^\d{4}-\d\d-\d\dT/)(value) && !Number.isNaN(Date.parse(String(value))),
  stamp: isStamp,
}

function isStoredFile(value: unknown): boolean {
  return (
    isObject(value) &&
    isOwnPath(value.name) &&
    isSha256(value.sha256) &&
    Number.isSafeInteger(value.bytes) &&
    Number(value.bytes) >= 0
  )
}

function isStamp(value: unknown): boolean {
  return (
    isObject(value) &&
    [value.bytes, value.mtimeMs, value.ctimeMs, value.ino].every(part => Number.isFinite(part))
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Cut off, or not ours: treated like any other value that is not a manifest.
    return undefined
  }
}
