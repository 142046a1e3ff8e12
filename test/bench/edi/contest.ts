/** Reading and writing X12 814. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, projectRoot } from '../../../persistence/project-root.js'
import { type Contest, OURS } from '../contest.js'
import { finished, findingsOf, inProcess } from '../in-process.js'
import { acceptances } from './sample-edi.js'

export interface EdiSettings {
  /** An interchange of the utility's. */
  readonly file: string
  readonly transactions: number
  readonly leastSeconds: number
}

const PYX12 = '4.0.0'

export const ediContest: Contest = {
  name: 'edi',
  title: 'X12 814, read and written',
  figures: [
    {
      name: '814-read',
      unit: 'per CPU-second',
      better: 'higher',
      title: '814 transactions read',
    },
    {
      name: '814-write',
      unit: 'per CPU-second',
      better: 'higher',
      title: '814 transactions written',
    },
  ],
  bars: [
    { figure: '814-read', peer: 'node-x12', atLeast: 2 },
    { figure: '814-write', peer: 'node-x12', atLeast: 2 },
    { figure: '814-read', peer: 'pyx12', atLeast: 2 },
    { figure: '814-write', peer: 'pyx12', atLeast: 2 },
  ],
  contestants: [
    {
      name: OURS,
      what: 'Reads the file whole or refuses it whole: counts, control numbers and their uniqueness, then every transaction up to a typed message. Writes after checking every value of every request.',
    },
    {
      name: 'node-x12',
      what: 'Parses in its strict mode into an object per element and does not look at what they mean; writes from such objects.',
    },
    {
      name: 'pyx12',
      what: 'Reads segment by segment, checking counts and control numbers, and does not look at what they mean; writes segment by segment. Python.',
    },
  ],
  async open({ size, folder }) {
    const settings: EdiSettings = {
      file: join(folder, 'acceptances.x12'),
      transactions: size === 'full' ? 10_000 : 1_000,
      leastSeconds: size === 'full' ? 2 : 0.2,
    }
    writeFileSync(settings.file, acceptances(settings.transactions))
    const python = await pythonWithPyx12()
    const { file, transactions, leastSeconds } = settings
    const script = join(projectRoot, 'test/bench/edi/pyx12_contestant.py')
    return {
      runs: {
        [OURS]: () => inProcess(new URL('./meterhall.js', import.meta.url), settings),
        'node-x12': () => inProcess(new URL('./node-x12.js', import.meta.url), settings),
        ...('python' in python && {
          pyx12: () => findingsOf(python.python, [script, file, String(transactions), String(leastSeconds)]),
        }),
      },
      leftOut: 'why' in python ? { pyx12: python.why } : {},
      close: async () => {},
    }
  },
}

/** A Python of our own in the cache with the package; made on first use. */
async function pythonWithPyx12(): Promise<{ readonly python: string } | { readonly why: string }> {
  const folder = join(cacheFolder(), `pyx12-${PYX12}`)
  const python = join(folder, 'bin', 'python')
  const works = async () => existsSync(python) && (await finished(python, ['-c', 'import pyx12.x12file'])).code === 0
  if (await works()) return { python }
  try {
    await finished('python3', ['-m', 'venv', folder])
    await finished(python, ['-m', 'pip', 'install', '--quiet', `pyx12==${PYX12}`])
  } catch {
    return { why: 'python3 is not installed' }
  }
  return (await works()) ? { python } : { why: `pyx12 ${PYX12} could not be installed for python3` }
}
