/** How every command speaks: results on stdout, progress and errors on stderr, one meaning for each exit code. */

/**
 * A command that cannot be carried out as typed. The message is one sentence (what, where, how to mend); it goes to
 * stderr, nothing goes to stdout, and the exit code is 2.
 */
export class UsageError extends Error {
  override readonly name: string = 'UsageError'
}

export interface OutputOptions {
  /** One JSON document instead of sentences. */
  readonly json: boolean
}

/** Prints the result once: the value as one JSON document, or the sentences, one a line. */
export function printResult(options: OutputOptions, value: unknown, sentences: readonly string[]): void {
  process.stdout.write(`${options.json ? JSON.stringify(value) : sentences.join('\n')}\n`)
}

/** Progress and remarks: never on stdout, so that a JSON result stays one document. */
export function printProgress(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** How loud words are on a terminal. */
export interface Ink {
  strong(text: string): string
  quiet(text: string): string
}

/** For files and pipes. */
export const PLAIN: Ink = { strong: (text) => text, quiet: (text) => text }

/** Bold and dim on a terminal that wants them: NO_COLOR turns them off, FORCE_COLOR on. */
export function inkOf(stream: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv): Ink {
  const wanted = environment.NO_COLOR
    ? false
    : environment.FORCE_COLOR
      ? environment.FORCE_COLOR !== '0'
      : stream.isTTY === true
  if (!wanted) return PLAIN
  const within = (on: number) => (text: string) => (text.trim() === '' ? text : `\u001b[${on}m${text}\u001b[22m`)
  return { strong: within(1), quiet: within(2) }
}
