/** The files of docs/schemas: name and text of each. */
import { format, resolveConfig } from 'prettier';
import { schemaDocument, schemas, type SchemaName } from '../../streams/codec/schemas.ts';

export async function schemaFiles(): Promise<Map<string, string>> {
  const style = (await resolveConfig(new URL('../../docs/schemas/', import.meta.url).pathname)) ?? {};
  const files = new Map<string, string>();
  for (const name of Object.keys(schemas) as SchemaName[]) {
    const text = JSON.stringify(schemaDocument(name));
    files.set(`${name}.json`, await format(text, { ...style, parser: 'json' }));
  }
  return files;
}
