// A project with an empty cache of its own that downloads from a release site of its own, where what is published is pinned.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ASSET, PROGRAM, standInArchive } from './fixtures/archive.js'
import { type Behaviour, ReleaseSite } from './fixtures/release-site.js'
import { Project } from './project.js'

/** No Dragonfly has it, so nothing but skyfly.lock knows its checksum. */
export const VERSION = '99.0.0'
export const TARGET = `linux-${process.arch}`
/** Folder of that version in the cache. */
export const ENTRY = `dragonfly-${VERSION}-${TARGET}`

export const sha256 = (body: Buffer): string => createHash('sha256').update(body).digest('hex')

export interface ShopOptions {
  readonly behaviour?: Behaviour
  /** What is published. @default a Dragonfly of {@link VERSION} that runs */
  readonly archive?: Buffer
  readonly tls?: boolean
}

export class Shop implements AsyncDisposable {
  private constructor(
    readonly project: Project,
    readonly site: ReleaseSite,
    readonly archive: Buffer,
  ) {}

  static async open({ behaviour, archive, tls = false }: ShopOptions = {}): Promise<Shop> {
    const project = new Project()
    const site = await ReleaseSite.open({ tls })
    // CI: progress as plain lines, wherever the tests run.
    Object.assign(project.env, { SKYFLY_OFFLINE: '', SKYFLY_MIRROR: site.mirror, CI: 'true' })
    for (const name of ['http_proxy', 'https_proxy', 'no_proxy', 'all_proxy']) {
      delete project.env[name]
      delete project.env[name.toUpperCase()]
    }
    mkdirSync(join(project.dir, 'bin-cache'))
    const shop = new Shop(project, site, archive ?? (await standInArchive({ version: VERSION })))
    site.publish(VERSION, ASSET, shop.archive, behaviour)
    shop.pin()
    return shop
  }

  /** Path of the program, once it is installed. */
  get program(): string {
    return join(this.cache, ENTRY, PROGRAM)
  }

  get cache(): string {
    return join(this.project.dir, 'bin-cache')
  }

  /** Writes a skyfly.lock that wants this. */
  pin(version = VERSION, sum = sha256(this.archive)): void {
    const url = `https://github.com/dragonflydb/dragonfly/releases/download/v${version}/${ASSET}`
    const engines = { dragonfly: { version, builds: { [TARGET]: { url, sha256: sum } } } }
    this.write('skyfly.lock', JSON.stringify({ lockfileVersion: 1, engines }))
  }

  unpin(): void {
    rmSync(join(this.project.dir, 'skyfly.lock'), { force: true })
  }

  /** Writes a file of the project. */
  write(name: string, content: string | Buffer): string {
    const path = join(this.project.dir, name)
    writeFileSync(path, content)
    return path
  }

  /** What is in the cache, whole or not. */
  cached(): readonly string[] {
    if (!existsSync(this.cache)) return []
    return readdirSync(this.cache).filter(name => name !== 'CACHEDIR.TAG')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.project[Symbol.asyncDispose]()
    await this.site[Symbol.asyncDispose]()
  }
}
