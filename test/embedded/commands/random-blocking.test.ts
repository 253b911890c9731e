import { describeRandomBlocking } from './random-blocking.js'

describeRandomBlocking(150)
