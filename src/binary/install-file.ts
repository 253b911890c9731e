// Getting a file of the user's own into the cache: the archive of a release, carried to where there is no network, or a program.
import { chmodSync, closeSync, copyFileSync, openSync, readSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { EngineName } from '../config/config.js'
import { RELEASES } from '../engines/releases.js'
import { ENGINES } from '../engines/table.js'
import { SkyflyError } from '../errors.js'
import type { Target } from '../platform.js'
import type { Entry } from './cache.js'
import { complete, selfCheck } from './complete.js'
import { sha256Of } from './hash.js'
import type { InstallContext } from './install.js'
import { withInstallLock } from './install-lock.js'
import { fault } from './path.js'
import type { Pin } from './pins.js'
import { nameOf } from './release.js'
import type { Unpacked } from './unpack.js'
import { knownSum, type Vouched } from './vouch.js'
import { releaseFor } from './wanted.js'

export interface FileInput {
  readonly engine: EngineName
  /** What the user says it is; undefined: it is found out. */
  readonly version: string | undefined
  readonly target: Target
  readonly pin: Pin | undefined
}

/** Of a build whose version only the program itself can tell. */
const UNKNOWN_VERSION = '0.0'

/**
 * A release that skyfly or skyfly.lock knows must have their checksum; anything else is taken at the user's word, and said so.
 * @throws SkyflyError `usage` where the file is not there, `download` where it is not what it should be
 */
export async function installFile(file: string, input: FileInput, context: InstallContext): Promise<Entry> {
  const sha256 = await hashOf(file)
  const { engine, target } = input
  const found = await RELEASES[engine]?.bySha256(sha256)
  const version = input.version ?? found?.version
  const vouched = await vouchedFor({ ...input, version }, { file, sha256, context })
  const { cache, onEvent, signal } = context
  const id = { engine, target, version: version ?? UNKNOWN_VERSION }
  const what = version === undefined ? engine : nameOf(id)
  onEvent({ kind: 'begin', what })
  try {
    cache.makeFolder()
    const onWait = (holder: string) => onEvent({ kind: 'waiting', what, holder })
    return await withInstallLock({ file: cache.lockFile(id), what, signal, onWait }, async () => {
      await cache.sweep(id)
      const stage = cache.stage(id)
      try {
        const program = programOf(input)
        const unpacked = await putInto(stage, program, { file, sha256, engine, signal })
        const probed = await selfCheck(
          join(stage, program),
          engine,
          `${file}, taken for ${what},`,
          context.env,
        )
        const told = version ?? probed.version ?? raiseUntold(file, engine)
        const origin = { source: file, archiveSha256: sha256, vouchedBy: vouched?.by ?? 'nobody' } as const
        return await complete(stage, {
          cache,
          id: { ...id, version: told },
          program,
          unpacked,
          probed,
          ...origin,
        })
      } finally {
        rmSync(stage, { recursive: true, force: true })
      }
    })
  } finally {
    onEvent({ kind: 'end', what })
  }
}

async function hashOf(file: string): Promise<string> {
  const wrong = fault(file, { mustRun: false })
  if (wrong !== undefined)
    throw new SkyflyError('usage', `${file} (from --from) ${wrong}`, {
      hint: 'name the .tar.gz of a release, or a server program',
    })
  return sha256Of(file)
}

/** @throws SkyflyError `download` when a checksum is known, and the file has another */
async function vouchedFor(
  { version, ...input }: FileInput,
  { file, sha256, context }: { file: string; sha256: string; context: InstallContext },
): Promise<Vouched | undefined> {
  const release = version === undefined ? undefined : releaseFor(input, version)
  const vouched = release && (await knownSum(release))
  if (vouched?.sha256 === sha256) return vouched
  if (vouched !== undefined && release !== undefined && !context.config.allowUnverified)
    throw new SkyflyError(
      'download',
      `${file} is not the published ${nameOf(release)} for ${release.target}: its sha256 is ${sha256}, and by ${vouched.by} it must be ${vouched.sha256}`,
      { hint: `get ${release.build.asset} again; a build of your own: --allow-unverified` },
    )
  context.onEvent({
    kind: 'note',
    text: `nothing vouches for ${file}, it is taken at your word: sha256 ${sha256}`,
  })
  return undefined
}

function programOf({ engine, target }: FileInput): string {
  const [name = engine] = ENGINES[engine].programs
  return RELEASES[engine]?.builds[target]?.program ?? (target.startsWith('win32-') ? `${name}.exe` : name)
}

/** An archive is told from a program by its first bytes. */
async function putInto(
  stage: string,
  program: string,
  {
    file,
    sha256,
    engine,
    signal,
  }: { file: string; sha256: string; engine: EngineName; signal: AbortSignal | undefined },
): Promise<Pick<Unpacked, 'sha256' | 'bytes'>> {
  if (isGzip(file)) {
    const { unpack } = await import('./unpack.js')
    return unpack({
      archive: file,
      program,
      licenceFile: RELEASES[engine]?.licenceFile ?? 'LICENSE',
      folder: stage,
      signal,
    })
  }
  const path = join(stage, program)
  copyFileSync(file, path)
  chmodSync(path, 0o755)
  return { sha256, bytes: statSync(path).size }
}

function isGzip(file: string): boolean {
  const head = Buffer.alloc(2)
  const fd = openSync(file, 'r')
  try {
    readSync(fd, head, 0, 2, 0)
    return head.readUInt16BE() === 0x1f8b
  } finally {
    closeSync(fd)
  }
}

function raiseUntold(file: string, engine: EngineName): never {
  throw new SkyflyError('usage', `${basename(file)} does not say its version`, {
    hint: `name it: skyfly install ${engine}@VERSION --from FILE`,
  })
}
