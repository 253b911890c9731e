import { describeHashSpeed } from './hash-speed.js'

describeHashSpeed(5_000)
