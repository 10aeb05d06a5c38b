/** The embedded store keeps the contract of ClickHouse's HTTP interface. */
import { clickHouseClientContract } from '../contract/clickhouse-client.ts';
import { clickHouseCurlContract } from '../contract/clickhouse-curl.ts';
import { startStoreProcess, type TestStore } from '../support/store-process.ts';

describe('the embedded store as a ClickHouse server', function () {
  this.timeout(60_000);
  let store: TestStore;
  before(async () => {
    store = await startStoreProcess();
  });
  after(() => store.stop());

  describe('to the client', () => clickHouseClientContract(() => store));
  describe('to curl', () => clickHouseCurlContract(() => store));
});
