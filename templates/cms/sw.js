{% comment %}
The service worker, served at /sw.js by a view. Keeps the help page, a page for «no network» and the built files; never a personal page.
In:  files – [str], addresses of the static files to keep (hashed names); version – str that changes when they do
     help_url, offline_url – default /hjelp/ and /uten-nett/
Use: render(request, "cms/sw.js", …, content_type="text/javascript")
{% endcomment %}
"use strict";
const NAME = "egs-{{ version|escapejs }}";
const HELP = "{{ help_url|default:"/hjelp/"|escapejs }}";
const OFFLINE = "{{ offline_url|default:"/uten-nett/"|escapejs }}";
const FILES = [{% for file in files %}"{{ file|escapejs }}",{% endfor %}];

// Pages are fetched without cookies: what the phone keeps is what anybody sees, whoever is logged in.
const fetchPublic = (url) => fetch(url, { credentials: "omit", cache: "no-cache" });
const keep = async (url) => {
  const answer = await fetchPublic(url);
  if (!answer.ok || answer.redirected) throw new Error(url);
  await (await caches.open(NAME)).put(url, answer);
};
const kept = async (url) => (await caches.open(NAME)).match(url);

self.addEventListener("install", (event) => {
  event.waitUntil(Promise.all([HELP, OFFLINE, ...FILES].map(keep)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("egs-") && name !== NAME;
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))).then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (FILES.includes(url.pathname)) {
    event.respondWith(kept(url.pathname).then((file) => file || fetch(request)));
  } else if (request.mode === "navigate") {
    const page = fetch(request);
    if (url.pathname === HELP) event.waitUntil(page.then(() => keep(HELP)).catch(() => {}));
    event.respondWith(page.catch(async () => (await kept(url.pathname === HELP ? HELP : OFFLINE)) || Response.error()));
  }
});
