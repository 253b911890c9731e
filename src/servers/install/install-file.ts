// Installing a file that the user has: the archive of a release, carried to a machine without a network, or a
// program.
import { createReadStream, renameSync, rmSync } from 'node:fs'
import { chmod, stat } from 'node:fs/promises'
import { arch } from 'node:os'
import { basename, join, posix } from 'node:path'
import type { EngineName } from '../../config/config.js'
import { RELEASES } from '../../engines/releases.js'
import { ENGINES } from '../../engines/table.js'
import { SkyflyError } from '../../errors.js'
import { type BuildTarget, host } from '../../system/platform.js'
import { whileInUseAsync } from '../../system/retry-in-use.js'
import { archiveKind } from '../archive/archive-kind.js'
import type { Unpacked } from '../archive/unpack.js'
import type { Entry } from '../cache/cache.js'
import { complete, selfCheck } from '../cache/complete.js'
import { discard } from '../cache/publish.js'
import { DownloadFile } from '../http/download-file.js'
import { assertDotnet } from '../program/dotnet.js'
import { unfitFor } from '../program/executable-format.js'
import { whyNotRunnable } from '../search/executable-path.js'
import { buildFor, releaseFor } from '../search/version-request.js'
import { type KnownChecksum, localChecksum } from './checksum-source.js'
import type { InstallContext } from './install.js'
import { withInstallLock } from './install-lock.js'
import type { Pin } from './lock-file.js'
import { nameOf } from './release-asset.js'

export interface FileInput {
  readonly engine: EngineName
  /** What the user says it is; undefined: the program is asked. */
  readonly version: string | undefined
  readonly target: BuildTarget
  readonly pin: Pin | undefined
}

/** The copy that is checked and installed, whatever happens to the original meanwhile. */
interface Copied {
  readonly path: string
  readonly sha256: string
  readonly isArchive: boolean
}

/** For the folder of a build whose version only the program itself can tell. */
const UNKNOWN_VERSION = '0.0'

/**
 * A release that skyfly or skyfly.lock knows must have their checksum. Anything else is taken at the user's
 * word, which is reported.
 * @throws SkyflyError `usage` where the file is not there, `unverified` or `download` where it is not what it
 * should be
 */
export async function installFile(file: string, input: FileInput, context: InstallContext): Promise<Entry> {
  assertReadable(file)
  assertDotnet(input, context.env)
  const { cache, onEvent, signal } = context
  const id = { engine: input.engine, target: input.target, version: input.version ?? UNKNOWN_VERSION }
  const what = input.version === undefined ? input.engine : nameOf(id)
  onEvent({ kind: 'begin', what })
  try {
    const onWait = (holder: string) => onEvent({ kind: 'waiting', what, holder })
    const lock = { file: cache.lockFile(id), what, signal, onWait }
    const install = async () => {
      await cache.sweep(id)
      return await installInto(cache.stage(id), { file, input, context })
    }
    return await cache.inFolder(() => withInstallLock(lock, install))
  } finally {
    onEvent({ kind: 'end', what })
  }
}

interface Work {
  readonly file: string
  readonly input: FileInput
  readonly context: InstallContext
}

async function installInto(stage: string, work: Work): Promise<Entry> {
  const { file, input, context } = work
  const { engine } = input
  try {
    const copied = await copyInto(stage, file, context.signal)
    const known = input.version ?? (await RELEASES[engine]?.bySha256(copied.sha256))?.version
    const early = known === undefined ? undefined : await verifyFile(known, copied, work)
    const program = programOf(input, copied)
    const unpacked = await putInto(stage, program, copied, work)
    const name = `${file}, taken for ${known === undefined ? engine : nameOf({ engine, version: known })},`
    const probed = await selfCheck(join(stage, program), { engine, name, ...context })
    const version = known ?? probed.version ?? raiseUntold(file, engine)
    // Now that the program has told its version, a checksum may be known for it.
    const checksum = known === undefined ? await verifyFile(version, copied, work) : early
    const id = { engine, target: input.target, version }
    const origin = {
      source: file,
      archiveSha256: copied.sha256,
      verifiedBy: checksum?.by ?? 'nobody',
    } as const
    return await complete(stage, { ...context, id, program, unpacked, probed, ...origin })
  } finally {
    await discard(stage, context.signal)
  }
}

