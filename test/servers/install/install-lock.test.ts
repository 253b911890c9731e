import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SkyflyError } from '../../../src/errors.js'
import { isHeld, type LockInput, withInstallLock } from '../../../src/servers/install/install-lock.js'
import { ownIdentity, processIdentity, processSpace } from '../../../src/system/processes.js'

const POLICY = { pollMs: 2, heartbeatMs: 5, staleMs: 60, namelessMs: 40 }
/** A holder that cannot be asked is not given up in the time of a test. */
const PATIENT = { ...POLICY, staleMs: 600_000, namelessMs: 600_000 }
const ELSEWHERE = 'build-7 pid:[4026531836]'

describe('withInstallLock', () => {
  let folder: string
  let file: string
  const children: ChildProcess[] = []
  const startedAt = new Map<number, Date>()
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skyfly-install-lock-'))
    file = join(folder, 'dragonfly-1.40.1-linux-x64.lock')
  })
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
    rmSync(folder, { recursive: true })
  })

  const locked = <T>(work: (signal: AbortSignal) => Promise<T>, more: Partial<LockInput> = {}) =>
    withInstallLock({ file, what: 'dragonfly 1.40.1', onWait: () => {}, policy: POLICY, ...more }, work)

  /** A process that does nothing until it is killed. */
  const child = async () => {
    const idle = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6); console.log("ready")'])
    children.push(idle)
    startedAt.set(Number(idle.pid), new Date())
    await once(idle.stdout, 'data')
    return idle
  }
  const pidOf = ({ pid }: ChildProcess) => Number(pid)
  const end = async (idle: ChildProcess) => {
    const gone = once(idle, 'exit')
    idle.kill('SIGKILL')
    await gone
  }
  const hold = (more: { pid?: number; identity?: string | null; space?: string; token?: string } = {}) => {
    const pid = more.pid ?? process.pid
    const identity =
      (pid === process.pid ? ownIdentity() : processIdentity(pid, startedAt.get(pid) ?? new Date())) ?? null
    const since = new Date(2026, 0, 21, 10, 31, 5).toISOString()
    writeFileSync(file, JSON.stringify({ pid, identity, space: processSpace(), since, token: 'x', ...more }))
  }
  /** Waits until the waiter was told who holds the lock. */
  const waiting = (work: () => Promise<string>, more: Partial<LockInput> = {}) => {
    const told: string[] = []
    const { promise, resolve } = withResolvers<string>()
    const onWait = (holder: string) => {
      told.push(holder)
      resolve(holder)
    }
    return { done: locked(work, { policy: PATIENT, ...more, onWait }), holder: promise, told }
  }

  it('does the work, gives what it gives, and leaves nothing', async () => {
    expect(
      await locked(async () => {
        expect(readdirSync(folder)).toEqual(['dragonfly-1.40.1-linux-x64.lock'])
        return 42
      }),
    ).toBe(42)
    expect(readdirSync(folder)).toEqual([])
  })

  it('is released when the work fails', async () => {
    await expect(locked(() => Promise.reject(new Error('no network')))).rejects.toThrow('no network')
    expect(readdirSync(folder)).toEqual([])
  })

  it('says in its file who holds it', async () => {
    await locked(async () => {
      const { since, token, ...who } = JSON.parse(readFileSync(file, 'utf8'))
      expect(who).toEqual({ pid: process.pid, identity: ownIdentity(), space: processSpace() })
      expect(Math.abs(Date.parse(since) - Date.now())).toBeLessThan(60_000)
      expect(token).toMatch(/^[\da-f-]{36}$/)
    })
  })

  it('lets twenty contenders through one at a time', async () => {
    let inside = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, ++inside)
      await new Promise(setImmediate)
      await pause(1)
      inside--
      return 'done'
    }
    expect(await Promise.all(Array.from({ length: 20 }, () => locked(work)))).toEqual(Array(20).fill('done'))
    expect(most).toBe(1)
    expect(readdirSync(folder)).toEqual([])
  })

  it('lets twenty contenders through one at a time when the first of them find a dead holder', async () => {
    const idle = await child()
    for (let round = 0; round < 10; round++) {
      hold({ pid: pidOf(idle), identity: 'another boot:1' })
      let inside = 0
      let most = 0
      const work = async () => {
        most = Math.max(most, ++inside)
        await new Promise(setImmediate)
        inside--
      }
      await Promise.all(Array.from({ length: 20 }, () => locked(work)))
      expect(most).toBe(1)
      expect(readdirSync(folder)).toEqual([])
    }
  })

  it('waits for a living process, names it once, and goes on when it is done', async () => {
    const idle = await child()
    hold({ pid: pidOf(idle) })
    let looks = 0
    const { promise: polled, resolve } = withResolvers<void>()
    const isDone = () => {
      if (++looks === 5) resolve()
      return false
    }
    const waiter = waiting(async () => 'mine', { isDone })
    expect(await waiter.holder).toBe(`skyfly (pid ${idle.pid}, since 10:31:05)`)
    await polled
    expect(waiter.told).toHaveLength(1)
    rmSync(file)
    expect(await waiter.done).toBe('mine')
  })

  it('names each holder that it waits for', async () => {
    const idle = await child()
    hold({ pid: pidOf(idle), token: 'first' })
    const { promise: second, resolve } = withResolvers<string>()
    const done = locked(async () => 'mine', {
      policy: PATIENT,
      onWait: holder => {
        if (holder.includes(`pid ${idle.pid},`)) hold({ token: 'second' })
        else resolve(holder)
      },
    })
    expect(await second).toContain(`skyfly (pid ${process.pid}, since`)
    rmSync(file)
    await done
  })

  it.each([
    [ELSEWHERE, ' on build-7'],
    [`${processSpace().split(' ')[0]} pid:[1]`, ' in another container'],
  ])('says where a holder of %s is', async (space, where) => {
    hold({ space })
    const waiter = waiting(async () => 'mine')
    expect(await waiter.holder).toBe(`skyfly (pid ${process.pid}, since 10:31:05)${where}`)
    rmSync(file)
    await waiter.done
  })

  it('takes over at once from a process that was killed', async () => {
    const idle = await child()
    hold({ pid: pidOf(idle) })
    const waiter = waiting(async () => 'mine')
    await waiter.holder
    await end(idle)
    expect(await waiter.done).toBe('mine')
    expect(readdirSync(folder)).toEqual([])
  })

  it('takes over at once from a process whose PID is another one now', async () => {
    hold({ identity: 'another boot:1' })
    const told: string[] = []
    expect(await locked(async () => 'mine', { policy: PATIENT, onWait: who => told.push(who) })).toBe('mine')
    expect(told).toEqual([])
  })

  it.each([
    ['on another host', { space: ELSEWHERE, pid: 1 }],
    ['of a system that tells no start times', { identity: null }],
  ])('takes over from a holder %s that gives no sign of life', async (_, holder) => {
    hold(holder)
    const waiter = waiting(async () => 'mine', { policy: POLICY })
    await waiter.holder
    expect(await waiter.done).toBe('mine')
    expect(readdirSync(folder)).toEqual([])
  })

  it('waits for a holder on another host as long as its file changes, whatever its clock says', async () => {
    hold({ space: ELSEWHERE })
    let beats = 0
    const { promise: beaten, resolve } = withResolvers<void>()
    // A beat at each look of the waiter: however slow this machine is, the file is never unchanged for two looks.
    const isDone = () => {
      utimesSync(file, new Date(0), new Date(++beats * 1_000))
      if (beats === 30) resolve()
      return false
    }
    let ran = false
    const controller = new AbortController()
    const waiter = waiting(
      async () => {
        ran = true
        return 'mine'
      },
      { isDone, signal: controller.signal, policy: { ...POLICY, pollMs: 5 } },
    )
    await beaten
    expect(ran).toBe(false)
    controller.abort(new Error('enough'))
    await expect(waiter.done).rejects.toThrow('enough')
  })

  it('shows that it lives, so that waiters on another host wait', async () => {
    await locked(async () => {
      utimesSync(file, new Date(0), new Date(0))
      while (statSync(file).mtimeMs === 0) await pause(1)
      expect(Math.abs(statSync(file).mtimeMs - Date.now())).toBeLessThan(60_000)
    })
  })

  it.each([
    ['is empty', ''],
    ['breaks off', '{"pid":4711,"ident'],
    ['is of another kind', '[]'],
    ['would do things to a terminal', JSON.stringify({ pid: 1, since: '', token: '', space: '\x1b[2J' })],
  ])('takes over a lock that %s, without a word', async (_, text) => {
    writeFileSync(file, text)
    const told: string[] = []
    const policy = { ...PATIENT, namelessMs: 10 }
    expect(await locked(async () => 'mine', { policy, onWait: who => told.push(who) })).toBe('mine')
    expect(told).toEqual([])
    expect(readdirSync(folder)).toEqual([])
  })

  it('does not wait for ever for a link that leads nowhere', async () => {
    symlinkSync(join(folder, 'nowhere'), file)
    expect(await locked(async () => 'mine')).toBe('mine')
    expect(readdirSync(folder)).toEqual([])
  })

  it('leaves an empty lock alone for a while: its holder is about to write who it is', async () => {
    writeFileSync(file, '')
    let looks = 0
    const isDone = () => {
      if (++looks === 5) hold()
      return false
    }
    const waiter = waiting(async () => 'mine', { isDone })
    expect(await waiter.holder).toContain(`pid ${process.pid}`)
    rmSync(file)
    await waiter.done
  })

  it('goes on without the lock when what it waits for is there', async () => {
    const idle = await child()
    hold({ pid: pidOf(idle) })
    let isDone = false
    const waiter = waiting(async () => 'seen', { isDone: async () => isDone })
    await waiter.holder
    isDone = true
    expect(await waiter.done).toBe('seen')
    expect(JSON.parse(readFileSync(file, 'utf8')).pid).toBe(idle.pid)
  })

  it('leaves the lock of a process that took it for dead', async () => {
    await locked(async () => hold({ token: 'of another' }))
    expect(JSON.parse(readFileSync(file, 'utf8')).token).toBe('of another')
  })

  it('rejects a waiter with the reason of its signal, and leaves nothing of it', async () => {
    const idle = await child()
    hold({ pid: pidOf(idle) })
    const controller = new AbortController()
    const reason = new Error('Ctrl-C')
    const waiter = waiting(async () => 'mine', {
      signal: controller.signal,
      policy: { ...PATIENT, pollMs: 600_000 },
    })
    await waiter.holder
    controller.abort(reason)
    await expect(waiter.done).rejects.toBe(reason)
    expect(readdirSync(folder)).toEqual(['dragonfly-1.40.1-linux-x64.lock'])
    expect(JSON.parse(readFileSync(file, 'utf8')).pid).toBe(idle.pid)
  })

  it('hands its signal to the work, and is released when that obeys', async () => {
    const controller = new AbortController()
    const reason = new Error('Ctrl-C')
    const done = locked(
      async signal => {
        controller.abort(reason)
        signal.throwIfAborted()
      },
      { signal: controller.signal },
    )
    await expect(done).rejects.toBe(reason)
    expect(existsSync(file)).toBe(false)
  })

  it('does not begin when it was aborted before', async () => {
    const reason = new Error('Ctrl-C')
    let ran = false
    const work = async () => {
      ran = true
    }
    await expect(locked(work, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(ran).toBe(false)
  })

  it('does not begin when it is aborted while it looks whether all is done', async () => {
    hold()
    const controller = new AbortController()
    const isDone = () => {
      controller.abort(new Error('Ctrl-C'))
      return true
    }
    let ran = false
    const work = async () => {
      ran = true
    }
    await expect(locked(work, { isDone, signal: controller.signal })).rejects.toThrow('Ctrl-C')
    expect(ran).toBe(false)
  })

  it.each([
    ['is missing', () => rmSync(folder, { recursive: true }), 'ENOENT'],
    [
      'is a file',
      () => {
        rmSync(folder, { recursive: true })
        writeFileSync(folder, '')
      },
      '(?:ENOTDIR|ENOENT)',
    ],
  ])('says so when the cache folder %s', async (_, spoil, code) => {
    spoil()
    const error = await locked(async () => {}).catch((reason: unknown) => reason)
    rmSync(folder, { force: true })
    mkdirSync(folder)
    if (!(error instanceof SkyflyError)) throw error
    expect(error.code).toBe('download')
    expect(error.message).toContain(`the cache ${folder} cannot be written: `)
    expect(error.message).toMatch(new RegExp(`written: ${code}`))
    expect(error.hint).toBe('use another folder: SKYFLY_CACHE_DIR=FOLDER')
  })

  describe('isHeld', () => {
    const old = () => utimesSync(file, new Date(Date.now() - 61_000), new Date(Date.now() - 61_000))

    it('is false without a lock', () => {
      expect(isHeld(file)).toBe(false)
    })

    it('is true while the work goes on', async () => {
      expect(await locked(async () => isHeld(file))).toBe(true)
    })

    it('is true for a living process of this host, however old its lock is', () => {
      hold()
      old()
      expect(isHeld(file)).toBe(true)
    })

    it('is false once that process is gone', async () => {
      const idle = await child()
      hold({ pid: pidOf(idle) })
      expect(isHeld(file)).toBe(true)
      await end(idle)
      expect(isHeld(file)).toBe(false)
    })

    it('is true for another host until there was no sign of life for a minute', () => {
      hold({ space: ELSEWHERE })
      expect(isHeld(file)).toBe(true)
      old()
      expect(isHeld(file)).toBe(false)
    })

    it('is true for a lock without a name only while it is new', () => {
      writeFileSync(file, '')
      expect(isHeld(file)).toBe(true)
      old()
      expect(isHeld(file)).toBe(false)
    })
  })
})

/** Promise.withResolvers is not in Node 20. */
function withResolvers<T>() {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>(keep => {
    resolve = keep
  })
  return { promise, resolve }
}
