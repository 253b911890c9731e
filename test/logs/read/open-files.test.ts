import { existsSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { closeFiles, newerThan, type OpenFile, openFiles } from '../../../src/logs/read/open-files.js'
import { temporaryFolder } from '../folder.js'

/** Files that are closed when the test ends, as their numbers. */
function opened(files: OpenFile[]): OpenFile[] {
  onTestFinished(() => closeFiles(files))
  return files
}

const numbers = (files: readonly OpenFile[]) => files.map(({ number }) => number)

/** A current file and three rotated ones, all of the same moment, as after a flood. */
function writeLog(): string {
  const file = join(temporaryFolder(), 'a.log')
  const names = ['', '.1', '.2', '.3']
  for (const [number, suffix] of names.entries()) {
    writeFileSync(file + suffix, `file ${9 - number}\n`)
    utimesSync(file + suffix, 1_000_000, 1_000_000)
  }
  return file
}

/** As a rotation does it. */
function rotate(file: string): void {
  // Never over another one: it may be open, and Windows does not replace an open file.
  for (const number of [4, 3, 2, 1])
    if (existsSync(`${file}.${number}`)) renameSync(`${file}.${number}`, `${file}.${number + 1}`)
  renameSync(file, `${file}.1`)
  writeFileSync(file, 'file 10\n')
}

function compress(file: string, number: number): void {
  const plain = `${file}.${number}`
  writeFileSync(`${plain}.gz`, gzipSync(readFileSync(plain)))
  utimesSync(`${plain}.gz`, statSync(plain).mtime, statSync(plain).mtime)
  rmSync(plain)
}

describe('the files of a log', () => {
  it('are opened newest first', () => {
    expect(numbers(opened(openFiles(writeLog())))).toEqual([0, 1, 2, 3])
  })

  it('are none where there is nothing', () => {
    expect(openFiles(join(temporaryFolder(), 'a.log'))).toEqual([])
  })
})

describe('the files that were begun after a known one', () => {
  const cases: [string, (file: string) => void, number[]][] = [
    ['nothing happened', () => {}, []],
    ['it was rotated', rotate, [0]],
    [
      'it was rotated twice',
      file => {
        rotate(file)
        rotate(file)
      },
      [1, 0],
    ],
    [
      'it was rotated twice and compressed',
      file => {
        rotate(file)
        rotate(file)
        compress(file, 2)
      },
      [1, 0],
    ],
    [
      'it was deleted, and there are only older ones',
      file => {
        rotate(file)
        rmSync(`${file}.1`)
        for (const number of [2, 3, 4]) utimesSync(`${file}.${number}`, 1, 1)
      },
      [0],
    ],
  ]
  it.each(cases)('when %s', (_, happens, expected) => {
    const file = writeLog()
    const [known] = opened(openFiles(file))
    happens(file)
    expect(numbers(opened(newerThan(file, known)))).toEqual(expected)
  })

  it('are all of them where none is known', () => {
    expect(numbers(opened(newerThan(writeLog(), undefined)))).toEqual([3, 2, 1, 0])
  })
})
