/** The production web process, told by its parent where to listen. */
import { runWebProcess } from '../../../cli/web-process.js'

await runWebProcess()
