{% comment %}
The service worker, served at /sw.js by a view. Keeps the help page, a page for «no network» and the built files; never a personal page.
It answers without network also from what pages have kept: texts of modules (js/kept_module.js) and the shell of an evening (js/take_along.js).
In:  files – [str], addresses of the static files to keep (hashed names); version – str that changes when they do
     help_url, offline_url – default /hjelp/ and /uten-nett/
Use: render(request, "cms/sw.js", …, content_type="text/javascript")
{% endcomment %}
"use strict";
const NAME = "egs-{{ version|escapejs }}";
const HELP = "{{ help_url|default:"/hjelp/"|escapejs }}";
const OFFLINE = "{{ offline_url|default:"/uten-nett/"|escapejs }}";
const FILES = [{% for file in files %}"{{ file|escapejs }}",{% endfor %}];
const TEXTS = "egs-kurs"; // as in js/kept_module.js
const EVENING = "egs-kveld"; // as in js/store.js
const SHELL = "{% url "cms:evening_offline" %}";
const BUILT = "/static/egs/";
const TAP = /^\/kurs\/([^/]+)\/([^/]+)\/([^/]+)\/(?:([^/]+)\/)?(lest|ulest|provd|ikke-provd)\/$/;
const KINDS = { lest: "read", ulest: "unread", provd: "tried", "ikke-provd": "untried" };

// Pages are fetched without cookies: what the phone keeps is what anybody sees, whoever is logged in.
const fetchPublic = (url) => fetch(url, { credentials: "omit", cache: "no-cache" });
const keep = async (url) => {
  const answer = await fetchPublic(url);
  if (!answer.ok || answer.redirected) throw new Error(url);
  await (await caches.open(NAME)).put(url, answer);
};
const kept = async (url) => (await caches.open(NAME)).match(url);
const from = async (name, url) => ((await caches.has(name)) ? (await caches.open(name)).match(url, { ignoreSearch: true }) : undefined);

// A text that was kept before the look changed asks for files by their old names: it gets the new ones.
const stem = (path) => path.replace(/\.[0-9a-f]{12}(?=\.\w+$)/, "");
const likeIt = (path) => FILES.find((file) => stem(file) === stem(path));

/** The page for an address that cannot be fetched. */
const instead = async (path) => {
  const [, module] = /^\/kurs\/([^/]+\/[^/]+)\//.exec(path) ?? [];
  const found =
    (module && (await from(TEXTS, `/kurs/${module}/lese/`))) ||
    (/^\/kveld\/\d+\/$/.test(path) && (await from(EVENING, SHELL))) ||
    (await kept(path === HELP ? HELP : OFFLINE));
  return found || Response.error();
};

/** Puts a tap among those that wait (js/outbox.js); only where somebody's tag lies. It is of whoever the page was made for. */
const wait = (tap) =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open("egs-mine", 1);
    opening.onupgradeneeded = () => opening.transaction.abort(); // nobody has kept anything here
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const transaction = database.transaction(["about", "events"], "readwrite", { durability: "strict" });
      const events = transaction.objectStore("events");
      const asked = transaction.objectStore("about").get("reader");
      const before = events.get(tap.client_id); // a page shown again by «back» hands out its id twice
      before.onsuccess = () => {
        if (!asked.result) return transaction.abort();
        const owner = tap.owner || asked.result.tags[0];
        const other = before.result && ["owner", "part", "block", "kind"].some((name) => before.result[name] !== { ...tap, owner }[name]);
        events.put({ ...tap, owner, client_id: other ? crypto.randomUUID() : tap.client_id });
      };
      transaction.oncomplete = () => resolve(database.close());
      transaction.onabort = () => reject(database.close());
    };
  });

/** A form with «Lest» or «prøvd»: when it cannot be sent, the tap waits under the id the form gave it. */
const sendTap = async (request, [, programme, module, part, block = "", verb]) => {
  const copy = request.clone();
  try {
    return await fetch(request);
  } catch (error) {
    const page = await from(TEXTS, `/kurs/${programme}/${module}/lese/`);
    const form = await copy.formData();
    const [client_id, owner] = [form.get("client_id"), form.get("owner")];
    if (!page || !client_id) throw error;
    const happened_at = new Date().toISOString();
    await wait({ client_id, owner, programme, module, part, block, kind: KINDS[verb], happened_at, state: "waiting" });
    return Response.redirect(`/kurs/${programme}/${module}/${part}/`, 303);
  }
};

self.addEventListener("install", (event) => {
  event.waitUntil(Promise.all([HELP, OFFLINE, ...FILES].map(keep)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("egs-") && ![NAME, TEXTS, EVENING].includes(name);
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))).then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "POST" && request.mode === "navigate" && TAP.test(url.pathname)) {
    event.respondWith(sendTap(request, TAP.exec(url.pathname)));
  } else if (request.method !== "GET") {
    return;
  } else if (FILES.includes(url.pathname)) {
    event.respondWith(kept(url.pathname).then((file) => file || fetch(request)));
  } else if (url.pathname.startsWith(BUILT)) {
    const other = async () => (await from(EVENING, url.pathname)) || (await kept(likeIt(url.pathname) ?? "/")) || Response.error();
    event.respondWith(fetch(request).catch(other));
  } else if (url.pathname.startsWith("/filer/bilde/")) {
    event.respondWith(fetch(request).catch(async () => (await from(TEXTS, url.pathname)) || Response.error()));
  } else if (request.mode === "navigate") {
    const page = fetch(request);
    if (url.pathname === HELP) event.waitUntil(page.then(() => keep(HELP)).catch(() => {}));
    event.respondWith(page.catch(() => instead(url.pathname)));
  }
});
