/** Letters of two pages with text in embedded typefaces, a QR code and a Code 128. */
import { type Contest, OURS } from '../contest.js'
import { inProcess } from '../in-process.js'

export interface LetterSettings {
  readonly folder: string
  /** In one file. */
  readonly letters: number
  readonly leastSeconds: number
}

export const letterContest: Contest = {
  name: 'letters',
  title: 'Letters',
  figures: [
    { name: 'letters', unit: 'per CPU-second', better: 'higher', title: 'Letters printed' },
    { name: 'letter-bytes', unit: 'bytes', better: 'lower', title: 'Size of a letter' },
    { name: 'letter-memory', unit: 'MB', better: 'lower', title: 'Peak memory' },
  ],
  bars: [
    { figure: 'letters', peer: 'pdfkit-batch', atLeast: 5 },
    { figure: 'letters', peer: 'pdfkit-letter', atLeast: 20 },
  ],
  contestants: [
    {
      name: OURS,
      what: 'A print batch as it goes to the mail house, in one synced file: fitted addresses, postal bars and sequence numbers, tags for screen readers, and letters that do not fit put aside.',
    },
    {
      name: 'pdfkit-batch',
      what: 'pdfkit, one file for the batch, every page laid out anew: the same words in the same faces and sizes, the same codes drawn from our own encoder. No letterhead picture, tags, postal bars or checks.',
    },
    { name: 'pdfkit-letter', what: 'The same with a file for every letter, which embeds the faces each time.' },
    {
      name: 'typst-batch',
      what: 'typst-ts-node-compiler 0.7.0, one file for the batch, tags switched off: the same words, faces and codes; the codes come in as SVG.',
    },
  ],
  async open({ size, folder }) {
    const isFull = size === 'full'
    const settings = (letters: number): LetterSettings => ({ folder, letters, leastSeconds: isFull ? 3 : 0.1 })
    const pdfkit = (letters: number, batch: boolean) => () =>
      inProcess(new URL('./pdfkit.js', import.meta.url), { ...settings(letters), batch })
    return {
      runs: {
        [OURS]: () => inProcess(new URL('./meterhall.js', import.meta.url), settings(isFull ? 1_000 : 50)),
        'pdfkit-batch': pdfkit(isFull ? 200 : 10, true),
        'pdfkit-letter': pdfkit(isFull ? 20 : 2, false),
        'typst-batch': () => inProcess(new URL('./typst.js', import.meta.url), settings(isFull ? 200 : 10)),
      },
      leftOut: {},
      close: async () => {},
    }
  },
}
