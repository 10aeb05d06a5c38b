/**
 * What an unmodified client may expect of ClickHouse's HTTP interface. Written once, for the embedded store and for a
 * server. Knows nothing of how it is answered.
 */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import type { ClickHouseClient } from '@clickhouse/client';
import { until } from '../support/until.ts';
import {
  createDatabase,
  createTable,
  failure,
  newClient,
  type ClickHouseAddress,
} from './clickhouse-clients.ts';

export function clickHouseClientContract(address: () => ClickHouseAddress): void {
  let client: ClickHouseClient;

  before(async () => {
    await createDatabase(address());
    client = newClient(address());
  });
  after(() => client.close());
  beforeEach(() => createTable(client));

  const rows = async (query: string): Promise<unknown[]> =>
    (await client.query({ query, format: 'JSONEachRow' })).json();

  const execInsert = async (query: string, values: Readable): Promise<void> => {
    const { stream } = await client.exec({ query, values });
    stream.destroy();
  };

  it('pings, with and without a select', async () => {
    assert.deepEqual(await client.ping(), { success: true });
    assert.deepEqual(await client.ping({ select: true }), { success: true });
  });

  it('binds parameters of every kind', async () => {
    const query_params = {
      text: `it's a\ttab, a \\ and a\nline; -- no comment`,
      number: -5,
      list: ['a', `b'c`],
      map: { k: 'v' },
      none: null,
      when: new Date('2026-01-02T03:04:05.678Z'),
    };
    const query = `SELECT {text:String} AS text, {number:Int32} AS number, {list:Array(String)} AS list,
      {map:Map(String, String)} AS map, {none:Nullable(String)} AS none, {when:DateTime64(3, 'UTC')} AS when`;
    const [row] = await (await client.query({ query, query_params, format: 'JSONEachRow' })).json<object>();
    assert.deepEqual(row, { ...query_params, when: '2026-01-02 03:04:05.678' });
    const identifier = {
      query: 'SELECT * FROM {table:Identifier}',
      query_params: { table: 'numbers_three' },
    };
    await client.command({ query: 'CREATE OR REPLACE VIEW numbers_three AS SELECT * FROM numbers(3)' });
    assert.equal(await (await client.query({ ...identifier, format: 'TabSeparated' })).text(), '0\n1\n2\n');
  });

  it('binds parameters that are too long for a URL, by a form', async () => {
    const text = 'x'.repeat(300_000);
    for (const use_multipart_params of [true, false]) {
      const short = use_multipart_params ? text : text.slice(0, 5000);
      const result = await client.query({
        query: 'SELECT length({text:String}) AS length',
        query_params: { text: short },
        format: 'JSONEachRow',
        use_multipart_params,
      });
      assert.deepEqual(await result.json(), [{ length: String(short.length) }]);
    }
  });

  it('keeps parameters of parallel queries apart', async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const result = await client.query({
          query: 'SELECT {n:UInt32} AS n, sleepEachRow(0.001) AS s',
          query_params: { n },
          format: 'JSONEachRow',
        });
        const [row] = await result.json<{ n: number }>();
        return row?.n;
      }),
    );
    assert.deepEqual(answers, [...answers.keys()]);
  });

  it('reads every JSON format that it offers', async () => {
    const query = 'SELECT number AS n FROM numbers(2)';
    const json = async (format: 'JSON' | 'JSONCompact' | 'JSONObjectEachRow' | 'JSONColumnsWithMetadata') =>
      (await client.query({ query, format })).json<unknown>();
    const { data } = (await json('JSON')) as { data: unknown };
    assert.deepEqual(data, [{ n: '0' }, { n: '1' }]);
    const compact = (await json('JSONCompact')) as { data: unknown };
    assert.deepEqual(compact.data, [['0'], ['1']]);
    assert.deepEqual(await json('JSONObjectEachRow'), { row_1: { n: '0' }, row_2: { n: '1' } });
    for (const format of ['JSONCompactEachRow', 'JSONCompactStringsEachRow'] as const) {
      assert.deepEqual(await (await client.query({ query, format })).json(), [['0'], ['1']]);
    }
    const named = await client.query({ query, format: 'JSONCompactEachRowWithNamesAndTypes' });
    assert.deepEqual(await named.json(), [['n'], ['UInt64'], ['0'], ['1']]);
  });

  it('streams a result of many chunks, with one header', async () => {
    const query = 'SELECT number FROM numbers(500000)';
    const result = await client.query({ query, format: 'CSVWithNames' });
    let count = 0;
    let sum = 0n;
    for await (const batch of result.stream()) {
      for (const row of batch) {
        if (count > 0) sum += BigInt(row.text);
        else assert.equal(row.text, '"number"');
        count += 1;
      }
    }
    assert.equal(count, 500_001);
    assert.equal(sum, (499_999n * 500_000n) / 2n);
  });

  it('gives a header and no rows for an empty result', async () => {
    const query = 'SELECT number FROM numbers(0)';
    assert.equal(await (await client.query({ query, format: 'CSVWithNames' })).text(), '"number"\n');
    assert.deepEqual(await rows(query), []);
  });

  it('learns of an error in the middle of a stream', async () => {
    const query =
      'SELECT throwIf(number = 300000) AS n FROM numbers(1000000) SETTINGS max_block_size = 10000';
    const result = await client.query({ query, format: 'JSONEachRow' });
    const error = await failure(() => result.json());
    assert.equal(error.code, '395');
  });

  it('inserts arrays of objects and of arrays', async () => {
    await client.insert({ table: 'rows', values: [{ id: 1, name: 'a' }], format: 'JSONEachRow' });
    await client.insert({
      table: 'rows',
      values: [[2, "b; DROP TABLE rows; '"]],
      format: 'JSONCompactEachRow',
    });
    await client.insert({ table: 'rows', columns: ['id'], values: [[3]], format: 'JSONCompactEachRow' });
    assert.deepEqual(await rows('SELECT * FROM rows ORDER BY id'), [
      { id: '1', name: 'a' },
      { id: '2', name: "b; DROP TABLE rows; '" },
      { id: '3', name: 'none' },
    ]);
  });

  it('inserts streams of objects and of text', async () => {
    const objects = Readable.from(Array.from({ length: 5000 }, (_, id) => ({ id })));
    await client.insert({ table: 'rows', values: objects, format: 'JSONEachRow' });
    const text = Readable.from(['5000,"a\nb"\n50', '01,c\n'], { objectMode: false });
    await client.insert({ table: 'rows', values: text, format: 'CSV' });
    assert.deepEqual(await rows('SELECT count() AS n, max(id) AS last FROM rows'), [
      { n: '5002', last: '5001' },
    ]);
    const empty = Readable.from([], { objectMode: true });
    await client.insert({ table: 'rows', values: empty, format: 'JSONEachRow' });
  });

  it('inserts every text format that it offers, and Parquet', async () => {
    const insertText = (
      text: string,
      format: 'CSVWithNames' | 'TabSeparatedWithNamesAndTypes' | 'CustomSeparated',
    ) => client.insert({ table: 'rows', values: Readable.from([text], { objectMode: false }), format });
    await insertText('"id","name"\n1,"a"\n', 'CSVWithNames');
    await insertText('id\tname\nUInt64\tString\n2\tb\n', 'TabSeparatedWithNamesAndTypes');
    await insertText('3\tc\n', 'CustomSeparated');
    const meta = [
      { name: 'id', type: 'UInt64' },
      { name: 'name', type: 'String' },
    ];
    await client.insert({ table: 'rows', values: { meta, data: [{ id: 4, name: 'd' }] }, format: 'JSON' });
    await client.insert({
      table: 'rows',
      values: { x: { id: 5, name: 'e' } },
      format: 'JSONObjectEachRow',
    });
    const parquet = await client.exec({ query: `SELECT toUInt64(6) AS id, 'f' AS name FORMAT Parquet` });
    await client.insert({ table: 'rows', values: parquet.stream, format: 'Parquet' });
    assert.deepEqual(
      await rows('SELECT id, name FROM rows ORDER BY id'),
      ['a', 'b', 'c', 'd', 'e', 'f'].map((name, at) => ({ id: String(at + 1), name })),
    );
  });

  it('inserts what does not fit into memory at once', async () => {
    const line = `{"name":"${'y'.repeat(1000)}","id":`;
    const lines = Readable.from(
      (function* () {
        for (let id = 0; id < 40_000; id++) yield `${line}${id}}\n`;
      })(),
      { objectMode: false },
    );
    await execInsert('INSERT INTO rows FORMAT JSONEachRow', lines);
    assert.deepEqual(await rows('SELECT count() AS n, sum(id) AS s FROM rows'), [
      { n: '40000', s: '799980000' },
    ]);
  });

  it('executes inserts with values in the statement, from a select, and through input()', async () => {
    await client.command({ query: "INSERT INTO rows VALUES (1, 'a;b'), (2, 'c')" });
    await client.command({ query: 'INSERT INTO rows (id) SELECT id + 10 FROM rows' });
    const values = Readable.from(['[20]\n[21]\n'], { objectMode: false });
    const query = "INSERT INTO rows (id) SELECT n FROM input('n UInt64') FORMAT JSONCompactEachRow";
    await execInsert(query, values);
    assert.deepEqual(await rows('SELECT groupArray(id) AS ids FROM (SELECT id FROM rows ORDER BY id)'), [
      { ids: ['1', '2', '11', '12', '20', '21'] },
    ]);
  });

  it('compresses both ways', async () => {
    const both = newClient(address(), { compression: { request: true, response: true } });
    const values = Array.from({ length: 1000 }, (_, id) => ({ id, name: 'same' }));
    await both.insert({ table: 'rows', values, format: 'JSONEachRow' });
    const result = await both.query({ query: 'SELECT * FROM rows ORDER BY id', format: 'JSONEachRow' });
    assert.equal(result.response_headers['content-encoding'], 'gzip');
    const read = await result.json<{ id: string }>();
    assert.equal(read.length, 1000);
    const error = await failure(() => both.query({ query: 'SELECT * FROM nope' }));
    assert.equal(error.type, 'UNKNOWN_TABLE');
    await both.close();
  });

  it('says the summary of an insert and echoes the query id', async () => {
    const query_id = 'my-own-id';
    const inserted = await client.insert({
      table: 'rows',
      values: [{ id: 1 }],
      format: 'JSONEachRow',
      query_id,
    });
    assert.equal(inserted.query_id, query_id);
    assert.equal(inserted.response_headers['x-clickhouse-query-id'], query_id);
    assert.equal(inserted.summary?.written_rows, '1');
  });

  it("gives ClickHouse's codes and names for what is wrong", async () => {
    const cases: readonly (readonly [string, string, string])[] = [
      ['SELECT * FROM nope', '60', 'UNKNOWN_TABLE'],
      ['SELECT * FROM nope.nope', '81', 'UNKNOWN_DATABASE'],
      ['SELECT nope FROM rows', '47', 'UNKNOWN_IDENTIFIER'],
      ['SELECT nope(1)', '46', 'UNKNOWN_FUNCTION'],
      ['selec 1', '62', 'SYNTAX_ERROR'],
      ['sel', '62', 'SYNTAX_ERROR'],
      ['SELECT 1; SELECT 2', '62', 'SYNTAX_ERROR'],
      ['SELECT {missing:String}', '456', 'UNKNOWN_QUERY_PARAMETER'],
      ['CREATE TABLE rows (a Int8) ENGINE = Memory', '57', 'TABLE_ALREADY_EXISTS'],
    ];
    for (const [query, code, type] of cases) {
      const error = await failure(() => client.command({ query }));
      assert.deepEqual({ query, code: error.code, type: error.type }, { query, code, type });
    }
    const bad = Readable.from(['{"id": "x"}\n'], { objectMode: false });
    const parse = await failure(() => execInsert('INSERT INTO rows FORMAT JSONEachRow', bad));
    assert.equal(parse.code, '27');
  });

  it('applies settings to one request only', async () => {
    const setting = "SELECT toString(getSetting('max_block_size')) AS v";
    const clickhouse_settings = { max_block_size: '1234' };
    const set = await client.query({ query: setting, format: 'JSONEachRow', clickhouse_settings });
    assert.deepEqual(await set.json(), [{ v: '1234' }]);
    const [later] = (await rows(setting)) as { v: string }[];
    assert.notEqual(later?.v, '1234');
    const unknown = { no_such_setting: 1 } as Record<string, number>;
    const error = await failure(() => client.query({ query: 'SELECT 1', clickhouse_settings: unknown }));
    assert.equal(error.type, 'UNKNOWN_SETTING');
  });

  it('cannot write when it is read-only, whatever it tries', async () => {
    for (const readonly of ['1', '2'] as const) {
      const reader = newClient(address(), { clickhouse_settings: { readonly } });
      const attempts = [
        () => reader.insert({ table: 'rows', values: [{ id: 1 }], format: 'JSONEachRow' }),
        () =>
          reader.insert({
            table: 'rows',
            values: Readable.from([{ id: 1 }]),
            format: 'JSONObjectEachRow',
          }),
        () => reader.command({ query: 'CREATE TABLE t2 (a Int8) ENGINE = Memory' }),
        () => reader.command({ query: 'DROP TABLE rows' }),
        () => reader.command({ query: 'INSERT INTO rows SELECT 1, 2' }),
        () => reader.command({ query: 'SET readonly = 0' }),
        () => reader.command({ query: "INSERT INTO FUNCTION file('x.csv', CSV, 'a Int8') SELECT 1" }),
        () => reader.command({ query: 'KILL QUERY WHERE 1' }),
      ];
      for (const attempt of attempts) assert.equal((await failure(attempt)).type, 'READONLY');
      const overridden = { query: 'INSERT INTO rows SETTINGS readonly = 0 VALUES (1, 2)' };
      await failure(() => reader.command(overridden));
      assert.deepEqual(await (await reader.query({ query: 'SELECT 1 AS a', format: 'JSONEachRow' })).json(), [
        { a: 1 },
      ]);
      await reader.close();
    }
    assert.deepEqual(await rows('SELECT count() AS n FROM rows'), [{ n: '0' }]);
  });

  it('aborts a query, which then really stops', async () => {
    const controller = new AbortController();
    const running = (): Promise<unknown[]> =>
      rows("SELECT 1 FROM system.processes WHERE query LIKE '%30000000000)'");
    const query = 'SELECT sum(sipHash64(number)) FROM numbers(30000000000)';
    const aborted = client
      .command({ query, abort_signal: controller.signal })
      .catch((error: unknown) => error);
    await until(async () => (await running()).length === 1, { what: 'the query to run' });
    controller.abort();
    assert.match(String(await aborted), /aborted/);
    await until(async () => (await running()).length === 0, { what: 'the query to stop' });
  });

  it('stops queries whose clients leave before they have begun', async () => {
    const query = 'SELECT sum(sipHash64(number)) FROM numbers(30000000001)';
    const leaving = Array.from({ length: 24 }, (_, at) => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), at * 2);
      return client.command({ query, abort_signal: controller.signal }).catch((error: unknown) => error);
    });
    await Promise.all(leaving);
    const running = "SELECT 1 FROM system.processes WHERE query LIKE '%30000000001)'";
    await until(async () => (await rows(running)).length === 0, { what: 'every query to stop' });
  });

  it('kills a query by its id', async () => {
    const query = 'SELECT sum(sipHash64(number)) FROM numbers(30000000000)';
    const killed = failure(() => client.query({ query, query_id: 'to-be-killed' }));
    await until(
      async () => (await rows("SELECT 1 FROM system.processes WHERE query LIKE '%numbers(3%'")).length > 1,
      {
        what: 'the query to run',
      },
    );
    await client.command({ query: "KILL QUERY WHERE query_id = 'to-be-killed'" });
    assert.equal((await killed).type, 'QUERY_WAS_CANCELLED');
  });

  it('answers short queries while long ones fill every slot', async () => {
    const long = 'SELECT sum(sipHash64(number)) FROM numbers(30000000000)';
    const controller = new AbortController();
    const filling = Array.from({ length: 4 }, () =>
      client.command({ query: long, abort_signal: controller.signal }).catch((error: unknown) => error),
    );
    assert.deepEqual(await client.ping(), { success: true });
    await client.insert({ table: 'rows', values: [{ id: 1 }], format: 'JSONEachRow' });
    controller.abort();
    await Promise.all(filling);
    assert.deepEqual(await rows('SELECT count() AS n FROM rows'), [{ n: '1' }]);
  });

  it('is refused with a wrong password', async () => {
    const stranger = newClient(address(), { password: 'wrong' });
    assert.equal((await failure(() => stranger.query({ query: 'SELECT 1' }))).type, 'AUTHENTICATION_FAILED');
    await stranger.close();
  });
}
