import { describeRandomBlocking } from './random-blocking.js'

describeRandomBlocking(600)
