import { describeAnyBytes } from './any-bytes.js'

describeAnyBytes(300)
