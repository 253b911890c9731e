import { describe, expect, it } from 'vitest'
import { type AnnouncedServer, type Announcement, announce } from '../../../src/supervisor/run/announce.js'
import { type LifecycleState, NOT_STARTED } from '../../../src/supervisor/run/lifecycle-state.js'

const SERVER: AnnouncedServer = {
  server: 'redis 7.0.15',
  address: '127.0.0.1:6379',
  pid: 4711,
  readyMs: 212,
  lastExit: { code: 3, signal: null, at: '2026-01-21T10:30:00.000Z', reason: 'exited with code 3' },
}

const rows: readonly {
  title: string
  before: Partial<LifecycleState>
  after: Partial<LifecycleState>
  says: Announcement | undefined
}[] = [
  {
    title: 'is ready',
    before: { state: 'starting' },
    after: { state: 'running' },
    says: { level: 'info', text: 'redis 7.0.15 ready on 127.0.0.1:6379 in 212 ms (pid 4711)' },
  },
  {
    title: 'is asked to stop',
    before: { state: 'running' },
    after: { state: 'stopping', goal: 'stopped' },
    says: { level: 'info', text: 'stopping redis 7.0.15 (pid 4711)' },
  },
  {
    title: 'is not ready in time',
    before: { state: 'starting' },
    after: { state: 'stopping', goal: 'not-ready' },
    says: { level: 'warn', text: 'not ready in time: stopping redis 7.0.15 (pid 4711)' },
  },
  {
    title: 'no longer answers',
    before: { state: 'running' },
    after: { state: 'stopping', goal: 'restart' },
    says: { level: 'warn', text: 'it no longer answers: stopping redis 7.0.15 (pid 4711)' },
  },
  {
    title: 'crashed, and is started again at once',
    before: { state: 'running' },
    after: { state: 'starting', restarts: 1 },
    says: { level: 'error', text: 'redis 7.0.15 exited with code 3; starting it again (restart 1)' },
  },
  {
    title: 'crashed again, and is started after a pause',
    before: { state: 'running', restarts: 1 },
    after: { state: 'backoff', restarts: 2 },
    says: {
      level: 'error',
      text: 'redis 7.0.15 exited with code 3; starting it again after a pause (restart 2)',
    },
  },
  {
    title: 'ended by itself',
    before: { state: 'running' },
    after: { state: 'stopped' },
    says: { level: 'info', text: 'redis 7.0.15 ended by itself: exited with code 3' },
  },
  {
    title: 'goes on running after it refused to stop',
    before: { state: 'stopping' },
    after: { state: 'running' },
    says: undefined,
  },
  {
    title: 'was stopped',
    before: { state: 'stopping' },
    after: { state: 'stopped' },
    says: undefined,
  },
]

describe('what the log says of a server that', () => {
  it.each(rows)('$title', ({ before, after, says }) => {
    expect(announce({ ...NOT_STARTED, ...before }, { ...NOT_STARTED, ...after }, SERVER)).toEqual(says)
  })
})
