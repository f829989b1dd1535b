// Photos on their way, kept in the browser's own database, so that leaving the page loses none.
// Where a frame may not keep anything, `openQueue` gives a queue that forgets, and says so.
const NAME = "keystone-photos";
const STORE = "photos";
const STALE = 7 * 24 * 3600 * 1000;

export async function openQueue() {
  try {
    return new Queue(await open());
  } catch {
    return { lasting: false, put: async () => {}, drop: async () => {}, waitingFor: async () => [] };
  }
}

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

class Queue {
  constructor(database) {
    this.database = database;
    this.lasting = true;
  }

  run(mode, act) {
    return new Promise((resolve, reject) => {
      const request = act(this.database.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }

  /** Keep one: {key, place, file, at}. */
  async put(item) {
    try {
      await this.run("readwrite", (store) => store.put(item));
    } catch {
      this.lasting = false;
    }
  }

  async drop(key) {
    await this.run("readwrite", (store) => store.delete(key)).catch(() => {});
  }

  async waitingFor(place) {
    const all = await this.run("readonly", (store) => store.getAll()).catch(() => []);
    const stale = all.filter((item) => Date.now() - item.at > STALE);
    await Promise.all(stale.map((item) => this.drop(item.key)));
    return all.filter((item) => item.place === place && !stale.includes(item));
  }
}
