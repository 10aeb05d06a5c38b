/** The embedded store keeps the contract of ClickHouse's HTTP interface. */
import { clickHouseHttpContract } from '../contract/clickhouse-http.ts';
import { startStoreProcess, type TestStore } from '../support/store-process.ts';

describe('the embedded store as a ClickHouse server', function () {
  this.timeout(60_000);
  let store: TestStore;
  before(async () => {
    store = await startStoreProcess();
  });
  after(() => store.stop());
  clickHouseHttpContract(() => store);
});
