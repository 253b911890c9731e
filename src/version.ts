// The version of skyfly; a test compares it with package.json, which would cost a file to read.

export const VERSION = '0.1.0'
