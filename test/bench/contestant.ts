/** Entry of a contestant's process: the module, then its settings as JSON. */
import { pathToFileURL } from 'node:url'
import type { Findings } from './contest.js'

const [module = '', settings = ''] = process.argv.slice(2)
const { measure } = (await import(pathToFileURL(module).href)) as { measure(settings: unknown): Promise<Findings> }
const findings = await measure(JSON.parse(settings))
process.stdout.write(`${JSON.stringify(findings)}\n`, () => process.exit(0))
