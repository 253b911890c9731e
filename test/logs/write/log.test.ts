import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { LogConsole } from '../../../src/logs/write/console.js'
import { contentOf, numbered, numberedMessages, recordsIn, temporaryFolder, testLog } from '../folder.js'

function testConsole(colour = false): LogConsole & { readonly shown: string[] } {
  const shown: string[] = []
  return { shown, colour, write: text => void shown.push(text), flush: async () => {}, close: () => {} }
}

describe('the log', () => {
  it('has the lines of both streams and the events as records, in the order they came', () => {
    const folder = temporaryFolder()
    const before = new Date().toISOString()
    const log = testLog({ file: join(folder, 'new', 'a.log') })
    log.event('info', 'starting')
    log.write('stderr', Buffer.from('W dfly_main.cc:7] careful\nno prefix\n'))
    log.write('stdout', Buffer.from('E x.cc:1] "bad"\r\n'))
    log.event('warn', 'stopping')
    const records = recordsIn(contentOf(join(folder, 'new')))
    expect(records.map(({ time, ...rest }) => rest)).toEqual([
      { level: 'info', source: 'skyfly', msg: 'starting' },
      { level: 'warn', source: 'server', msg: 'careful', at: 'dfly_main.cc:7' },
      { level: 'info', source: 'server', msg: 'no prefix' },
      { level: 'error', source: 'server', msg: '"bad"', at: 'x.cc:1' },
      { level: 'warn', source: 'skyfly', msg: 'stopping' },
    ])
    const times = [before, ...records.map(({ time }) => time), new Date().toISOString()]
    expect(times).toEqual(times.toSorted())
  })

  it('does not mix half lines of the two streams, and takes the last ones when the server has ended', () => {
    const folder = temporaryFolder()
    const log = testLog({ file: join(folder, 'a.log') })
    log.write('stdout', Buffer.from('out'))
    log.write('stderr', Buffer.from('err'))
    log.write('stdout', Buffer.from('put\nlast'))
    log.endOfOutput()
    expect(recordsIn(contentOf(folder)).map(({ msg }) => msg)).toEqual(['output', 'last', 'err'])
  })

  it('takes the last half line when it is closed, and nothing afterwards', () => {
    const folder = temporaryFolder()
    const log = testLog({ file: join(folder, 'a.log') })
    log.write('stdout', Buffer.from('last'))
    log.close()
    log.event('info', 'too late')
    expect(recordsIn(contentOf(folder)).map(({ msg }) => msg)).toEqual(['last'])
  })

  it('is on the console as text, coloured by level if the console is', () => {
    const console = testConsole(true)
    const log = testLog({ file: join(temporaryFolder(), 'a.log'), console })
    log.write('stdout', Buffer.from('I a.cc:1] good\nW a.cc:1] careful\n'))
    log.event('error', 'gone')
    expect(console.shown.join('').replace(/\[[\d: -]+\]/g, '[time]')).toBe(
      '[time] good\n\u001b[33m[time] careful\u001b[0m\n\u001b[31m[time] gone\u001b[0m\n',
    )
  })

  it('is text in the file too, without colours, if told so', () => {
    const folder = temporaryFolder()
    const log = testLog({ file: join(folder, 'a.log'), format: 'text', console: testConsole(true) })
    log.write('stdout', Buffer.from('E a.cc:1] \u001b[31mred\u001b[m\n'))
    expect(contentOf(folder)).toMatch(/^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] red\n$/)
  })

  it('keeps all of a large chunk in order', () => {
    const folder = temporaryFolder()
    const console = testConsole()
    const log = testLog({ file: join(folder, 'a.log'), console })
    log.write('stdout', numbered(0, 20_000))
    expect(recordsIn(contentOf(folder)).map(({ msg }) => msg)).toEqual(numberedMessages(0, 20_000))
    expect(console.shown.join('').match(/line \d+/g)).toEqual(numberedMessages(0, 20_000))
  })
})

describe('the recent lines', () => {
  it('are the raw lines of the server, newest last, as many as asked for', () => {
    const log = testLog({ file: join(temporaryFolder(), 'a.log') })
    log.write('stdout', Buffer.from('I a.cc:1] one\n'))
    log.write('stderr', Buffer.from('two\nthree\n'))
    log.event('info', 'not of the server')
    expect(log.recent(2)).toEqual(['two', 'three'])
    expect(log.recent(10)).toEqual(['I a.cc:1] one', 'two', 'three'])
    expect(log.recent(0)).toEqual([])
  })

  it('begin anew at a mark, and are at most 64', () => {
    const log = testLog({ file: join(temporaryFolder(), 'a.log') })
    log.write('stdout', numbered(0, 10))
    log.mark()
    expect(log.recent(10)).toEqual([])
    log.write('stdout', numbered(10, 40))
    expect(log.recent(100)).toEqual(numberedMessages(10, 40))
    log.write('stdout', numbered(40, 200))
    log.write('stdout', numbered(200, 201))
    expect(log.recent(100)).toEqual(numberedMessages(137, 201))
  })
})

describe('a listener', () => {
  it('gets the raw lines of the server while it listens', () => {
    const log = testLog({ file: join(temporaryFolder(), 'a.log') })
    const heard: string[] = []
    log.write('stdout', Buffer.from('before\n'))
    const unlisten = log.onLine(line => heard.push(line))
    log.write('stdout', Buffer.from('W a.cc:1] one\ntw'))
    log.write('stdout', Buffer.from('o\n'))
    unlisten()
    log.write('stdout', Buffer.from('after\n'))
    expect(heard).toEqual(['W a.cc:1] one', 'two'])
  })
})
