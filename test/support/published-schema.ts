/** The JSON Schemas that the project publishes, as checks: a message either is what docs/schemas says, or the test fails. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';

/** A check of messages against docs/schemas/<name>.json. */
export function publishedSchema(name: string): (message: unknown) => void {
  const file = new URL(`../../docs/schemas/${name}.json`, import.meta.url);
  const ajv = new Ajv({ allErrors: true, strict: false });
  formats.default(ajv);
  const isValid = ajv.compile(JSON.parse(readFileSync(file, 'utf8')) as object);
  return (message) => {
    const text = JSON.stringify(message);
    assert.ok(isValid(message), `${name}: ${ajv.errorsText(isValid.errors)}: ${text}`);
  };
}
