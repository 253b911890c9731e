// For which system and processor a program was built, from its first bytes.

export interface Machine {
  readonly platform: NodeJS.Platform
  readonly arch: string
}

/** Bytes of a program that {@link unfitFor} looks at. */
export const HEAD_BYTES = 512

/**
 * Why a program cannot run on this machine; undefined: it may.
 *
 * This is checked before it runs: Node hands what the kernel refuses to /bin/sh, which takes it for a script.
 */
export function unfitFor({ platform, arch }: Machine, head: Buffer): string | undefined {
  if (platform !== 'win32' && head.subarray(0, 2).toString('latin1') === '#!') return undefined
  const built = SYSTEMS.find(({ magic }) => magic.some(bytes => head.indexOf(bytes, 0, 'latin1') === 0))
  if (built === undefined) return 'is not a program'
  if (!built.platforms.includes(platform)) return `is a program for ${built.name}`
  const machine = built.machineOf(head)
  const fits = built.runs[arch]
  if (machine === undefined || fits === undefined || fits.includes(machine)) return undefined
  const { processors } = built
  return `is a program for ${processors[machine] ?? 'another processor'}, and this machine is ${processors[fits[0] ?? 0] ?? arch}`
}

interface System {
  readonly name: string
  readonly platforms: readonly NodeJS.Platform[]
  readonly magic: readonly string[]
  /** Reads the format's number for the processor of a program; undefined: it is not in the first bytes. */
  readonly machineOf: (head: Buffer) => number | undefined
  /** The format's numbers for what runs on each of Node's processors, the usual one first. */
  readonly runs: Readonly<Record<string, readonly number[]>>
  readonly processors: Readonly<Record<number, string>>
}

const SYSTEMS: readonly System[] = [
  {
    name: 'Linux',
    platforms: ['linux', 'android', 'freebsd', 'openbsd', 'sunos'],
    magic: ['\x7fELF'],
    machineOf: head => (head.length < 20 ? undefined : head.readUInt16LE(18)),
    // A system may run 32-bit programs as well.
    runs: { x64: [62, 3], arm64: [183, 40] },
    processors: { 3: 'x86', 40: '32-bit ARM', 62: 'x86_64', 183: 'aarch64' },
  },
  {
    name: 'macOS',
    platforms: ['darwin'],
    magic: ['\xcf\xfa\xed\xfe', '\xca\xfe\xba\xbe', '\xce\xfa\xed\xfe'],
    // Programs for several processors begin with 0xcafebabe; those are left to the system.
    machineOf: head => (head[0] === 0xcf && head.length >= 8 ? head.readUInt32LE(4) : undefined),
    // Rosetta.
    runs: { x64: [0x01000007], arm64: [0x0100000c, 0x01000007] },
    processors: { 16777223: 'x86_64', 16777228: 'arm64' },
  },
  {
    name: 'Windows',
    platforms: ['win32', 'cygwin'],
    magic: ['MZ'],
    machineOf: machineOfPe,
    // Windows on ARM emulates the others.
    runs: { x64: [0x8664, 0x14c], arm64: [0xaa64, 0x8664, 0x14c] },
    processors: { 332: 'x86', 34404: 'x86_64', 43620: 'arm64' },
  },
]

/** The number follows a DOS header, which says where the Windows header begins. */
function machineOfPe(head: Buffer): number | undefined {
  const at = head.length < 64 ? head.length : head.readUInt32LE(0x3c)
  if (at + 6 > head.length || head.toString('latin1', at, at + 4) !== 'PE\0\0') return undefined
  return head.readUInt16LE(at + 4)
}
