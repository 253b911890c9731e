import { describe, expect, it } from 'vitest'
import { unfitFor } from '../../../src/servers/program/executable-format.js'

/** A header for DOS, and one for Windows behind it. */
function pe(machine: number, at = 0x80): Buffer {
  const head = Buffer.alloc(512)
  head.write('MZ')
  head.writeUInt32LE(at, 0x3c)
  if (at + 6 <= head.length) {
    head.write('PE\0\0', at, 'latin1')
    head.writeUInt16LE(machine, at + 4)
  }
  return head
}

const macho = (cpu: number): Buffer => {
  const head = Buffer.alloc(64)
  head.write('\xcf\xfa\xed\xfe', 'latin1')
  head.writeUInt32LE(cpu, 4)
  return head
}

describe('a program', () => {
  it.each<[string, NodeJS.Platform, string, Buffer, string | undefined]>([
    ['for x64', 'win32', 'x64', pe(0x8664), undefined],
    ['for x86', 'win32', 'x64', pe(0x14c), undefined],
    ['for arm64', 'win32', 'x64', pe(0xaa64), 'is a program for arm64, and this machine is x86_64'],
    ['for x64 on ARM', 'win32', 'arm64', pe(0x8664), undefined],
    ['with a far header', 'win32', 'x64', pe(0xaa64, 0x4000), undefined],
    ['of DOS', 'win32', 'x64', Buffer.from('MZ'), undefined],
    ['of Linux', 'win32', 'x64', Buffer.from('\x7fELF', 'latin1'), 'is a program for Linux'],
    ['that is a script', 'win32', 'x64', Buffer.from('#!/bin/sh\n'), 'is not a program'],
    ['for Apple silicon', 'darwin', 'arm64', macho(0x0100000c), undefined],
    ['for Intel, by Rosetta', 'darwin', 'arm64', macho(0x01000007), undefined],
    [
      'for Apple silicon on Intel',
      'darwin',
      'x64',
      macho(0x0100000c),
      'is a program for arm64, and this machine is x86_64',
    ],
    ['for several', 'darwin', 'x64', Buffer.from('cafebabe00000002', 'hex'), undefined],
    ['of Windows', 'darwin', 'arm64', pe(0x8664), 'is a program for Windows'],
    ['that breaks off', 'linux', 'x64', Buffer.from('\x7fELF\x02', 'latin1'), undefined],
  ])('%s is judged on %s %s', (_, platform, arch, head, why) => {
    expect(unfitFor({ platform, arch }, head)).toBe(why)
  })
})
