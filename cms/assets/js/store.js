// The phone's own databases. Looking for one that is not there leaves nothing behind.
export const MINE = "egs-mine"; // what an adult tapped without network: outbox.js, and sw.js where a form could not be sent
export const EVENING = "egs-kveld"; // the list for tonight, locked: vault.js
export const FORMS = "egs-skjema"; // answers that are not sent, locked: form_draft.js
const MINE_HAS = { events: "client_id", about: "key" };
const EVENING_HAS = { packs: "evening", queue: "client_id" };
const HAS = { [MINE]: MINE_HAS, [EVENING]: EVENING_HAS, [FORMS]: { drafts: "id" } };

/** Opens a database; null when it is not there and `make` does not ask for it. */
function open(name, make) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      if (!make) return request.transaction.abort();
      for (const [store, keyPath] of Object.entries(HAS[name])) request.result.createObjectStore(store, { keyPath });
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = (event) => {
      event.preventDefault();
      if (make) reject(request.error);
      else resolve(null);
    };
  });
}

async function within(name, store, mode, work, make = false) {
  const database = await open(name, make);
  if (!database) return undefined;
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(store, mode, { durability: "strict" });
      const request = work(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

// Whether a database is empty, and its going, are one thing: what another tab keeps in between would go with it.
const alone = (name, work) => (navigator.locks ? navigator.locks.request(name, work) : work());

/** Resolves when the row lies safely on the phone, and rejects when it does not. */
export const put = (name, store, row) => alone(name, () => within(name, store, "readwrite", (rows) => rows.put(row), true));
export const get = (name, store, key) => within(name, store, "readonly", (rows) => rows.get(key));
export const remove = (name, store, key) => within(name, store, "readwrite", (rows) => rows.delete(key));
export const all = async (name, store) => (await within(name, store, "readonly", (rows) => rows.getAll())) ?? [];

export const drop = (name) =>
  new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = request.onerror = request.onblocked = () => resolve();
  });

/** Takes a database away when nothing lies in it. */
export const dropEmpty = (name, store) => alone(name, async () => (await all(name, store)).length || drop(name));
