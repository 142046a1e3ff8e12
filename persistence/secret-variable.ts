/** Secrets come from the environment or from a file that it names, never from a command line or the repository. */
import { readFileSync } from 'node:fs'

/** A variable of the environment that is missing or cannot be used: one sentence that names it, never its value. */
export class SettingError extends Error {
  override readonly name = 'SettingError'
}

/**
 * The value of `NAME`, or the content of the file that `NAME_FILE` names, without the line break at its end.
 * Undefined when neither is set; an empty variable counts as not set.
 * @throws SettingError when both are set or the file cannot be read; it never shows the value
 */
export function secretVariable(name: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const value = environment[name] || undefined
  const path = environment[`${name}_FILE`] || undefined
  if (path === undefined) return value
  if (value !== undefined) throw new SettingError(`Both ${name} and ${name}_FILE are set; unset one of them.`)
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason'
    throw new SettingError(
      `The file that ${name}_FILE names cannot be read (${code}); correct the path or its permissions.`,
    )
  }
}