function assertReadable(file: string): void {
  const wrong = whyNotRunnable(file, { mustRun: false })
  if (wrong === undefined) return
  throw new SkyflyError('usage', `${file} (from --from) ${wrong}`, {
    hint: 'name the archive of a release, or a server program',
  })
}

async function copyInto(stage: string, file: string, signal: AbortSignal | undefined): Promise<Copied> {
  const path = join(stage, 'given')
  const received = await DownloadFile.create(path)
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024, signal }))
      await received.append(chunk)
    const { head } = received
    const isArchive = archiveKind(head) !== undefined
    if (!isArchive && unfitFor({ platform: host().platform, arch: arch() }, head) === 'is not a program')
      throw new SkyflyError('download', `${file} is neither a .tar.gz nor a .zip nor a program`, {
        hint: 'name the archive of a release as it was downloaded, or a server program',
      })
    return { path, sha256: received.sha256(), isArchive }
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    await received.close()
  }
}

/** @throws SkyflyError `unverified` when a checksum is known and the file has another one */
async function verifyFile(
  version: string,
  { sha256 }: Copied,
  { file, input, context }: Work,
): Promise<KnownChecksum | undefined> {
  const release = releaseFor(input, version)
  const checksum = release && (await localChecksum(release))
  if (checksum?.sha256 === sha256) return checksum
  const isWaived = context.config.allowUnverified && input.pin === undefined
  if (checksum !== undefined && release !== undefined && !isWaived)
    throw new SkyflyError(
      'unverified',
      `${file} is not the published ${nameOf(release)} for ${release.target}: its sha256 is ${sha256}, and by ${checksum.by} it must be ${checksum.sha256}`,
      {
        hint:
          input.pin === undefined
            ? `get ${release.build.asset} again; a build of your own: --allow-unverified`
            : `get ${release.build.asset} again; to run a build of your own: skyfly start --binary FILE`,
      },
    )
  context.onEvent({
    kind: 'note',
    text: `no known checksum for ${file}, it is taken at your word: sha256 ${sha256}`,
  })
  return undefined
}

/** Its path in an archive; a program given as such has no folders around it. */
function programOf(input: FileInput, { isArchive }: Copied): string {
  const { engine, target } = input
  const [name = engine] = ENGINES[engine].programs
  const file = target.startsWith('win32-') ? `${name}.exe` : name
  const path = anyBuild(input)?.program ?? file
  return isArchive ? path : posix.basename(path)
}

/** Private builds included: their archives have the same layout wherever they come from. */
const anyBuild = (input: FileInput) => buildFor({ ...input, mayBePrivate: true })

async function putInto(
  stage: string,
  program: string,
  { path, sha256, isArchive }: Copied,
  { file, input, context }: Work,
): Promise<Pick<Unpacked, 'sha256' | 'bytes' | 'files'>> {
  if (isArchive) {
    const { unpack } = await import('../archive/unpack.js')
    const unpacked = await unpack({
      archive: path,
      name: file,
      program,
      keeps: anyBuild(input)?.keeps,
      licenceFile: RELEASES[input.engine]?.licenceFile ?? 'LICENSE',
      folder: stage,
      signal: context.signal,
    })
    await whileInUseAsync(() => rmSync(path), context.signal)
    return unpacked
  }
  await whileInUseAsync(() => renameSync(path, join(stage, program)), context.signal)
  await chmod(join(stage, program), 0o755)
  return { sha256, bytes: (await stat(join(stage, program))).size, files: [] }
}

function raiseUntold(file: string, engine: EngineName): never {
  throw new SkyflyError('usage', `${basename(file)} does not say its version`, {
    hint: `name it: skyfly install ${engine}@VERSION --from FILE`,
  })
}
