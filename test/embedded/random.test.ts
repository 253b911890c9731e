import { describeRandomCommands } from './random.js'

describeRandomCommands(2_000)
