// A temporary folder for the log of one test, and ways to look at what is in it.
import { mkdtempSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { onTestFinished, vi } from 'vitest'
import type { ParsedLine } from '../../src/engines/engine.js'
import type { LogMatch } from '../../src/logs/read/read.js'
import { type LogRecord, parseRecord } from '../../src/logs/record.js'
import { type Log, type LogOptions, openLog } from '../../src/logs/write/log.js'

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'skyfly-logs-'))
  // Windows removes no folder with an open file in it: a reader closes its own a moment after it was told to end.
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 50, retryDelay: 20 }))
  return folder
}

/** A log that is closed when the test ends. */
export function testLog(options: Partial<LogOptions> & { readonly file: string }): Log {
  const log = openLog({ format: 'json', maxBytes: 1e9, maxFiles: 5, parseLine, ...options })
  onTestFinished(() => log.close())
  return log
}

/** Like the engines: `I file.cc:1] text`, `W ...` or `E ...`. */
function parseLine(line: string): ParsedLine | undefined {
  const [, letter, at, msg] = /^([IWE]) ([^\]]+)\] (.*)$/s.exec(line) ?? []
  if (at === undefined || msg === undefined) return undefined
  return { level: letter === 'E' ? 'error' : letter === 'W' ? 'warn' : 'info', msg, at }
}

/** Content of the whole log, oldest file first. */
export function contentOf(folder: string, name = 'a.log'): string {
  const numberOf = (file: string) => Number(/\.(\d+)(?:\.gz)?$/.exec(file)?.[1] ?? 0)
  return readdirSync(folder)
    .filter(file => file.startsWith(name))
    .sort((a, b) => numberOf(b) - numberOf(a))
    .map(file => readFileSync(join(folder, file)))
    .map(bytes => String(bytes[0] === 0x1f ? gunzipSync(bytes) : bytes))
    .join('')
}

export function recordsIn(content: string): LogRecord[] {
  return content
    .split('\n')
    .slice(0, -1)
    .map(line => parseRecord(line) ?? fail(line))
}

export const sizeOf = (path: string): number => statSync(path).size

export async function collect(batches: AsyncIterable<readonly LogMatch[]>): Promise<string[]> {
  const found: string[] = []
  for await (const batch of batches) for (const { line, record } of batch) found.push(record?.msg ?? line)
  return found
}

/** Numbered lines as a server prints them. */
export function numbered(from: number, to: number): Buffer {
  return Buffer.from(Array.from({ length: to - from }, (_, index) => `line ${from + index}\n`).join(''))
}

export function numberedMessages(from: number, to: number): string[] {
  return String(numbered(from, to)).split('\n').slice(0, -1)
}

/** Polls until it is so. Vitest's own limit of a second is too short for a busy machine. */
export async function until(isSo: () => boolean): Promise<void> {
  await vi.waitUntil(isSo, { timeout: 20_000, interval: 5 })
}

function fail(line: string): never {
  throw new Error(`not a record: ${line}`)
}
