// What the service worker keeps: address, and the HTML where it is a page.
async () => {
  const kept = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const answer = await cache.match(request);
      const type = answer.headers.get("Content-Type") ?? "";
      kept.push([new URL(request.url).pathname, type.includes("html") ? await answer.text() : ""]);
    }
  }
  return kept;
}
