// Hashes: fields and their values.
import type { Row } from './command.js'

export class HashValue extends Map<string, string> {
  readonly type = 'hash'
}

export const HASHES: readonly Row[] = []
