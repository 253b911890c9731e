// For which system and processor a program was built, from its first bytes.

export interface Machine {
  readonly platform: NodeJS.Platform
  readonly arch: string
}

/** Bytes of a program that {@link unfitFor} looks at. */
export const HEAD_BYTES = 20

/**
 * Why a program cannot run on this machine; undefined: nothing speaks against it.
 *
 * Asked before it runs: Node hands what the kernel refuses to /bin/sh, which takes it for a script.
 */
export function unfitFor({ platform, arch }: Machine, head: Buffer): string | undefined {
  if (platform !== 'win32' && head.subarray(0, 2).toString('latin1') === '#!') return undefined
  const built = SYSTEMS.find(({ magic }) => magic.some(bytes => head.indexOf(bytes, 0, 'latin1') === 0))
  if (built === undefined) return 'is not a program'
  if (!built.platforms.includes(platform)) return `is a program for ${built.name}`
  if (built.name !== 'Linux') return undefined
  const machine = head.readUInt16LE(18)
  const fits = ELF_MACHINES[arch]
  if (fits === undefined || fits.includes(machine)) return undefined
  return `is a program for ${PROCESSORS[machine] ?? 'another processor'}, and this machine is ${PROCESSORS[fits[0] ?? 0] ?? arch}`
}

const SYSTEMS: readonly { name: string; platforms: readonly NodeJS.Platform[]; magic: readonly string[] }[] =
  [
    { name: 'Linux', platforms: ['linux', 'android', 'freebsd', 'openbsd', 'sunos'], magic: ['\x7fELF'] },
    {
      name: 'macOS',
      platforms: ['darwin'],
      magic: ['\xcf\xfa\xed\xfe', '\xca\xfe\xba\xbe', '\xce\xfa\xed\xfe'],
    },
    { name: 'Windows', platforms: ['win32', 'cygwin'], magic: ['MZ'] },
  ]

const PROCESSORS: Readonly<Record<number, string>> = {
  3: 'x86',
  40: '32-bit ARM',
  62: 'x86_64',
  183: 'aarch64',
}

/** ELF's number of what runs on each of Node's processors, the usual one first; a system may run its 32-bit kin as well. */
const ELF_MACHINES: Readonly<Record<string, readonly number[]>> = { x64: [62, 3], arm64: [183, 40] }
