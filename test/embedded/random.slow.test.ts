import { describeRandomCommands } from './random.js'

describeRandomCommands(10_000)
